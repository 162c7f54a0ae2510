"""The day's invoice: confirmed once, sent as a second act, reminded of when overdue (REC-26, REC-27, REC-30)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..common.batches import Job
from ..common.context import QUIET

# A reminder goes out the day after the due date; so many days later it still does, when the server was down
REMINDER_DAYS = 7
BILLING = "subscription_mgmt.group_subscription_billing"
REMIND = Job("subscription.interaction", "_get_reminder_domain", "_remind", "remind", size=20)


class SubscriptionInteraction(models.Model):
    _inherit = "subscription.interaction"

    invoice_id = fields.Many2one(comodel_name="account.move", copy=False, readonly=True, ondelete="set null")
    currency_id = fields.Many2one(related="recurrence_id.currency_id")
    invoice_amount = fields.Monetary(related="recurrence_id.invoice_amount")
    invoice_status = fields.Selection(
        selection=[
            ("to_confirm", "To Confirm"),
            ("draft", "Draft"),
            ("issued", "Issued"),
            ("sent", "Sent"),
            ("reminded", "Reminder by E-mail"),
            ("partial", "Partially Paid"),
            ("paid", "Paid"),
            ("rejected", "Rejected"),
        ],
        compute="_compute_invoice_status",
        compute_sudo=True,
    )
    invoice_due = fields.Date(related="invoice_id.invoice_date_due", string="Due Date")
    date_reminded = fields.Date(string="Reminded On", copy=False, readonly=True)

    _invoice_unique = models.UniqueIndex(
        "(invoice_id) WHERE invoice_id IS NOT NULL", "This invoice belongs to another interaction."
    )

    @api.depends("makes", "invoice_id.state", "invoice_id.payment_state", "invoice_id.is_move_sent", "date_reminded")
    def _compute_invoice_status(self):
        for interaction in self:
            interaction.invoice_status = interaction._get_invoice_status()

    def _get_invoice_status(self):
        """Where the invoice stands (REC-29)."""
        move = self.invoice_id
        if not move:
            return "to_confirm" if self.makes == "invoice" and self.state == "planned" else False
        if move.state == "cancel" or move.payment_state == "reversed":
            return "rejected"
        if move.state == "draft":
            return "draft"
        if move.payment_state in ("paid", "in_payment"):
            return "paid"
        if self.date_reminded:  # whoever has paid a part was still reminded of the rest
            return "reminded"
        if move.payment_state == "partial":
            return "partial"
        return "sent" if move.is_move_sent else "issued"

    # === CONFIRMING === #
    def _check_invoice_confirmed(self):
        """Raise when one would be done whose invoice was never issued.

        :raise UserError: names it and what to do instead.
        """
        issuing = self.filtered(lambda row: row.makes == "invoice" and row.recurrence_id)
        missing = issuing.filtered(lambda row: not row._get_standing_invoice())
        if missing:
            raise UserError(
                self.env._(
                    "“%(name)s” issues an invoice: confirm the invoice, or skip it with the reason.",
                    name=missing[0].display_name,
                )
            )

    def action_confirm_invoice(self):
        """Issue the invoice of each interaction, once: a second click, or another process, gets the same one (REC-27).

        One that was cancelled since is issued anew.

        :raise AccessError: without the billing right.
        :raise UserError: it was skipped, or Odoo refuses the invoice.
        """
        if not self.env.user.has_group(BILLING):
            raise AccessError(self.env._("You need the billing right to issue invoices."))
        self.check_access("read")
        # sudo: the billing right, checked above, is what it takes
        rows = self.sudo()
        rows.filtered(lambda row: not row._get_standing_invoice())._wait_for_lock()
        for row in rows.filtered(lambda row: not row._get_standing_invoice()):
            row._check_planned()
            row._issue_invoice()
        return self.action_view_invoices()

    def _issue_invoice(self):
        """Make the invoice of the day in the name of the user, and post it unless it is to stay a draft."""
        self.ensure_one()
        recurrence = self.recurrence_id
        if self.makes != "invoice" or not recurrence:
            raise UserError(self.env._("“%(name)s” issues no invoice.", name=self.display_name))
        recurrence._check_invoice_template()
        recurrence._check_invoice_partner()
        moves = self.env["account.move"].sudo(False).with_company(self.company_id)
        values = recurrence._prepare_invoice_values(self._get_today())
        move = moves.with_context(mail_create_nosubscribe=True)._create_subscription_moves([values])
        self._set_cancelled_aside()
        self.invoice_id = move
        if recurrence.billing_mode != "draft":
            move.action_post()

    def action_view_invoices(self):
        """Open the invoices of the interactions."""
        moves = self.invoice_id
        if len(moves) == 1:
            return moves._get_subscription_form()
        return moves._get_subscription_list([("id", "in", moves.ids)])

    def action_send_invoice(self):
        """Open Odoo's own dialog that sends the invoice: the second act (REC-27).

        :raise UserError: the invoice was not confirmed yet.
        """
        self.check_access("write")
        self._check_invoice_confirmed()
        if not self.invoice_id:
            raise UserError(self.env._("There is no invoice to send."))
        return self.invoice_id.action_send_and_print()

    # === REMINDERS === #
    @api.model
    def _get_reminder_domain(self, company, date_ref):
        """Invoices that were sent from the agenda, fell due lately, are unpaid and nobody was reminded of.

        Those that a dunning plan follows are the plan's: nobody hears of one debt from two sides.
        """
        if not (company.subscription_invoice_reminder and company.subscription_reminder_template_id):
            return Domain.FALSE
        dunned = self.env["account.move"]._get_subscription_dunned_domain()
        return (
            Domain("company_id", "=", company.id)
            & Domain("date_reminded", "=", False)
            & ~Domain("invoice_id", "any", dunned)
            & Domain("invoice_id.state", "=", "posted")
            & Domain("invoice_id.is_move_sent", "=", True)
            & Domain("invoice_id.payment_state", "in", ("not_paid", "partial"))
            & Domain("invoice_id.invoice_date_due", "<", date_ref)
            & Domain("invoice_id.invoice_date_due", ">=", date_ref - timedelta(days=REMINDER_DAYS))
        )

    def _remind(self, date_ref):
        """Write to the customers of unpaid invoices (REC-30).

        :param date_ref: today in the company; nobody is reminded twice of one invoice.
        """
        template = self.company_id.subscription_reminder_template_id
        for row in self.with_context(**QUIET):
            row._check_reminder_address()
            row.invoice_id.message_post_with_source(
                template, subtype_xmlid="mail.mt_comment", email_layout_xmlid="mail.mail_notification_light"
            )
        self._write_act({"date_reminded": date_ref})

    def _check_reminder_address(self):
        partner = self.invoice_id.partner_id
        if not partner.email:
            raise UserError(
                self.env._("%(customer)s has no e-mail address to send a reminder to.", customer=partner.display_name)
            )

    @api.model
    def _cron_remind_invoices(self):
        """Once a day, where it is switched on and a text is chosen; one that cannot be sent is set aside."""
        self.env["subscription.batches"]._run(REMIND)


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_interaction_ids = fields.One2many(
        comodel_name="subscription.interaction",
        inverse_name="invoice_id",
        string="Interactions",
        groups="subscription_mgmt.group_subscription_viewer",
    )

    # === WHAT STANDS BEHIND IT === #
    def _get_subscription_recurrences(self):
        """The recurring invoice of which the invoice was made, or else the one that it gives back."""
        moves = self.sudo()  # sudo: whoever bills need not be allowed to see the agenda
        made, given_back = moves.subscription_interaction_ids, moves.reversed_entry_id.subscription_interaction_ids
        # Not a union, as in `_get_billed_contracts`
        return made.recurrence_id or given_back.recurrence_id

    def _get_subscription_sources(self):
        """Override of `subscription_mgmt`: the recurring invoice too."""
        return [*super()._get_subscription_sources(), *self._get_subscription_recurrences()]

    @api.model
    def _get_subscription_source_domain(self, condition):
        """Override of `subscription_mgmt`: the recurring invoice too."""
        made = Domain("subscription_interaction_ids", "any", Domain("recurrence_id", "any", condition))
        return super()._get_subscription_source_domain(condition) | made

    @api.depends("subscription_interaction_ids.recurrence_id.contract_id")
    def _compute_subscription_contract_ids(self):
        """Override of `subscription_mgmt`: the contract to which a recurring invoice belongs."""
        result = super()._compute_subscription_contract_ids()
        for move in self:
            move.subscription_contract_ids |= move._get_subscription_recurrences().contract_id
            move.subscription_contract_count = len(move.subscription_contract_ids)
        return result

    def _search_subscription_contract_ids(self, operator, value):
        found = super()._search_subscription_contract_ids(operator, value)
        if found is NotImplemented:
            return found
        return Domain(found) | Domain("subscription_interaction_ids.recurrence_id.contract_id", operator, value)

    def write(self, vals):
        """Override of `account` to finish the interaction when its invoice is sent, from wherever."""
        result = super().write(vals)
        if vals.get("is_move_sent"):
            sent = self.filtered("is_move_sent")  # not one whose mail has yet to leave
            # sudo: sending the invoice is enough
            rows = self.env["subscription.interaction"].sudo().search([("invoice_id", "in", sent.ids)])
            rows.filtered(lambda row: row.state == "planned")._finish(self.env._("Invoice sent."))
        return result

    def action_make_recurring(self):
        """Make a recurring invoice with the customer and the lines of this one, to be completed (REC-22).

        :raise UserError: not a customer invoice, or without lines.
        """
        self.ensure_one()
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        if self.move_type != "out_invoice" or not lines:
            raise UserError(self.env._("Only a customer invoice with lines can be made recurring."))
        recurrence = self.env["subscription.recurrence"].create(self._prepare_recurrence_values(lines))
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id("subscription_mgmt.subscription_recurring_invoice_action")
        return {**action, "res_id": recurrence.id, "views": [(False, "form")], "view_mode": "form"}

    def _prepare_recurrence_values(self, lines):
        """Monthly, from the next month on the day of the invoice; figures and taxes as they are on it."""
        day = self.invoice_date or self.company_id._subscription_today()
        return {
            "name": lines[0].product_id.name or self.env._("Invoice"),
            "company_id": self.company_id.id,
            "type_id": self.env["subscription.recurrence"].with_context(recurring_invoice=True)._default_type().id,
            "invoice_partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "journal_id": self.journal_id.id,
            "service_address_id": self.partner_shipping_id.id or self.partner_id.id,
            "payment_term_id": self.invoice_payment_term_id.id,
            "payment_method_line_id": self.preferred_payment_method_line_id.id,
            "frequency": "monthly",
            "day": day.day,
            "date_start": fields.Date.start_of(fields.Date.add(day, months=1), "month"),
            "invoice_line_ids": [
                (0, 0, {
                    "product_id": line.product_id.id,
                    "name": line.name,
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "tax_ids": [(6, 0, line.tax_ids.ids)],
                    "account_id": line.account_id.id,
                })
                for line in lines
            ],
        }  # fmt: skip
