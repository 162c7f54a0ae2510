"""Indexes of single columns that wider ones have taken the place of."""


def migrate(cr, _version):
    """Odoo keeps what it does not know any more."""
    cr.execute("DROP INDEX IF EXISTS subscription_contract_line__contract_id_index")
    cr.execute("DROP INDEX IF EXISTS subscription_mrr_event__contract_id_index")
