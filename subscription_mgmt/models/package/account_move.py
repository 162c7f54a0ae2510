"""What accounting does to the invoice of a package: credits that were given back as money are gone."""

from odoo import fields, models

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

    def write(self, vals):
        """Override of `account`: what gives nothing back any more is restored, what was cancelled is taken back.

        By whatever button: an invoice or a credit note that is a draft again, or cancelled.
        """
        result = super().write(vals)
        if vals.get("state") in ("draft", "cancel"):
            self._restore_packages()
        if vals.get("state") == "cancel":
            self._drop_packages()
        return result

    def unlink(self):
        """Override of `account`: an invoice that is deleted asks for nothing, as one that is cancelled."""
        self._restore_packages()
        self.filtered(lambda move: move.state != "cancel")._drop_packages(gone=True)
        return super().unlink()

    def _take_back_credited_packages(self):
        """Take back the packages whose invoices these credit notes give back, each note once."""
        for note in self.filtered(lambda move: move.move_type == "out_refund" and move.reversed_entry_id):
            # sudo: whoever may post the credit note need not be allowed to change packages
            for one in note.sudo().reversed_entry_id._get_held_packages():
                one._apply_credit_note(note)

    def _restore_packages(self):
        """Restore what these took back of packages, as they do not give it back any more."""
        # sudo: as when taking back
        taken = (
            self.env["subscription.credit.move"]
            .sudo()
            .search([("source_model", "=", self._name), ("source_id", "in", self.ids), ("move_type", "=", "refunded")])
        )
        for move in taken.filtered(lambda move: not move.reversal_ids and move.company_id.subscription_enabled):
            move.entitlement_id._restore(move)

    def _drop_packages(self, gone=False):
        """Take back the packages of invoices that are cancelled, or about to be gone; a paid one waits for a person."""
        # sudo: as when taking back
        for one in self.sudo()._get_held_packages():
            one._apply_cancellation(one.invoice_id, gone)

    def _get_held_packages(self):
        """Packages of these invoices that are not over, in companies that have them."""
        return self.subscription_entitlement_ids.filtered(
            lambda one: one.state in ("active", "pending") and one.company_id.subscription_enabled
        )

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
