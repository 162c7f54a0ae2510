"""Whom a recurrence is for when a filter says so: looked at on the day, with the rights of the responsible."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import dateutil as safe_dateutil
from odoo.tools.safe_eval import safe_eval
from odoo.tools.safe_eval import time as safe_time

# Nobody calls more customers in a day; a filter that gives more is a mistake
MAX_CUSTOMERS = 500


class SubscriptionRecurrence(models.Model):
    _inherit = "subscription.recurrence"

    filter_id = fields.Many2one(
        comodel_name="ir.filters",
        string="Saved Filter",
        domain="[('model_id', '=', 'res.partner')]",
        help="Takes over the conditions of a filter that was saved in the list of contacts.",
    )
    partner_domain = fields.Char(
        string="Customer Filter",
        compute="_compute_partner_domain",
        store=True,
        readonly=False,
        precompute=True,
        help="Looked at on the morning of each day, with the rights of the responsible.",
    )
    filtered_count = fields.Integer(string="Customers Today", compute="_compute_filtered_count")

    @api.depends("filter_id")
    def _compute_partner_domain(self):
        for recurrence in self:
            recurrence.partner_domain = recurrence.filter_id.domain or recurrence.partner_domain or "[]"

    @api.depends("partner_domain", "audience", "user_id", "company_id")
    def _compute_filtered_count(self):
        for recurrence in self:
            try:
                partners = recurrence._get_filter_model()
                domain = recurrence._get_filter_domain()
                recurrence.filtered_count = partners.search_count(domain) if recurrence.audience == "filter" else 0
            except UserError:
                recurrence.filtered_count = 0

    @api.constrains("partner_domain", "audience")
    def _check_partner_domain(self):
        """A filter that cannot be read is refused when it is typed, not on the morning it is needed."""
        for recurrence in self.filtered(lambda recurrence: recurrence.audience == "filter"):
            recurrence._get_filter_model().search(recurrence._get_filter_domain(), limit=1)

    def _get_filter_model(self):
        """Customers as the responsible may see them, in the company of the recurrence."""
        self.ensure_one()
        tz = self.company_id.partner_id.tz or self.company_id.resource_calendar_id.tz or "UTC"
        partners = self.env["res.partner"].with_user(self.user_id)
        return partners.with_context(tz=tz, allowed_company_ids=self.company_id.ids)

    def _get_filter_domain(self):
        """The filter as a domain that can be searched with.

        :raise UserError: it cannot be read.
        """
        self.ensure_one()
        names = {
            "uid": self.user_id.id,
            "datetime": safe_datetime,
            "dateutil": safe_dateutil,
            "time": safe_time,
            "relativedelta": safe_dateutil.relativedelta.relativedelta,
            "context_today": self.company_id._subscription_today,
        }
        try:
            domain = Domain(safe_eval(self.partner_domain or "[]", names))
            domain.validate(self.env["res.partner"])
        except Exception as error:
            raise UserError(
                self.env._(
                    "The customer filter of “%(recurrence)s” cannot be read: %(problem)s",
                    recurrence=self.name,
                    problem=str(error).split("\n")[0],
                )
            ) from error
        return domain & Domain("company_id", "in", (False, self.company_id.id))

    def _get_filtered_partners(self):
        """Customers that the filter gives now.

        :raise UserError: it cannot be read, or gives more than anybody can do in a day.
        """
        partners = self._get_filter_model().search(self._get_filter_domain(), limit=MAX_CUSTOMERS + 1)
        if len(partners) > MAX_CUSTOMERS:
            raise UserError(
                self.env._(
                    "The customer filter of “%(recurrence)s” gives more than %(limit)s customers. Narrow it down.",
                    recurrence=self.name,
                    limit=MAX_CUSTOMERS,
                )
            )
        return self.env["res.partner"].browse(partners.ids)
