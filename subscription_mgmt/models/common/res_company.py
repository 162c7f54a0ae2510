from odoo import api, fields, models
from odoo.exceptions import UserError

from .context import get_rehearsed_day
from .groups import INTERNAL


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "subscription.parking.mixin"]

    subscription_enabled = fields.Boolean(
        string="Subscription Management",
        help="Run subscriber contracts in this company. Off: menus are hidden and nothing can be created.",
        groups=INTERNAL,
    )
    subscription_horizon_months = fields.Integer(
        string="Payment Plan Horizon (months)",
        default=12,
        help="How far ahead the payment plan of an open-ended contract is kept.",
        groups=INTERNAL,
    )
    subscription_billing_mode = fields.Selection(
        selection="_selection_billing_mode",
        string="Default Billing Mode",
        default="post",
        help="What billing does with the invoices of a new contract. Each contract may choose otherwise.",
        groups=INTERNAL,
    )
    subscription_analytic = fields.Boolean(
        string="Analytic Account per Contract",
        default=True,
        help="Give every contract its own analytic account at activation, so that income and cost can be followed.",
        groups=INTERNAL,
    )

    _subscription_horizon = models.Constraint(
        "CHECK (subscription_horizon_months BETWEEN 1 AND 60)",
        "The payment plan horizon is from one month to 60 (five years).",
    )

    @api.model
    def _selection_billing_mode(self):
        """Steps of billing; each includes the ones before it."""
        return [
            ("draft", self.env._("Leave the invoice in draft")),
            ("post", self.env._("Post the invoice")),
            ("send", self.env._("Post and send the invoice")),
            ("charge", self.env._("Post, send and charge the saved card")),
        ]

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: a company with subscriptions has a numbering of its own."""
        companies = super().create(vals_list)
        companies.filtered("subscription_enabled")._ensure_subscription_sequence()
        return companies

    def write(self, vals):
        """Override of `base`: a company that switches subscriptions on gets a numbering of its own."""
        result = super().write(vals)
        if vals.get("subscription_enabled"):
            self._ensure_subscription_sequence()
        return result

    def _ensure_subscription_sequence(self):
        """Give each company a contract numbering of its own when subscriptions are switched on."""
        # sudo: whoever may change the company need not be allowed to change sequences
        sequences = self.env["ir.sequence"].sudo()
        template = self.env.ref("subscription_mgmt.seq_subscription_contract", raise_if_not_found=False)
        if not template:
            return
        numbered = sequences.search([("code", "=", template.code), ("company_id", "in", self.ids)]).company_id
        for company in self - numbered:
            template.sudo().copy({"company_id": company.id, "name": template.name})

    def _check_subscription_enabled(self):
        """Raise unless every company of the set runs subscriptions.

        :raise UserError: names the companies and the setting to change.
        """
        disabled = self.filtered(lambda company: not company.subscription_enabled)
        if disabled:
            raise UserError(
                self.env._(
                    "Subscription management is not enabled for company %(company)s. "
                    "An administrator can switch it on in Settings > Subscriptions > Subscription Management.",
                    company=", ".join(disabled.mapped("name")),
                )
            )

    @api.model
    def _get_subscription_companies(self):
        """Companies and branches that run subscriptions: those that the crons look after."""
        return self.search([("subscription_enabled", "=", True)])

    def _work_for(self, records):
        """The records as the company itself works on them, for what runs without a person.

        In its own language, until it is known who reads what the night leaves behind: `_for_reader`, `_per_reader`.
        """
        self.ensure_one()
        return records.with_company(self).with_context(lang=self._get_language_of(self.env["res.users"]))

    def _get_language_of(self, person):
        """Code of the language in which something is said to a person; to nobody yet: that of the company's contact.

        :param person: partner or user, may be empty.
        """
        wanted = (person.lang, self.partner_id.lang)
        return next(filter(self.env["res.lang"]._get_code, filter(None, wanted)), self.env.lang)

    def _in_language_of(self, person, records):
        """The records in the language of a person: what they say is read by him."""
        return records.with_context(lang=self._get_language_of(person))

    def _subscription_today(self):
        """Today's date where the company is, not where the server or the user is."""
        self.ensure_one()
        rehearsed_day = get_rehearsed_day(self.env)
        if rehearsed_day:
            return rehearsed_day
        zone = self.partner_id.tz or self.resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def _get_subscription_person(self, candidates=None):
        """Somebody who is told what the system cannot do by itself.

        :param candidates: users who come first, in their order, as far as they are people who are there.
        :return: else somebody with the billing right, here or in a mother company; else who administers. Empty when
            there is nobody: the task then stands on the record, for everybody to see.
        """
        self.ensure_one()
        found = (candidates or self.env["res.users"])._filter_subscription_people(self)
        for group in ("subscription_mgmt.group_subscription_billing", "base.group_system"):
            for company in () if found else self.parent_ids[::-1]:
                # sudo: the cron's user, and a customer who pays, may not read groups
                users = self.env.ref(group).sudo().all_user_ids
                found = found or users.sorted("id")._filter_subscription_people(company)
        return found[:1]

    # === PARKING === #
    def _get_alert_target(self):
        """Tasks about a company stand on its own contact."""
        return self.partner_id

    def _get_alert_company(self):
        return self

    @api.model
    def _get_own_domain(self, company, _date_ref):
        """The company itself, for what the night does once for each."""
        return [("id", "=", company.id)]

    def _subscription_horizon_date(self, date_ref):
        """Last day on which a period of an open-ended contract may start to be in the payment plan."""
        self.ensure_one()
        return fields.Date.add(date_ref, months=self.subscription_horizon_months)
