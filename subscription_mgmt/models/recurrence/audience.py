"""Whom a recurrence is for when a filter says so: looked at on the day, with the rights of whoever wrote it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.recurrence.literal_domain import parse
from ...tools.refusal import Refusal
from ..common.context import LEDGER
from .subscription_recurrence import MAX_CUSTOMERS

_lt = LazyTranslate(__name__)

# Why a filter is not taken, by the code of `tools/recurrence/literal_domain.py`
REFUSALS = {
    "too_long": _lt("It is longer than %(limit)s characters."),
    "not_fixed": _lt(
        "It takes fixed values only. Days that move with the date are written as words, such as 'today -7d'."
    ),
    "no_condition": _lt("“%(value)s” is not a condition."),
    "too_many": _lt("It names more than %(limit)s conditions or values."),
}


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
        compute_sudo=False,
        readonly=False,
        precompute=True,
        help="Looked at on the morning of each day, with the rights of whoever wrote it; the responsible gets those "
        "among the customers whom he may see.",
    )
    filter_author_id = fields.Many2one(
        comodel_name="res.users",
        string="Filter Written By",
        readonly=True,
        copy=False,
        help="With whose rights the customer filter is looked at.",
    )
    filtered_count = fields.Integer(string="Customers Today", compute="_compute_filtered_count")

    @api.depends("filter_id")
    def _compute_partner_domain(self):
        for recurrence in self:
            recurrence.partner_domain = recurrence.filter_id.domain or recurrence.partner_domain or "[]"

    @api.depends("partner_domain", "audience", "company_id")
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

    @api.model
    def _sign_filter(self, vals, made=False):
        """Values of a person with who it is, where they say which customers: nobody else can be named there."""
        if self.env.context.get("subscription_ledger") is LEDGER:
            return vals
        kept = {name: value for name, value in vals.items() if name != "filter_author_id"}
        written = made or {"partner_domain", "filter_id"} & kept.keys()
        return {**kept, "filter_author_id": self.env.uid} if written else kept

    def _get_filter_author(self):
        """With whose rights the filter is looked at: what is typed in a form that is open counts as the user's own.

        :raise UserError: whoever wrote it is gone.
        """
        self.ensure_one()
        stored = self._origin
        author = stored.filter_author_id if stored.partner_domain == self.partner_domain else self.env.user
        # The system lends its rights to no filter.
        author = self.user_id if author._is_superuser() else author
        if not author.sudo().active:  # sudo: whether a colleague is still there
            raise UserError(
                self.env._(
                    "%(user)s, who wrote the customer filter of “%(recurrence)s”, is not there any more. "
                    "Choose the filter again.",
                    user=author.sudo().name,
                    recurrence=self.name,
                )
            )
        return author

    def _get_filter_model(self, user=None):
        """Customers as a user may see them, in the company of the recurrence.

        :param user: default: whoever wrote the filter.
        """
        self.ensure_one()
        tz = self.company_id.partner_id.tz or self.company_id.resource_calendar_id.tz or "UTC"
        partners = self.env["res.partner"].with_user(user or self._get_filter_author())
        return partners.with_context(tz=tz, allowed_company_ids=self.company_id.ids)

    def _get_filter_domain(self):
        """The filter as a domain that can be searched with.

        :raise UserError: it cannot be read.
        """
        self.ensure_one()
        try:
            domain = Domain(parse(self.partner_domain or "[]"))
            domain.validate(self.env["res.partner"])
        except Exception as error:
            problem = error
            if isinstance(error, Refusal):
                problem = str(REFUSALS[error.code]) % error.params
            raise UserError(
                self.env._(
                    "The customer filter of “%(recurrence)s” cannot be read: %(problem)s",
                    recurrence=self.name,
                    problem=str(problem).split("\n")[0],
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
        seen = self._get_filter_model(self.user_id).browse(partners.ids)._filtered_access("read")
        return self.env["res.partner"].browse(seen.ids)
