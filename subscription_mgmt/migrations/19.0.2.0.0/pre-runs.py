"""Runs have a date of their invoices: until now it was the day up to which they billed."""


def migrate(cr, version):
    """Fill the new, required column."""
    cr.execute("ALTER TABLE subscription_billing_run ADD COLUMN IF NOT EXISTS date_invoice date")
    cr.execute("UPDATE subscription_billing_run SET date_invoice = date_ref WHERE date_invoice IS NULL")
