from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.constrains("state", "partner_id")
    def _check_member_trade(self):
        """However an invoice, bill, refund or receipt is posted: never for a potential member (WMM-07)."""
        posted = self.filtered(lambda move: move.state == "posted" and move.is_invoice(include_receipts=True))
        posted.partner_id._member_check_trade()
