"""The contract as a document: its files, its PDF in the customer's language, and what goes by mail."""

from contextlib import closing

from odoo import fields, models
from odoo.fields import Domain

from ..common.context import QUIET

# Rows of the plan that are printed; of longer plans the first ones and the totals
PRINTED_ROWS = 24


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    document_count = fields.Integer(string="Documents", compute="_compute_document_count")

    def _compute_document_count(self):
        groups = self.env["ir.attachment"]._read_group(
            Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids), ["res_id"], ["__count"]
        )
        counts = dict(groups)
        for contract in self:
            contract.document_count = counts.get(contract._origin.id, 0)

    def action_view_documents(self):
        """Open all files of the contract, and take in new ones (WSM-09); who may see them follows the contract."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_document_action"),
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
            "context": {"default_res_model": self._name, "default_res_id": self.id},
        }

    # === MAIL === #
    def action_send(self):
        """Write to the subscriber, with the contract as PDF; a draft goes out to be signed."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "draft" and not self.signed_on:
            self.signature_required = True
        template = self.env.ref("subscription_mgmt.mail_template_contract", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template and template.id,
                "default_email_layout_xmlid": "mail.mail_notification_layout_with_responsible_signature",
                "email_notification_allow_footer": True,
                "force_email": True,
            },
        }

    # === PAPER === #
    def _get_report_base_filename(self):
        """Name of the PDF, without its ending."""
        self.ensure_one()
        return self.name

    def _get_printed_lines(self):
        """Lines that are agreed for today or later; of what is over, those that it ended with."""
        self.ensure_one()
        today = self.company_id._subscription_today()
        running = self.line_ids.filtered(lambda line: not line.date_end or line.date_end >= today)
        return running or self.line_ids

    def _get_printed_plan(self):
        """The plan from its first row on: of a draft the one that activation would make.

        :return: dict with `rows` (the first ones, as dicts), `count` and `total` (untaxed, of all rows).
        """
        self.ensure_one()
        if self.state != "draft":
            return self._read_printed_plan()
        drafted = self.with_context(**QUIET)
        # Closing the savepoint undoes the activation, and forgets what the cache holds of it.
        with closing(self.env.cr.savepoint()):
            drafted.action_activate()
            self.env.flush_all()
            return drafted._read_printed_plan()

    def _read_printed_plan(self):
        rows = self.installment_ids.filtered(lambda row: row.state != "skipped")
        rows = rows.sorted(lambda row: (row.date_invoice, row.date_from, row.id))
        names = ("date_invoice", "date_from", "date_to", "price_subtotal")
        return {
            "rows": [{name: row[name] for name in names} for row in rows[:PRINTED_ROWS]],
            "count": len(rows),
            "total": sum(rows.mapped("price_subtotal")),
        }
