"""Contracts from before the revenue log get their history: from their lines, their pauses and their ends."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

PIECE = 1000


def migrate(cr, _version):
    """Log what every contract has come to; the figure of its own that stood on it is gone.

    The contracts of a subscriber are read together, so that what was new and what was growth comes out right.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    contracts = env["subscription.contract"].search([("state", "!=", "draft")], order="partner_id, id")
    for ids in split_every(PIECE, contracts.ids):
        env["subscription.contract"].browse(ids)._log_mrr()
        env.flush_all()
        env.invalidate_all()
    cr.execute("ALTER TABLE subscription_contract DROP COLUMN IF EXISTS mrr")
