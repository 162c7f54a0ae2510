from datetime import datetime, time
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain
from odoo.tools import html2plaintext


class Source(NamedTuple):
    """Where something that happened to a contract is written down.

    :ivar domain: method of the contract that gives the domain.
    :ivar date: field with the day or moment at which it happened.
    :ivar amount: field with its amount, if money is meant.
    """

    kind: str
    model: str
    domain: str
    date: str = "create_date"
    amount: str = ""


SOURCES = [
    Source("meeting", "calendar.event", "_get_linked_domain", "start"),
    Source("task", "project.task", "_get_linked_domain"),
    Source("service", "maintenance.request", "_get_linked_domain", "request_date"),
    Source("order", "sale.order", "_get_linked_domain", "date_order", "amount_total"),
    Source("interaction", "subscription.interaction", "_get_own_records_domain", "date_start"),
    Source("invoice", "account.move", "_get_invoices_domain", "invoice_date", "amount_total"),
    Source("payment", "account.payment", "_get_payments_domain", "date", "amount"),
    Source("charge", "subscription.charge", "_get_charges_domain", "create_date", "amount"),
    Source("dunning", "subscription.dunning.log", "_get_charges_domain", "date"),
    Source("request", "subscription.request", "_get_own_records_domain"),
    Source("message", "mail.message", "_get_messages_domain", "date"),
]


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def action_view_history(self):
        """Show everything that happened with the contract, in one list: what the person may see elsewhere, too."""
        self.ensure_one()
        history = self.env["subscription.history"].create({"contract_id": self.id})
        history.line_ids = [Command.create(values) for values in history._collect()]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Everything about %(contract)s", contract=self.display_name),
            "res_model": "subscription.history.line",
            "view_mode": "list,kanban",
            "domain": [("history_id", "=", history.id)],
            "context": {"create": False},
        }

    def _get_linked_domain(self):
        return Domain("subscription_contract_id", "=", self.id)

    def _get_own_records_domain(self):
        return Domain("contract_id", "=", self.id)

    def _get_invoices_domain(self):
        # sudo: which invoices they are; which of them the person sees, the search says
        return Domain("id", "in", self.sudo().invoice_ids.ids) | self._get_linked_domain()

    def _get_payments_domain(self):
        invoices = self.env["account.move"].search(self._get_invoices_domain())
        return Domain("id", "in", invoices.reconciled_payment_ids.ids)

    def _get_charges_domain(self):
        return Domain("move_id", "in", self.sudo().invoice_ids.ids)  # sudo: as for invoices

    def _get_messages_domain(self):
        return Domain("model", "=", self._name) & Domain("res_id", "=", self.id)


class SubscriptionHistory(models.TransientModel):
    """Everything that happened with a contract, as one person may see it (WSM-10)."""

    _name = "subscription.history"
    _inherit = "subscription.dialog.mixin"
    _description = "Contract History"

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many(comodel_name="subscription.history.line", inverse_name="history_id", readonly=True)

    def _collect(self):
        """Values of the lines, from every source that the person may read."""
        for source in SOURCES:
            if self.env[source.model].has_access("read"):
                domain = getattr(self.contract_id, source.domain)()
                for record in self.env[source.model].search(domain):
                    yield self._prepare_line(source, record)

    def _prepare_line(self, source, record):
        day = record[source.date] or record.create_date
        user = record["user_id" if "user_id" in record else "create_uid"]
        return {
            "date": day if isinstance(day, datetime) else datetime.combine(day, time(12)),
            "kind": source.kind,
            "name": self._get_text(record),
            "who": user[:1].sudo().name,  # sudo: a name only
            "amount": record[source.amount] if source.amount else 0.0,
            "currency_id": record["currency_id"].id if "currency_id" in record else False,
            "res_model": source.model,
            "res_id": record.id,
        }

    def _get_text(self, record):
        """What happened, in a line; of a change the fields with their old and new values."""
        if record._name != "mail.message":
            return record.display_name
        changes = record.sudo().tracking_value_ids._tracking_value_format()  # sudo: as in the log of the contract
        told = [
            f"{change['fieldInfo']['changedField']}: {change['oldValue'] or '–'} → {change['newValue'] or '–'}"
            for change in changes
        ]
        body = html2plaintext(record.body or "").strip()
        return " · ".join(filter(None, (record.subject, body, *told)))[:500] or record.subtype_id.name


class SubscriptionHistoryLine(models.TransientModel):
    _name = "subscription.history.line"
    _inherit = "subscription.dialog.mixin"
    _description = "Contract History Entry"
    _order = "date desc, id desc"

    history_id = fields.Many2one(comodel_name="subscription.history", required=True, ondelete="cascade", index=True)
    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            ("meeting", "Meeting"),
            ("task", "Task"),
            ("service", "Service Record"),
            ("order", "Order"),
            ("interaction", "Interaction"),
            ("invoice", "Invoice"),
            ("payment", "Payment"),
            ("charge", "Card Charge"),
            ("dunning", "Dunning"),
            ("request", "Request"),
            ("message", "Change or Message"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    name = fields.Char(string="Details", readonly=True)
    who = fields.Char(string="By", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)

    def action_open(self):
        """Open what the entry is about.

        :raise AccessError: the person may not see it any more.
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise AccessError(self.env._("It has been deleted since."))
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
