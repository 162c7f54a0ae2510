import json
from itertools import accumulate

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

MONTHS = 24


class SubscriptionForecast(models.TransientModel):
    """What happens next with a contract, to look at; nothing of it is kept."""

    _name = "subscription.forecast"
    _inherit = "subscription.dialog.mixin"
    _description = "What Happens Next"

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    unpaid = fields.Boolean(
        string="If nothing is paid",
        help="Shows what dunning does when neither what is open today nor what is billed is paid.",
    )
    line_ids = fields.One2many(
        comodel_name="subscription.forecast.line",
        inverse_name="forecast_id",
        compute="_compute_line_ids",
        store=True,
        compute_sudo=False,
    )
    invoice_count = fields.Integer(compute="_compute_figures", string="Invoices")
    amount_total = fields.Monetary(compute="_compute_figures", string="In All", help="With tax, less credit notes.")
    chart = fields.Text(compute="_compute_figures")

    @api.depends("contract_id")
    def _compute_display_name(self):
        for forecast in self:
            forecast.display_name = self.env._("What Happens Next")

    @api.depends("contract_id", "unpaid")
    def _compute_line_ids(self):
        for forecast in self:
            contract = forecast.contract_id
            until = fields.Date.add(contract.company_id._subscription_today(), months=MONTHS)
            events = contract._foresee(until, unpaid=forecast.unpaid)
            sums = accumulate(event.amount for event in events)
            forecast.line_ids = [
                Command.clear(),
                *(Command.create({**event._asdict(), "amount_sum": total})
                  for event, total in zip(events, sums, strict=True)),
            ]  # fmt: skip

    @api.depends("line_ids")
    def _compute_figures(self):
        for forecast in self:
            billed = forecast.line_ids.filtered(lambda line: line.kind in ("invoice", "credit"))
            forecast.invoice_count = len(billed)
            forecast.amount_total = sum(billed.mapped("amount"))
            forecast.chart = json.dumps([forecast._get_chart(billed)])

    def _get_chart(self, billed):
        """Amounts by month, as the chart of Odoo's dashboards reads them."""
        first = self.contract_id.company_id._subscription_today().replace(day=1)
        months = [fields.Date.add(first, months=step) for step in range(MONTHS + 1)]
        sums = dict.fromkeys(months, 0.0)
        for line in billed:
            sums[line.date.replace(day=1)] += line.amount
        return {
            "key": self.env._("Billed"),
            "values": [
                {"label": format_date(self.env, month, date_format="MMM yy"), "value": amount, "type": "future"}
                for month, amount in sums.items()
            ],
        }


class SubscriptionForecastLine(models.TransientModel):
    _name = "subscription.forecast.line"
    _inherit = "subscription.dialog.mixin"
    _description = "What Happens Next: Event"
    _order = "date, id"

    forecast_id = fields.Many2one(comodel_name="subscription.forecast", required=True, ondelete="cascade", index=True)
    currency_id = fields.Many2one(related="forecast_id.currency_id")
    date = fields.Date(required=True)
    kind = fields.Selection(
        selection=[
            ("invoice", "Invoice"),
            ("credit", "Credit Note"),
            ("change", "Change"),
            ("renewal", "Renewal"),
            ("pause", "Pause"),
            ("reminder", "Dunning"),
            ("end", "End"),
            ("problem", "Problem"),
        ],
        string="What",
        required=True,
    )
    name = fields.Char(string="Details")
    amount = fields.Monetary(string="Amount with Tax")
    amount_sum = fields.Monetary(string="So Far")
    date_due = fields.Date(string="Due")


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def action_foresee(self):
        """Show what happens next with the contract."""
        self.ensure_one()
        forecast = self.env["subscription.forecast"].create({"contract_id": self.id})
        forecast.flush_recordset()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Happens Next: %(contract)s", contract=self.display_name),
            "res_model": forecast._name,
            "res_id": forecast.id,
            "view_mode": "form",
        }
