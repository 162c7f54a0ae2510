"""The invoice of an interaction was cancelled by hand: it is issued anew, and the cancelled one stays cancelled."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SubscriptionInteraction(models.Model):
    _inherit = "subscription.interaction"

    is_to_confirm = fields.Boolean(
        compute="_compute_is_to_confirm",
        compute_sudo=True,
        export_string_translation=False,
        help="Its invoice was not issued yet, or was cancelled.",
    )
    cancelled_invoice_ids = fields.Many2many(
        comodel_name="account.move",
        string="Cancelled Invoices",
        readonly=True,
        copy=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="In whose place another one was issued.",
    )

    @api.depends("makes", "state", "recurrence_id", "invoice_id.state")
    def _compute_is_to_confirm(self):
        for row in self:
            issues = row.makes == "invoice" and row.state == "planned" and row.recurrence_id
            row.is_to_confirm = bool(issues and not row._get_standing_invoice())

    def _get_standing_invoice(self):
        """Invoices of the interactions that were not cancelled."""
        return self.invoice_id.filtered(lambda move: move.state != "cancel")

    def _set_cancelled_aside(self):
        """Remember the cancelled invoice, in whose place another one is about to be issued."""
        self.ensure_one()
        if self.invoice_id:
            self.cancelled_invoice_ids |= self.invoice_id
            self.date_reminded = False
            self.message_post(
                body=self.env._("Invoice %(invoice)s was cancelled and is issued anew.", invoice=self.invoice_id.name)
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    def button_draft(self):
        """Override of `account` to leave be what was cancelled and issued anew.

        :raise UserError: such an invoice: both would stand.
        """
        interactions = self.env["subscription.interaction"].sudo()  # sudo: whoever bills need not see the agenda
        again = interactions.search([("cancelled_invoice_ids", "in", self.ids)])
        for row in again.filtered(lambda row: row._get_standing_invoice()):
            raise UserError(
                self.env._(
                    "“%(name)s” was invoiced again on %(invoice)s. Cancel that first.",
                    name=row.display_name,
                    invoice=row.invoice_id.display_name,
                )
            )
        return super().button_draft()
