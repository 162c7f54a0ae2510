"""Billing assurance: what should have been billed, and was not, or not as planned; looked at every night."""

from odoo import api, fields, models
from odoo.fields import Domain

from ..common.batches import Job
from .comparison import COMPARE
from .mrr_log import VALUE
from .subscription_assurance_check import RUNNING

BEGIN = Job("res.company", "_get_own_domain", "_begin_subscription_assurance", "check")
CHECK = Job("res.company", "_get_own_domain", "_check_subscription_assurance", "check")


class SubscriptionAssurance(models.Model):
    """One kind of discrepancy in one company, with how many records show it."""

    _name = "subscription.assurance"
    _description = "Billing Assurance"
    _order = "count desc, kind"
    _rec_name = "kind"

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True, readonly=True)
    kind = fields.Selection(
        selection=[
            ("settlement", "Days charged otherwise than agreed"),
            ("overdue", "Periods past their billing date that were not billed"),
            ("parked", "Contracts that could not be billed"),
            ("no_next", "Running contracts with nothing planned"),
            ("zero", "Periods of the next 31 days without an amount"),
            ("differs", "Invoice lines that differ from the plan"),
            ("draft", "Invoices left in draft"),
            ("unsent", "Posted invoices that were not sent"),
            ("unknown", "Card charges without a known outcome"),
            ("mrr", "Contracts whose revenue log differs from their lines"),
            ("cron", "Scheduled actions that are off or late"),
        ],
        string="Check",
        required=True,
        readonly=True,
    )
    count = fields.Integer(string="Found", readonly=True)
    date_checked = fields.Datetime(string="Checked", readonly=True)
    # Of the check of contracts alone: when the night began that goes on, and what nights before have seen to
    look_begun = fields.Datetime(readonly=True)
    look_until = fields.Datetime(readonly=True, help="What was written before has been looked at.")

    _kind_unique = models.UniqueIndex("(company_id, kind)", "Each check stands once per company.")

    @api.model
    def _check(self, company, date_ref):
        """Look for every kind of discrepancy and keep the counts.

        :param date_ref: what was to be billed before this day should have been.
        :return: the checks of the company.
        """
        checks = self._ensure(company)
        for check in checks:
            model, domain = check._get_target(date_ref)
            count = self.env[model].sudo().search_count(domain)  # sudo: a figure, whoever looks
            check.write({"count": count, "date_checked": fields.Datetime.now()})
        return checks

    @api.model
    def _ensure(self, company):
        """The checks of a company, one of each kind."""
        checks = self.search([("company_id", "=", company.id)])
        missing = {kind for kind, _label in self._fields["kind"].selection} - set(checks.mapped("kind"))
        return checks + self.create([{"company_id": company.id, "kind": kind} for kind in sorted(missing)])

    @api.model
    def _get_look(self, company):
        """The check that remembers how far the contracts of a company have been looked at; maybe none yet."""
        # sudo: whoever has something looked at
        return self.sudo().search([("company_id", "=", company.id), ("kind", "=", "settlement")])

    def _get_target(self, date_ref):
        """Model and domain of the records that show this discrepancy."""
        self.ensure_one()
        model, domain = getattr(self, f"_get_{self.kind}_target")(date_ref)
        return model, domain if model == "ir.cron" else domain & Domain("company_id", "=", self.company_id.id)

    def _get_settlement_target(self, _date_ref):
        return "subscription.assurance.difference", Domain.TRUE

    def _get_overdue_target(self, date_ref):
        planned = Domain("state", "=", "planned") & Domain("date_invoice", "<", date_ref)
        running = Domain("contract_id.state", "in", RUNNING) & Domain("contract_id.billing_error", "=", False)
        return "subscription.installment", planned & running

    def _get_parked_target(self, _date_ref):
        return "subscription.contract", Domain("billing_error", "!=", False)

    def _get_no_next_target(self, date_ref):
        goes_on = Domain("date_end", "=", False) | Domain("date_end", ">", date_ref)
        running = Domain("state", "=", "active") & Domain("date_next_invoice", "=", False) & goes_on
        # A year that was billed in advance has nothing planned until it is over.
        running &= Domain("installment_ids", "not any", [("date_to", ">=", date_ref)])
        # Lines with a number of repetitions end by themselves.
        return "subscription.contract", running & Domain("line_ids.repetitions", "=", 0)

    def _get_zero_target(self, date_ref):
        soon = Domain("date_invoice", "<=", fields.Date.add(date_ref, days=31))
        return "subscription.installment", soon & Domain("state", "=", "planned") & Domain("price_subtotal", "=", 0)

    def _get_differs_target(self, date_ref):
        """Lines that a person changed: in drafts, and for a month after; later they are what was wanted."""
        # sudo: as in _get_look
        contracts = self.env["subscription.assurance.check"].sudo()._find_worth_a_look(self.company_id, date_ref)
        self.env.cr.execute(
            """
            SELECT installment.id
              FROM subscription_installment installment
              JOIN account_move_line line ON line.id = installment.invoice_line_id
              JOIN account_move move ON move.id = line.move_id
             WHERE installment.company_id = %s AND installment.contract_id = ANY(%s)
               AND (move.state = 'draft' OR move.state = 'posted' AND move.invoice_date > %s)
               AND abs(CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * line.price_subtotal
                       - installment.price_subtotal) > 0.005
            """,
            [self.company_id.id, contracts, fields.Date.subtract(date_ref, days=31)],
        )
        return "subscription.installment", Domain("id", "in", [row_id for (row_id,) in self.env.cr.fetchall()])

    def _get_doubtful_contracts(self, date_ref):
        """Contracts whose invoices or revenue log are found to be wrong."""
        rows, contracts = self.env["subscription.installment"], self.env["subscription.contract"]
        for check in self.filtered(lambda check: check.count and check.kind in ("differs", "mrr")):
            model, domain = check._get_target(date_ref)
            found = self.env[model].with_context(active_test=False).search(domain)
            contracts |= found.contract_id if model == rows._name else found
        return contracts

    def _get_draft_target(self, date_ref):
        made = Domain("subscription_billing_mode", "not in", (False, "draft"))
        # What failed is known at once, whatever day the invoice bears.
        failed = Domain("subscription_parking_ids", "any", [("step", "=", "post")])
        late = Domain("invoice_date", "<", date_ref) | failed
        return "account.move", made & Domain("state", "=", "draft") & late

    def _get_unsent_target(self, date_ref):
        queue = self.env["account.move"]._get_subscription_send_domain(self.company_id, date_ref)
        return "account.move", queue & Domain("invoice_date", "<", date_ref)

    def _get_unknown_target(self, _date_ref):
        return "subscription.charge", self.env["subscription.charge"]._get_unsettled_domain(self.company_id)

    def _get_cron_target(self, _date_ref):
        late = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        ours = (
            self.env["ir.model.data"].sudo()._search([("module", "=", "subscription_mgmt"), ("model", "=", "ir.cron")])
        )
        off_or_late = Domain("active", "=", False) | Domain("nextcall", "<", late)
        ours = Domain("id", "in", ours.subselect("res_id"))
        return "ir.cron", ours & off_or_late & Domain("active", "in", (True, False))

    def action_view_records(self):
        """Open the records that show this discrepancy."""
        self.ensure_one()
        model, domain = self._get_target(self.company_id._subscription_today())
        if self.kind == "settlement":
            action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_difference_action")
            return {**action, "domain": list(domain)}
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            "res_model": model,
            "domain": list(domain),
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }

    @api.model
    def action_open(self):
        """Bring what one works with up to date, and show the page.

        Contracts are compared in the night; now only those again of which something was found, so that what was
        mended since is gone.

        :raise AccessError: the user may not see subscriptions.
        """
        self.check_access("read")
        # sudo: looking is enough to have the counts brought up to date
        for company in self.env.companies.filtered("subscription_enabled"):
            company.sudo()._work_for(self.sudo())._look_again(company)
        page = self.env["subscription.assurance.page"].create({})
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_assurance_page_action")
        return {**action, "res_id": page.id}

    @api.model
    def _look_again(self, company):
        """Compare the contracts again of which something was found, and reckon up the months that did not agree."""
        today = company._subscription_today()
        differences = self.env["subscription.assurance.difference"]
        found = differences.search([("company_id", "=", company.id)], limit=COMPARE.size)
        found.contract_id._compare_with_terms(today)
        self._check(company, today)
        months = self.env["subscription.assurance.month"]
        doubtful = months.search([("company_id", "=", company.id), ("is_good", "=", False)]).mapped("month")
        if doubtful or not months.search_count([("company_id", "=", company.id)], limit=1):
            months._reckon(company, today, doubtful)

    @api.model
    def _cron_check_assurance(self):
        """Look every night at each company that runs subscriptions: contract by contract, then at the whole."""
        self.env["subscription.batches"]._run(VALUE, BEGIN, COMPARE, CHECK)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _begin_subscription_assurance(self, _date_ref):
        """Note when the night began; one that was interrupted goes on from its first beginning."""
        for company in self:
            self.env["subscription.assurance"]._ensure(company)
            look = self.env["subscription.assurance"]._get_look(company)
            look.look_begun = look.look_begun or self.env.cr.now()

    def _check_subscription_assurance(self, date_ref):
        """Look for every kind of discrepancy in these companies, and reckon up their months."""
        checked, months = self.env["subscription.assurance.check"], self.env["subscription.assurance.month"]
        for company in self:
            looked_at = checked._find_worth_a_look(company, date_ref)
            checks = self.env["subscription.assurance"]._check(company, date_ref)
            checked._note_doubtful(looked_at, checks._get_doubtful_contracts(date_ref).ids)
            look = checks.filtered(lambda check: check.kind == "settlement")
            touched = months._find_touched(company, date_ref, look.look_until)
            if touched:
                months._reckon(company, date_ref, touched)
            if look.look_begun:
                until = checked._find_left_since(company, date_ref, look.look_begun)
                look.write({"look_until": until, "look_begun": False})
