"""Runs that were done whatever had become of them say so now."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Runs of which no invoice is left were undone; the others are judged by what they left behind."""
    cr.execute(
        """
        UPDATE subscription_billing_run run SET state = 'undone'
         WHERE state = 'done' AND contract_count > 0
           AND NOT EXISTS (SELECT FROM account_move move WHERE move.subscription_run_id = run.id)
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["subscription.billing.run"].search([("state", "=", "done")])._judge()
