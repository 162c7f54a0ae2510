"""What accounting does to the invoice of a package: credits that were given back as money are gone."""

from odoo import api, fields, models

from ..common.context import CHECKED


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_entitlement_ids = fields.One2many(
        comodel_name="subscription.entitlement",
        inverse_name="invoice_id",
        string="Paid Subscriptions",
        groups="subscription_mgmt.group_subscription_billing",
    )

    def _post(self, soft=True):
        """Override of `account`: a credit note on the invoice of a package takes back what it stands for.

        Not one that our own refund makes, which takes back by its own rule, nor one that a corrected invoice replaces.
        """
        posted = super()._post(soft=soft)
        if self.env.context.get("subscription_taken_back") is not CHECKED:
            posted._take_back_credited_packages()
        return posted

    def _take_back_credited_packages(self):
        """Take back the packages whose invoices these credit notes give back, each note once."""
        for note in self.filtered(lambda move: move.move_type == "out_refund" and move.reversed_entry_id):
            # sudo: whoever may post the credit note need not be allowed to change packages
            for one in note.sudo().reversed_entry_id.subscription_entitlement_ids:
                one._apply_credit_note(note)

    def _get_credited_total(self):
        """What posted credit notes have given back of the invoice, taxes included; all of it when it was cancelled."""
        self.ensure_one()
        if self.state == "cancel":
            return self.amount_total
        return sum(self.reversal_move_ids.filtered(lambda note: note.state == "posted").mapped("amount_total"))


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """Override of `account`: an invoice that is replaced by a corrected one gives nothing back.

        The package goes on with the corrected one.
        """
        if not is_modify:
            return super().reverse_moves(is_modify=is_modify)
        action = super(AccountMoveReversal, self.with_context(subscription_taken_back=CHECKED)).reverse_moves(
            is_modify=is_modify
        )
        # sudo: as when taking back
        held = self.move_ids.sudo().subscription_entitlement_ids
        if held and len(self.move_ids) == len(self.new_move_ids):
            replaced = dict(zip(self.move_ids.ids, self.new_move_ids.ids, strict=True))
            for one in held:
                one.invoice_id = replaced[one.invoice_id.id]
        return action


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    def _apply_credit_note(self, note):
        """Take back what a credit note of accounting stands for."""
        self.ensure_one()
        today = self.company_id._subscription_today()
        self.env["subscription.wallet"]._lock(self.company_id, self.partner_id)._roll(today)
        total = self.invoice_id._get_credited_total()
        self._take_back(note.amount_total, total, today, note.ref or note.name, note)

    @api.model
    def _post_own(self, note):
        """Post a credit note that a refund made: the refund itself takes back."""
        note.with_context(subscription_taken_back=CHECKED).action_post()
