"""The control total of an import: counts and money of the file, to hold against the old system before it is loaded."""

from odoo import api, fields, models
from odoo.tools import format_date, formatLang
from odoo.tools.translate import LazyTranslate

from ...tools.importing.control import UNITS, PlanTotals, Totals
from ...tools.importing.rules import DEFAULTS
from ...tools.plan import Cadence
from ..contract.plan import get_horizon

_lt = LazyTranslate(__name__)

EVERY = {"day": _lt("Every day"), "week": _lt("Every week"), "month": _lt("Every month"), "year": _lt("Every year")}
EVERY_FEW = {
    "day": _lt("Every %s days"),
    "week": _lt("Every %s weeks"),
    "month": _lt("Every %s months"),
    "year": _lt("Every %s years"),
}


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    control = fields.Json(string="Figures of the Control Total", readonly=True, export_string_translation=False)
    control_html = fields.Html(compute="_compute_control_html", string="Control Total")

    @api.depends("control")
    @api.depends_context("lang")
    def _compute_control_html(self):
        for record in self:
            values = record._prepare_control_values() if record.control else {}
            record.control_html = values and self.env["ir.qweb"]._render(
                "subscription_mgmt.subscription_import_control", values
            )

    def _get_control(self, result):
        """Counts and money of a file; worked out once."""
        if result.control is None and not result.refused:
            result.control = self._get_layout()._get_control(result)
        return result.control

    def _prepare_control_values(self):
        """Values of the table, in the language of who looks at it: each line with the file's and what is made."""
        control, currency = self.control, self.env["res.currency"].browse(self.control["currency_id"])
        amounts = [(self._say_period(unit, interval), *both) for (unit, interval, *both) in control["periods"]]
        amounts.append((self.env._("On average in a month"), *(control[key]["month"] for key in ("file", "made"))))
        return {
            "made": self._get_control_title(),
            "counts": [
                (self.env._("Contracts"), *(control[key]["contracts"] for key in ("file", "made"))),
                (self.env._("Lines"), *(control[key]["lines"] for key in ("file", "made"))),
            ],
            "amounts": [
                (label, *(formatLang(self.env, x, currency_obj=currency) for x in xs)) for label, *xs in amounts
            ],
            "plan": control["plan"] and self._prepare_control_plan(control["plan"], currency),
            "is_too_long": control["plan"] is None,
        }

    def _get_control_title(self):
        """What the second column of the table is called."""
        return self.env._("To Make")

    def _prepare_control_plan(self, plan, currency):
        until = format_date(self.env, plan["until"])
        return {
            "label": self.env._("Payment plan (%s rows)", plan["count"]),
            "note": self.env._(
                "From the start, or the day after Paid Until. Open-ended contracts: until %(day)s.", day=until
            ),
            "amount": formatLang(self.env, plan["amount"], currency_obj=currency),
        }

    def _say_period(self, unit, interval):
        text = str(self.env._(EVERY[unit] if interval == 1 else EVERY_FEW[unit]))
        return text if interval == 1 else text % interval


class SubscriptionImportLayout(models.AbstractModel):
    _inherit = "subscription.import.layout"

    def _get_control(self, result):
        """Hook: counts and money of the file, as JSON; nothing when there is none in such files."""


class SubscriptionImportLayoutContracts(models.AbstractModel):
    _inherit = "subscription.import.layout.contracts"

    def _get_control(self, result):
        """Counts and money of the contracts of the file: of all its rows, and of what will be made.

        A company and its branches have one currency.
        """
        currency = result.engine.company_id.currency_id
        in_file, made = Totals(currency.decimal_places), Totals(currency.decimal_places)
        for group in result.reading.groups:
            in_file.add(group.rows)
        for group, _none in result.new:
            made.add(group.rows)
        return {
            "currency_id": currency.id,
            "file": in_file.get_counts(),
            "made": made.get_counts(),
            "periods": [
                (*key, float(in_file.periods[key]), float(made.periods[key]))
                for key in sorted(in_file.periods, key=lambda key: (UNITS.index(key[0]), key[1]))
            ],
            "plan": self._get_control_plan(result, currency),
        }

    def _get_control_plan(self, result, currency):
        """Rows and amount of the plans that the new contracts would get today; None when that is too much to tell."""
        plan, today = PlanTotals(currency.decimal_places), {}
        for group, _none in result.new:
            company = self._get_company(result, group)
            if company not in today:
                today[company] = company._subscription_today()
            start = group.values["date_start"]
            for row in group.rows:
                values = [row.values.get(key, DEFAULTS[key]) for key in ("interval", "unit", "repetitions")]
                cadence = Cadence(start, *values[:2], None, values[2] or None, group.values.get("date_end"))
                plan.add(row, cadence, get_horizon(company, cadence, start, today[company]))
        if plan.is_too_long:
            return None
        until = max((own._subscription_horizon_date(day) for own, day in today.items()), default=None)
        return until and {"count": plan.count, "amount": float(plan.amount), "until": f"{until}"}
