from odoo import api, models

from ..common.context import CHECKED


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _hook_if_success(self, moves_data, *args, **options):
        """Override of `account`: what a person sends while its mail has failed, or is in doubt, is not sent again.

        Odoo marks an invoice as sent when its PDF is made, and here that was done before.
        """
        result = super()._hook_if_success(moves_data, *args, **options)
        for move in moves_data:
            by_hand = move.env.context.get("subscription_on_its_way") is not CHECKED
            printed = move.subscription_handed_on or move.subscription_network == "done"
            if by_hand and printed and not move.is_move_sent:
                move.is_move_sent = True
        return result

    @api.model
    def _can_commit(self):
        """Override of `account`: the frame of the night commits by itself, and what it rolls back must be open."""
        return self.env.context.get("subscription_printing") is not CHECKED and super()._can_commit()
