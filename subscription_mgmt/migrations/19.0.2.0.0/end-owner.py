"""Open invoices that bill one contract bear it; what was paid is not asked for."""

from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

PIECE = 10000


def migrate(cr, _version):
    """Keep it on what is open."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """
        SELECT DISTINCT move_id FROM account_move_line
         WHERE reconciled IS NOT TRUE AND display_type = 'payment_term' AND parent_state = 'posted'
        """
    )
    for ids in split_every(PIECE, [move for (move,) in cr.fetchall()]):
        env["account.move"].browse(ids)._keep_owner()
