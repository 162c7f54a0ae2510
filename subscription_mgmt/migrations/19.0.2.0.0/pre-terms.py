"""No contract had a trial or a minimum term: their columns are made empty, instead of worked out for every contract."""


def migrate(cr, version):
    """Make the columns of stored fields that would be computed."""
    for column in ("date_trial_end", "commitment_end"):
        cr.execute(f"ALTER TABLE subscription_contract ADD COLUMN IF NOT EXISTS {column} date")
