from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.wallet import CREDIT, PERIOD, Held, days_left, is_over
from ..common.batches import Job

ROLL = Job("subscription.entitlement", "_get_turning_domain", "_roll_customers", "roll", size=1, order="partner_id, id")


class SubscriptionEntitlement(models.Model):
    """A package that a customer holds: a line of the list "Paid subscriptions"."""

    _name = "subscription.entitlement"
    _inherit = [
        "subscription.sealed.mixin",
        "subscription.mixin",
        "subscription.parking.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Paid Subscription"
    _order = "id desc"
    _rec_names_search = ["partner_id.name", "package_id.name"]
    _check_company_auto = True

    # === PARTIES === #
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The company, or the person on his own, who holds the package with all his contacts.",
    )
    buyer_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, ondelete="set null", help="The contact who bought it."
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    # === WHAT === #
    package_id = fields.Many2one(
        comodel_name="subscription.package", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(related="package_id.kind", store=True, index=True, precompute=True)
    price = fields.Monetary(related="package_id.price")
    credits = fields.Integer(related="package_id.credits")
    department_ids = fields.Many2many(
        comodel_name="subscription.department",
        string="Departments",
        readonly=True,
        help="Open to the customer as long as the package lasts.",
    )
    # === DATES AND STATE === #
    date_start = fields.Date(string="Start Date", required=True, readonly=True, copy=False)
    date_end = fields.Date(
        string="End Date", readonly=True, copy=False, index=True, help="Last day, included. Empty: never expires."
    )
    date_closed = fields.Date(string="Closed On", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("pending", "Pending"),
            ("active", "Active"),
            ("expired", "Expired"),
            ("forfeited", "Forfeited"),
            ("refunded", "Refunded"),
        ],
        required=True,
        readonly=True,
        default="pending",
        copy=False,
        index=True,
        tracking=True,
        help="Pending: begins later, or waits for a decision of the staff.",
    )
    hold_reason = fields.Char(
        string="Waits Because",
        readonly=True,
        copy=False,
        help="It was paid, but a rule is against it: somebody has to accept or to refund it.",
    )
    # === ORIGIN === #
    reason = fields.Char(
        string="Granted Because",
        readonly=True,
        groups="subscription_mgmt.group_subscription_viewer",
        help="Why staff gave it.",
    )
    grant_key = fields.Char(
        readonly=True, copy=False, export_string_translation=False, help="Of the dialog that gave it: it gives one."
    )
    payment_transaction_id = fields.Many2one(
        comodel_name="payment.transaction", readonly=True, copy=False, ondelete="restrict", index="btree_not_null"
    )
    origin = fields.Selection(
        selection=[("online", "Paid Online"), ("invoice", "Invoiced"), ("free", "Granted Free of Charge")],
        string="Came By",
        compute="_compute_origin",
        compute_sudo=True,
    )
    is_paid = fields.Boolean(string="Paid Online", compute="_compute_is_paid", compute_sudo=True)
    is_invoice_missing = fields.Boolean(
        compute="_compute_is_invoice_missing", compute_sudo=True, export_string_translation=False
    )
    invoice_id = fields.Many2one(comodel_name="account.move", readonly=True, copy=False, index="btree_not_null")
    problem = fields.Text(
        related="subscription_error", string="Left to Do", help="What could not be done after the purchase."
    )
    # === LEDGER === #
    credit_move_ids = fields.One2many(
        comodel_name="subscription.credit.move", inverse_name="entitlement_id", string="Credit Moves", readonly=True
    )
    credits_left = fields.Integer(string="Remaining Credit", compute="_compute_credits_left")
    days_left = fields.Integer(string="Remaining Days", compute="_compute_days_left")

    _transaction_unique = models.UniqueIndex(
        "(payment_transaction_id) WHERE payment_transaction_id IS NOT NULL",
        "This payment was already turned into a paid subscription.",
    )
    _grant_unique = models.UniqueIndex(
        "(grant_key) WHERE grant_key IS NOT NULL", "This dialog has given a paid subscription already."
    )
    _dates = models.Constraint("CHECK (date_end IS NULL OR date_end >= date_start - 1)", "It ends before it starts.")

    # === COMPUTES === #
    @api.depends("package_id.display_name", "partner_id.name")
    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.package_id.display_name} – {one.partner_id.name}"

    @api.depends("credit_move_ids.credits")
    def _compute_credits_left(self):
        groups = self.env["subscription.credit.move"]._read_group(
            [("entitlement_id", "in", self.ids)], ["entitlement_id"], ["credits:sum"]
        )
        left = {entitlement.id: total for entitlement, total in groups}
        for one in self:
            one.credits_left = left.get(one._origin.id, 0)

    @api.depends("date_start", "date_end", "state")
    def _compute_days_left(self):
        for one in self:
            open_ = one.state in ("active", "pending") and one.date_end
            today = one.company_id._subscription_today() if open_ else None
            one.days_left = days_left(one.date_start, one.date_end, today) if open_ else 0

    @api.depends("payment_transaction_id", "invoice_id")
    def _compute_origin(self):
        for one in self:
            billed = "invoice" if one.invoice_id else "free"
            one.origin = "online" if one.payment_transaction_id else billed

    @api.depends("payment_transaction_id")
    def _compute_is_paid(self):
        for one in self:
            one.is_paid = bool(one.payment_transaction_id)

    @api.depends("payment_transaction_id", "invoice_id.state", "state")
    def _compute_is_invoice_missing(self):
        for one in self:
            one.is_invoice_missing = one._lacks_invoice()

    def _get_remaining_text(self):
        """What is left of the entitlements, in words: credits or days."""
        credits = sum(one.credits_left for one in self if one.kind == CREDIT)
        days = sum(one.days_left for one in self if one.kind == PERIOD)
        texts = []
        if credits:
            texts.append(self.env._("%(credits)s credits", credits=credits))
        if days:
            texts.append(self.env._("%(days)s days", days=days))
        return ", ".join(texts)

    # === RULES === #
    @api.model
    def _get_running(self, company, customer, date_ref):
        """What the customer has on the day or from a later day on, the oldest first.

        What waits for a decision does not count.
        """
        return self._get_running_of(company, customer)._filter_not_over(date_ref)

    @api.model
    def _get_running_of(self, companies, customers):
        """The same of many, those that are over included."""
        return self.search(
            Domain("company_id", "in", companies.ids)
            & Domain("partner_id", "in", customers.ids)
            & Domain("state", "in", ("active", "pending"))
            & Domain("hold_reason", "=", False),
            order="date_start, id",
        )

    def _filter_not_over(self, date_ref):
        return self.filtered(lambda one: not is_over(one.date_end or None, date_ref))

    @api.model
    def _get_held(self, company, customer, date_ref):
        """The same without credit that is used up: what could be lost, and what decides on the next purchase."""
        running = self._get_running(company, customer, date_ref)
        return running.filtered(lambda one: one.kind == PERIOD or one.credits_left > 0)

    def _as_held(self):
        """The same for the rules in plain Python."""
        return [Held(one.kind, one.date_end or None) for one in self]

    def _begin(self, date_ref):
        """Put entitlements in force; each ends what the customer holds of the other type (LIM-15, LIM-18)."""
        for one in self:
            others = self.sudo().search(
                Domain("company_id", "=", one.company_id.id)
                & Domain("partner_id", "=", one.partner_id.id)
                & Domain("state", "in", ("active", "pending"))
                & Domain("hold_reason", "=", False)
                & Domain("kind", "!=", one.kind)
            )
            others._close("forfeited", date_ref)
            one._write_sealed({"state": "active" if one.date_start <= date_ref else "pending", "hold_reason": False})
            if one.kind == CREDIT and not one._is_granted():
                one._add_move("grant", one.credits, date_ref, source=one)
            one._reset_reminder()

    def _roll(self, date_ref):
        """Expire what is over on the day and begin what has come (LIM-22, reading 11)."""
        over = self.filtered(lambda one: is_over(one.date_end or None, date_ref))
        for one in over:
            one._close("expired", fields.Date.add(one.date_end, days=1))
        begun = (self - over).filtered(lambda one: one.state == "pending" and one.date_start <= date_ref)
        begun._write_sealed({"state": "active"})

    def _close(self, state, date_ref, **values):
        """End the entitlements; credits that are left are taken off, so that the ledger sums to zero.

        :param state: `expired`, `forfeited` or `refunded`.
        :param values: further values of the closing move (source, reason).
        """
        for one in self:
            left = one.credits_left
            if left:
                one._add_move(state, -left, date_ref, **values)
            lost = state != "forfeited" or left or one.kind == PERIOD
            one._write_sealed({"state": state if lost else "expired", "date_closed": date_ref, "hold_reason": False})

    def _add_move(self, move_type, credits, date_ref, source=None, **values):
        """Write one line of the ledger."""
        self.ensure_one()
        move = {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "entitlement_id": self.id,
            "move_type": move_type,
            "credits": credits,
            "date": date_ref,
            **({"source_model": source._name, "source_id": source.id} if source else {}),
            **values,
        }
        return self.env["subscription.credit.move"]._create_sealed([move])

    def _reset_reminder(self):
        """A customer who has bought may be reminded again when that runs low."""
        # sudo: the balance belongs to the house
        wallets = self.env["subscription.wallet"].sudo()
        for one in self:
            domain = [("company_id", "=", one.company_id.id), ("partner_id", "=", one.partner_id.id)]
            wallets.search(domain).date_reminded = False

    # === ACTIONS === #
    def action_accept(self):
        """Put a paid package in force that a rule had stopped; what is left of the other type is lost.

        :raise UserError: it does not wait for a decision.
        """
        self.check_access("write")
        for one in self:
            if one.state != "pending" or not one.hold_reason:
                raise UserError(self.env._("This paid subscription does not wait for a decision."))
            today = one.company_id._subscription_today()
            self.env["subscription.wallet"]._lock(one.company_id, one.partner_id)._roll(today)
            if not one.credit_move_ids:  # else its time has begun before
                one._write_sealed(one.package_id._get_dates(one.partner_id, today))
            one._begin(today)
            told = one._for_reader()
            told.activity_ids.action_feedback(feedback=told.env._("Accepted."))
        return True

    def action_view_invoice(self):
        """Open the invoice."""
        self.ensure_one()
        return self.invoice_id._get_subscription_form()

    # === CRON === #
    @api.model
    def _get_turning_domain(self, company, date_ref):
        """Entitlements that end or begin by the day."""
        ends = Domain("date_end", "<", date_ref) & Domain("state", "in", ("active", "pending"))
        begins = Domain("date_start", "<=", date_ref) & Domain("state", "=", "pending")
        waits_not = Domain("hold_reason", "=", False)
        return Domain("company_id", "=", company.id) & waits_not & (ends | begins)

    def _roll_customers(self, date_ref):
        """End what is over and begin what has come for the customers of these entitlements."""
        for company, customer in dict.fromkeys((one.company_id, one.partner_id) for one in self):
            self.env["subscription.wallet"]._lock(company, customer)._roll(date_ref)

    @api.model
    def _cron_roll(self):
        """End what is over and begin what has come, customer by customer; commits after each."""
        self.env["subscription.batches"]._run(ROLL)
