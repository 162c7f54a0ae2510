from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

# What invoices were made out in; stays as it is once the contract was billed
IDENTITY = {"company_id", "currency_id", "partner_id"}
# So many subscribers are looked up by name before their contracts; of more the database joins both.
FOUND_FIRST = 1000
# Terms of the contract that the plan is made from
PLAN_DATES = {"date_start", "date_end", "trial_days", "date_trial_end", "trial_then"}


class SubscriptionContract(models.Model):
    """A subscriber's contract: who gets what, who pays, how often. Its lines carry the cadence."""

    _name = "subscription.contract"
    _inherit = [
        "subscription.sealed.mixin",
        "subscription.mixin",
        "subscription.family.mixin",
        "subscription.parking.mixin",
        "subscription.invoicing.mixin",
        "subscription.paged.groups.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Subscription Contract"
    _order = "id desc"
    _rec_names_search = ["name", "subject", "partner_id.complete_name", "external_ref"]
    _check_company_auto = True
    _sealed_records = False
    _sealed_from_system = True
    _paged_groups = ("partner_id",)

    # === IDENTITY === #
    name = fields.Char(string="Contract Number", required=True, copy=False, default="/", index="trigram")
    subject = fields.Char(
        required=True, tracking=True, index="trigram", help="What the contract is about, in a few words."
    )
    external_ref = fields.Char(
        string="Old System ID", copy=False, index="trigram", help="Its id in the system you came from."
    )
    special_code = fields.Char(copy=False)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("active", "Active"), ("paused", "Paused"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    # === COMPANY === #
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Company or Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    # === PARTIES === #
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Subscriber", required=True, index=True, tracking=True, check_company=True
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Reference Contact",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('parent_id', '=', partner_id)]",
        check_company=True,
        help="Person at the subscriber whom to call.",
    )
    invoice_partner_id = fields.Many2one(index=True, help="Who is billed; the subscriber unless somebody else pays.")
    employee_id = fields.Many2one(comodel_name="hr.employee", string="Sales Representative", check_company=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        help="Gets the activities of the contract.",
    )
    # === CONFIGURATION === #
    category_id = fields.Many2one(
        comodel_name="subscription.category",
        string="Subscriber Category",
        domain="[('usage', '=', 'subscriber')]",
        check_company=True,
    )
    service_category_id = fields.Many2one(
        comodel_name="subscription.category",
        domain="[('usage', '=', 'service')]",
        check_company=True,
    )
    tag_ids = fields.Many2many(comodel_name="subscription.tag", string="Tags")
    project_id = fields.Many2one(comodel_name="project.project", check_company=True)
    equipment_id = fields.Many2one(comodel_name="maintenance.equipment", string="Physical Asset", check_company=True)
    analytic_account_id = fields.Many2one(
        comodel_name="account.analytic.account", copy=False, check_company=True, index="btree_not_null"
    )
    properties = fields.Properties(
        string="Additional Information", definition="category_id.contract_properties_definition"
    )
    note = fields.Text(string="Explanation")
    # === DATES === #
    date_start = fields.Date(
        string="Start Date", required=True, tracking=True, default=lambda self: self.env.company._subscription_today()
    )
    date_end = fields.Date(
        string="End Date", copy=False, tracking=True, help="Last day of the contract, included. Empty: open-ended."
    )
    pause_ids = fields.One2many(
        comodel_name="subscription.pause", inverse_name="contract_id", string="Pauses", readonly=True
    )
    date_closed = fields.Date(string="Closed On", copy=False, readonly=True)
    close_reason_id = fields.Many2one(comodel_name="subscription.close.reason", copy=False, tracking=True)
    # === RENEWAL === #
    renewal = fields.Selection(
        selection=[("none", "Ends"), ("manual", "By hand"), ("auto", "By itself")],
        required=True,
        default="none",
        help="What happens at the end date.",
    )
    renewal_months = fields.Integer(string="Renew For (months)", default=12)
    notice_days = fields.Integer(default=30, help="Days before the end date at which the renewal is due.")
    # === RELATIONS === #
    line_ids = fields.One2many(
        comodel_name="subscription.contract.line", inverse_name="contract_id", string="Product Plan", copy=True
    )
    installment_ids = fields.One2many(
        comodel_name="subscription.installment", inverse_name="contract_id", string="Payment Plan"
    )
    invoice_ids = fields.Many2many(
        comodel_name="account.move",
        compute="_compute_invoice_ids",
        compute_sudo=True,
        search="_search_invoice_ids",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    invoice_count = fields.Integer(compute="_compute_invoice_ids", compute_sudo=True)
    # === FIGURES === #
    # Not indexed: billing changes it on every contract, and an update that touches no index is cheap.
    date_next_invoice = fields.Date(string="Next Invoice", compute="_compute_date_next_invoice", store=True)
    plan_outdated = fields.Boolean(
        compute="_compute_plan_outdated",
        help="The payment plan is not what the terms ask for now, because accounting changed what was billed.",
    )
    # === BILLING === #
    billing_error = fields.Text(related="subscription_error", string="Billing Error")
    billing_attempts = fields.Integer(string="Failed Billing Attempts", compute="_compute_billing_attempts")
    billing_next_try = fields.Date(related="subscription_next_try", string="Next Billing Try")

    _name_unique = models.UniqueIndex("(company_id, name)", "This contract number is taken in this company.")
    _external_ref_unique = models.UniqueIndex(
        "(company_id, external_ref) WHERE external_ref IS NOT NULL",
        "Another contract of this company has the same old-system id.",
    )
    # What the night looks for among those that run: whose last day, or last free day, has come
    _running_end = models.Index("(company_id, date_end) WHERE state IN ('active', 'paused') AND date_end IS NOT NULL")
    _renewal_months = models.Constraint(
        "CHECK (renewal_months BETWEEN 1 AND 1200)", "A renewal lasts from one month to 1,200 (a hundred years)."
    )
    _notice_days = models.Constraint(
        "CHECK (notice_days BETWEEN 0 AND 3650)", "The notice period is from 0 to 3,650 days (ten years)."
    )

    # === COMPUTES === #
    @api.depends("name", "subject")
    def _compute_display_name(self):
        for contract in self:
            contract.display_name = " – ".join(filter(None, (contract.name, contract.subject)))

    @api.model
    def _search_display_name(self, operator, value):
        """Override of `base`: look the subscriber up first, without which no index finds one or the other."""
        domain = Domain(super()._search_display_name(operator, value))
        if operator in Domain.NEGATIVE_OPERATORS:
            return domain
        return domain.map_conditions(self._find_subscribers_first)

    def _find_subscribers_first(self, condition):
        """The same condition on contracts by the subscribers that it means, where they are few."""
        if condition.field_expr != "partner_id.complete_name":
            return condition
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search([("complete_name", condition.operator, condition.value)], limit=FOUND_FIRST + 1)
        return Domain("partner_id", "in", found.ids) if len(found) <= FOUND_FIRST else condition

    @api.depends("partner_id")
    def _compute_contact_id(self):
        for contract in self:
            if contract.contact_id.parent_id != contract.partner_id:
                contract.contact_id = contract.partner_id.child_ids.filtered(lambda child: child.type == "contact")[:1]

    @api.depends("partner_id")
    def _compute_invoice_partner_id(self):
        for contract in self:
            contract.invoice_partner_id = contract.partner_id

    @api.depends("partner_id")
    def _compute_service_address_id(self):
        for contract in self:
            contract.service_address_id = contract.partner_id

    @api.depends("employee_id")
    def _compute_user_id(self):
        for contract in self:
            contract.user_id = contract.employee_id.user_id or contract.user_id

    def _get_lines_in_force(self):
        """Lines with service today; of a draft, those that it begins with."""
        today = self.company_id._subscription_today()
        day = max(today, self.date_start or today)
        return self.line_ids.filtered(
            lambda line: (not line.date_start or line.date_start <= day) and (not line.date_end or line.date_end >= day)
        )

    def _compute_plan_outdated(self):
        for contract in self:
            change = contract._origin._get_plan_difference()
            contract.plan_outdated = bool(change.added or change.changed or change.removed)

    @api.depends("subscription_parking_ids.attempts")
    def _compute_billing_attempts(self):
        for contract in self.sudo():  # sudo: as for the reason
            contract.billing_attempts = max(contract.subscription_parking_ids.mapped("attempts"), default=0)

    @api.depends("installment_ids.state", "installment_ids.date_invoice", "state")
    def _compute_date_next_invoice(self):
        planned = Domain("contract_id", "in", self.ids) & Domain("state", "=", "planned")
        groups = self.env["subscription.installment"]._read_group(planned, ["contract_id"], ["date_invoice:min"])
        next_dates = {contract.id: day for contract, day in groups}
        for contract in self:
            contract.date_next_invoice = next_dates.get(contract._origin.id)

    @api.depends("installment_ids.invoice_line_id")
    def _compute_invoice_ids(self):
        for contract in self:
            invoices = contract.installment_ids.invoice_line_id.move_id
            contract.invoice_ids = invoices | invoices.reversal_move_ids
            contract.invoice_count = len(contract.invoice_ids)

    def _search_invoice_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("installment_ids.invoice_line_id.move_id", "in", value)]

    def _get_alert_users(self):
        """Whoever looks after the contract is told when something is wrong with it."""
        return self.user_id

    # === CONSTRAINTS === #
    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for contract in self:
            if contract.date_end and contract.date_end < contract.date_start:
                raise ValidationError(
                    self.env._(
                        "Contract %(contract)s ends on %(end)s, before it starts on %(start)s.",
                        contract=contract.name,
                        end=format_date(self.env, contract.date_end),
                        start=format_date(self.env, contract.date_start),
                    )
                )
            for line in contract.line_ids:
                line._check_number_of_periods()

    @api.constrains("contact_id", "partner_id")
    def _check_contact(self):
        for contract in self:
            if contract.contact_id and contract.contact_id.commercial_partner_id != (
                contract.partner_id.commercial_partner_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(contact)s is not a contact of %(partner)s.",
                        contact=contract.contact_id.display_name,
                        partner=contract.partner_id.display_name,
                    )
                )

    @api.constrains("category_id", "service_category_id")
    def _check_category_usage(self):
        for contract in self:
            for category, usage in ((contract.category_id, "subscriber"), (contract.service_category_id, "service")):
                if category and category.usage != usage:
                    raise ValidationError(
                        self.env._("Category %(category)s is meant for another use.", category=category.name)
                    )

    # === CRUD === #
    @api.model_create_multi
    def create(self, vals_list):
        """Number the contracts by the sequence of their companies."""
        unnumbered = defaultdict(list)
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                unnumbered[vals.get("company_id") or self.env.company.id].append(vals)
        for company_id, values in unnumbered.items():
            numbers = self._draw_numbers(self.env["res.company"].browse(company_id), len(values))
            for vals, number in zip(values, numbers, strict=True):
                vals["name"] = number
        return super().create(vals_list)

    def write(self, vals):
        """Keep the identity of contracts, and settle those in force whose dates change.

        :raise UserError: company, currency or subscriber of a billed contract; a running one is archived; the reason
            of a closed one is taken off; a trial that is over, or an end before the commitment.
        """
        self._check_kept(vals)
        self._check_reason_kept(vals)
        self._check_trial_kept(vals)
        self._check_commitment_kept(vals)
        if not self._is_own_code():
            end = fields.Date.to_date(vals.get("date_end"))
            self.filtered(lambda one: "date_end" in vals and (one.date_end or None) != end)._check_not_passed_on()
        result = super().write(vals)
        if PLAN_DATES & set(vals) and not self._is_own_code():
            self._settle()
        if "invoice_partner_id" in vals and not self._is_own_code():
            self._forget_payers()
        return result

    def _get_sealed_message(self):
        """What is not the person's own to write is given by acts."""
        return self.env._("Use the buttons: the state of a contract is not written by hand.")

    def _check_kept(self, vals):
        """Raise when a contract in force would be archived, or a billed one be somebody else's."""
        if not vals.get("active", True) and self.filtered(lambda contract: contract.state in ("active", "paused")):
            raise UserError(self.env._("A contract in force is not archived. Close it instead."))
        moved = [name for name in IDENTITY & set(vals) if any(contract[name].id != vals[name] for contract in self)]
        billed = moved and self.env["subscription.installment"]._find_billed(Domain("contract_id", "in", self.ids))
        if billed:
            raise UserError(
                self.env._(
                    "Contract %(contract)s was billed: %(what)s cannot be changed any more.",
                    contract=billed.contract_id.name,
                    what=", ".join(self._fields[name]._description_string(self.env) for name in sorted(moved)),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        running = self.filtered(lambda contract: contract.state != "draft")[:1]
        if running and not self._is_own_code():
            raise UserError(self.env._("Contract %(contract)s is in force. Close it instead.", contract=running.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        billed = self.env["subscription.installment"]._find_billed(Domain("contract_id", "in", self.ids))
        if billed:
            raise UserError(
                self.env._(
                    "Contract %(contract)s was billed and cannot be deleted. Close it instead.",
                    contract=billed.contract_id.name,
                )
            )

    def copy_data(self, default=None):
        """Override of `base`: a fee for leaving the contract is no part of what is sold."""
        data = super().copy_data(default)
        for contract, values in zip(self, data, strict=True):
            fees = contract.line_ids.filtered("is_fee")
            if fees and "line_ids" in values:
                values["line_ids"] = [Command.create(line) for line in (contract.line_ids - fees).copy_data()]
        return data

    def _get_sale_lines(self):
        return self.line_ids
