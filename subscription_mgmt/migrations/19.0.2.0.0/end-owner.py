"""Open invoices that bill one contract bear it."""

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain
from odoo.tools import split_every

PIECE = 10000


def migrate(cr, _version):
    """Keep it on what is open; what was paid is not asked for."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    is_open = (
        Domain("reconciled", "=", False) & Domain("display_type", "=", "payment_term") & Domain("parent_state", "=", "posted")
    )
    moves = env["account.move.line"].search(is_open & Domain("move_type", "in", ("out_invoice", "out_refund"))).move_id
    for ids in split_every(PIECE, moves.ids):
        env["account.move"].browse(ids)._keep_owner()
