from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.wallet import CREDIT, PERIOD, RENEWAL_DAYS, Grant, NotEnoughCredit, spend


class SubscriptionWallet(models.Model):
    """What one customer holds in one company: the row that is locked while it changes, and its figures.

    The figures are always added up from the ledger (`subscription.credit.move`), never stored.
    """

    _name = "subscription.wallet"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin", "subscription.parking.mixin"]
    _description = "Customer Balance"
    _rec_name = "partner_id"
    _order = "partner_id, id"

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    version = fields.Integer(
        readonly=True,
        default=0,
        export_string_translation=False,
        help="Counts the locks: a transaction that comes second is told so by the database.",
    )
    date_reminded = fields.Date(string="Reminded On", readonly=True)
    entitlement_ids = fields.Many2many(
        comodel_name="subscription.entitlement", string="Paid Subscriptions", compute="_compute_figures"
    )
    kind = fields.Selection(
        selection=lambda self: self.env["subscription.package"]._fields["kind"]._description_selection(self.env),
        string="Type",
        compute="_compute_figures",
    )
    credits_left = fields.Integer(string="Remaining Credit", compute="_compute_figures")
    date_end = fields.Date(string="End Date", compute="_compute_figures", help="Last day of what is held.")
    department_ids = fields.Many2many(
        comodel_name="subscription.department", string="Departments", compute="_compute_figures"
    )
    is_holding = fields.Boolean(string="Holds a Package", compute="_compute_figures", search="_search_is_holding")
    is_low = fields.Boolean(string="Running Low", compute="_compute_flags", search="_search_is_low")
    is_expiring = fields.Boolean(string="Expiring Soon", compute="_compute_flags", search="_search_is_expiring")

    _customer_unique = models.UniqueIndex("(company_id, partner_id)", "A customer has one balance per company.")

    # === COMPUTES === #
    @api.depends("partner_id", "company_id")
    def _compute_display_name(self):
        for wallet in self:
            wallet.display_name = wallet.partner_id.display_name

    @api.depends("partner_id", "company_id")
    def _compute_figures(self):
        valid = self._read_valid()
        for wallet in self:
            held = valid[wallet.company_id, wallet.partner_id]
            wallet.entitlement_ids = held
            wallet.kind = held[:1].kind
            wallet.is_holding = bool(held)
            wallet.credits_left = sum(held.mapped("credits_left"))
            ends = held.mapped("date_end")
            wallet.date_end = max(ends) if ends and all(ends) else False
            wallet.department_ids = held.department_ids

    @api.depends("partner_id", "company_id")
    def _compute_flags(self):
        low = self._find_low(self.partner_id)
        expiring = self._find_expiring(self.partner_id)
        for wallet in self:
            wallet.is_low = wallet in low
            wallet.is_expiring = wallet in expiring

    def _search_is_holding(self, operator, value):
        """By state: the cron keeps it up to the day."""
        if operator != "in":
            return NotImplemented
        entitlements = self.env["subscription.entitlement"]

        def is_held(_model, alias, _query):
            return SQL(
                "EXISTS (SELECT FROM subscription_entitlement held WHERE held.company_id = %s AND held.partner_id = %s"
                " AND held.state = 'active')",
                SQL.identifier(alias, "company_id"),
                SQL.identifier(alias, "partner_id"),
                to_flush=entitlements._fields["state"],
            )

        return Domain.custom(to_sql=is_held)

    def _search_is_low(self, operator, value):
        return [("id", "in", self._find_low().ids)] if operator == "in" else NotImplemented

    def _search_is_expiring(self, operator, value):
        return [("id", "in", self._find_expiring().ids)] if operator == "in" else NotImplemented

    @api.model
    def _find_low(self, partners=None):
        """Balances of credit customers at or below the threshold of their company.

        :param partners: of these alone.
        """
        running = Domain("kind", "=", CREDIT) & Domain("state", "=", "active") & self._get_of_domain(partners)
        entitlements = self.env["subscription.entitlement"].search(running)
        groups = self.env["subscription.credit.move"]._read_group(
            [("entitlement_id", "in", entitlements.ids)], ["company_id", "partner_id"], ["credits:sum"]
        )
        left = {(company, partner): total for company, partner, total in groups}
        wallets = self.search([("partner_id", "in", entitlements.partner_id.ids)])
        return wallets.filtered(
            lambda wallet: (
                (wallet.company_id, wallet.partner_id) in left
                and left[wallet.company_id, wallet.partner_id] <= wallet.company_id.subscription_low_credits
            )
        )

    @api.model
    def _get_of_domain(self, partners):
        return Domain.TRUE if partners is None else Domain("partner_id", "in", partners.ids)

    @api.model
    def _find_expiring(self, partners=None):
        """Balances whose last day is within the renewal window, with nothing bought for the time after it.

        :param partners: of these alone.
        """
        wallets = self.browse()
        for company in self.env.companies:
            today = company._subscription_today()
            running = (
                Domain("company_id", "=", company.id)
                & Domain("state", "in", ("active", "pending"))
                & Domain("hold_reason", "=", False)
                & self._get_of_domain(partners)
            )
            soon = Domain("date_end", "<=", fields.Date.add(today, days=RENEWAL_DAYS))
            entitlements = self.env["subscription.entitlement"]
            expiring = entitlements.search(running & soon).partner_id - entitlements.search(running & ~soon).partner_id
            wallets += self.search([("company_id", "=", company.id), ("partner_id", "in", expiring.ids)])
        return wallets

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Override of `base`: each has a customer, so that the database may go by the customers' names."""
        order = super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        if field_name == "partner_id" and alias == self._table:
            query.add_where(SQL("%s IS NOT NULL", SQL.identifier(query.make_alias(alias, field_name), "id")))
        return order

    # === ACTIONS === #
    def action_view_ledger(self):
        """Open what was bought, used and lost."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": "subscription.credit.move",
            "view_mode": "list,graph,pivot",
            "domain": list(self._get_domain()),
        }

    def action_remind(self):
        """Write to the customers now, whatever the settings say.

        :raise AccessError: without the billing right.
        :raise UserError: a customer without an e-mail address.
        """
        self.check_access("read")
        if not self.env.user.has_group("subscription_mgmt.group_subscription_billing"):
            raise AccessError(self.env._("You need the billing right to write to customers."))
        for wallet in self:
            if not wallet.partner_id.email:
                raise UserError(
                    self.env._("%(customer)s has no e-mail address.", customer=wallet.partner_id.display_name)
                )
            # sudo: the billing right is enough to remind
            wallet.sudo()._remind(wallet.company_id._subscription_today())
        return True

    # === LOCK === #
    @api.model
    def _lock(self, company, customer):
        """Take the customer's row, made if missing, until the end of the transaction.

        Who comes second waits; when the first has committed, the database refuses the second with a serialization
        failure, which Odoo answers by running the request again. A plain row lock would let the second go on with
        the balance of before.

        :return: the wallet (sudo: it is the house's, whoever makes the request).
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO subscription_wallet
                               (company_id, partner_id, version, create_uid, create_date, write_uid, write_date)
                        VALUES (%(company)s, %(partner)s, 1, %(uid)s, %(now)s, %(uid)s, %(now)s)
                   ON CONFLICT (company_id, partner_id) DO UPDATE SET version = subscription_wallet.version + 1
                     RETURNING id""",
                company=company.id,
                partner=customer.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return self.sudo().browse(rows[0][0])

    def _roll(self, date_ref):
        """Bring what the customer holds up to the day: end what is over, begin what has come."""
        for wallet in self:
            entitlements = self.env["subscription.entitlement"].sudo()
            running = Domain("state", "in", ("active", "pending")) & Domain("hold_reason", "=", False)
            entitlements.search(wallet._get_domain() & running)._roll(date_ref)

    def _get_domain(self):
        """Domain of what belongs to the customer in the company."""
        self.ensure_one()
        return Domain("company_id", "=", self.company_id.id) & Domain("partner_id", "=", self.partner_id.id)

    def _get_valid(self, date_ref):
        """Entitlements that can be used on the day, the oldest first."""
        self.ensure_one()
        entitlements = self.env["subscription.entitlement"]
        running = entitlements._get_running(self.company_id, self.partner_id, date_ref)
        return running.filtered(lambda one: one.date_start <= date_ref)

    def _read_valid(self):
        """What `_get_valid` gives today, of many: {(company, customer): entitlements}."""
        entitlements = self.env["subscription.entitlement"]
        running = entitlements._get_running_of(self.company_id, self.partner_id)
        # At once, for all: customer by customer they would be read one by one.
        running.fetch(["department_ids"])
        running.mapped("credits_left")
        valid = defaultdict(entitlements.browse)
        for (company, partner), held in running.grouped(lambda one: (one.company_id, one.partner_id)).items():
            today = company._subscription_today()
            valid[company, partner] = held._filter_not_over(today).filtered(
                lambda one, day=today: one.date_start <= day
            )
        return valid

    # === REQUESTS === #
    def _plan_request(self, department, date_ref):
        """Who pays for a request to the department.

        :return: list of (entitlement, credits to take). Without an entitlement: staff opened the department, so the
            request is free; 0 credits: a period covers it, or the department takes none.
        :raise UserError: the department is not open to the customer, or too little credit is left.
        """
        self.ensure_one()
        entitlements = self.env["subscription.entitlement"].sudo()
        if department in self.partner_id.department_ids:
            return [(entitlements, 0)]
        held = self.sudo()._get_valid(date_ref)
        covering = held.filtered(lambda one: department in one.department_ids)
        if not covering:
            raise UserError(self._get_closed_text(department))
        periods = covering.filtered(lambda one: one.kind == PERIOD)
        if periods or not department.credits_per_request:
            return [((periods or covering)[0], 0)]
        # One balance for all departments of the packages bought (reading 10)
        grants = [
            Grant(one, one.credits_left, one.date_start, one.date_end or None)
            for one in held.filtered(lambda one: one.kind == CREDIT)
        ]
        try:
            return spend(grants, department.credits_per_request, date_ref)
        except NotEnoughCredit as error:
            raise UserError(self._get_not_enough_text(error))

    def _get_closed_text(self, department):
        return self.env._(
            "Department %(department)s is not open to %(customer)s. A package that opens it can be bought at %(url)s",
            department=department.name,
            customer=self.partner_id.name,
            url=self._get_shop_url(),
        )

    def _get_not_enough_text(self, error):
        return self.env._(
            "Not enough credit: %(needed)s needed, %(left)s left. More can be bought at %(url)s",
            needed=error.needed,
            left=error.left,
            url=self._get_shop_url(),
        )

    def _get_shop_url(self):
        """Where the customer buys packages."""
        return f"{self.get_base_url()}/my/packages"
