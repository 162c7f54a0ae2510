from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.wallet import CREDIT, PERIOD

# What a buyer has paid for: never changed under him
FROZEN = {"kind", "price", "credits", "duration_days", "product_id", "company_id"}


class SubscriptionPackage(models.Model):
    """What is sold: so many credits, or so many days, for these departments."""

    _name = "subscription.package"
    _inherit = ["subscription.mixin", "subscription.figures.mixin", "mail.thread"]
    _description = "Billing Package"
    _order = "sequence, price, id"
    _check_company_auto = True

    # === IDENTITY === #
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True, help="Shown to the customer under the name.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    version = fields.Integer(default=1, readonly=True, copy=False)
    predecessor_id = fields.Many2one(
        comodel_name="subscription.package",
        string="Replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The version that is withdrawn when this one is published.",
    )
    # === COMPANY AND CURRENCY === #
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    # === CONFIGURATION === #
    kind = fields.Selection(
        selection=[(CREDIT, "Credit-based"), (PERIOD, "Subscription-based")],
        string="Type",
        required=True,
        default=CREDIT,
        tracking=True,
        help="Credit-based: every request costs credits. Subscription-based: requests are free for so many days.",
    )
    department_ids = fields.Many2many(
        comodel_name="subscription.department",
        string="Departments",
        check_company=True,
        help="Opened to the customer when he buys the package.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        domain="[('sale_ok', '=', True)]",
        check_company=True,
        help="Stands on the invoice; its taxes and its income account are used.",
    )
    price = fields.Monetary(tracking=True, help="Price of the package, as taxes of the product take it.")
    credits = fields.Integer(help="Credits added to the balance of the customer.")
    duration_days = fields.Integer(
        string="Days",
        help="How long the package lasts, the day of purchase included. For credit: 0 means that it never expires.",
    )
    is_published = fields.Boolean(string="On Sale", readonly=True, copy=False, index=True, tracking=True)
    # === RELATIONS === #
    entitlement_ids = fields.One2many(
        comodel_name="subscription.entitlement", inverse_name="package_id", string="Paid Subscriptions"
    )
    transaction_ids = fields.One2many(
        comodel_name="payment.transaction", inverse_name="subscription_package_id", groups="base.group_system"
    )
    sold_count = fields.Integer(string="Sold", compute="_compute_sold_count")
    is_sold = fields.Boolean(
        compute="_compute_is_sold",
        compute_sudo=True,
        help="Somebody holds it, or has begun to pay for it: its type and its price stay as they are.",
    )

    _price = models.Constraint("CHECK (price >= 0)", "The price of a package cannot be negative.")
    _credits = models.Constraint(
        "CHECK (credits BETWEEN 0 AND 1000000)", "A package gives from 0 to 1,000,000 credits."
    )
    _duration_days = models.Constraint(
        "CHECK (duration_days BETWEEN 0 AND 36500)", "A package lasts from 0 to 36,500 days (a hundred years)."
    )

    # === COMPUTES === #
    @api.depends("name", "version")
    def _compute_display_name(self):
        for package in self:
            package.display_name = f"{package.name} v{package.version}" if package.version > 1 else package.name

    @api.depends("entitlement_ids")
    def _compute_sold_count(self):
        groups = self.env["subscription.entitlement"]._read_group(
            [("package_id", "in", self.ids)], ["package_id"], ["__count"]
        )
        counts = {package.id: count for package, count in groups}
        for package in self:
            package.sold_count = counts.get(package._origin.id, 0)

    @api.depends("entitlement_ids", "transaction_ids")
    def _compute_is_sold(self):
        for package in self:
            package.is_sold = bool(package.entitlement_ids or package.transaction_ids)

    # === CONSTRAINTS === #
    @api.model
    def _get_figure_fields(self):
        """Override of `subscription.figures.mixin`: a package has a price and no more."""
        return ["price"]

    @api.constrains("is_published", "kind", "department_ids", "price", "credits", "duration_days")
    def _check_on_sale(self):
        """A package on sale has a department, a price, and something to sell (LIM-11, LIM-12)."""
        for package in self.filtered("is_published"):
            missing = package._get_missing()
            if missing:
                raise ValidationError(
                    self.env._(
                        "Package %(package)s cannot be put on sale: %(missing)s",
                        package=package.name,
                        missing=" ".join(missing),
                    )
                )

    def _get_missing(self):
        """What the package still needs before it can be sold, one sentence each."""
        self.ensure_one()
        missing = []
        if not self.department_ids:
            missing.append(self.env._("Choose at least one department."))
        if self.currency_id.compare_amounts(self.price, 0) <= 0:
            missing.append(self.env._("Enter a price above zero."))
        if self.kind == CREDIT and self.credits <= 0:
            missing.append(self.env._("Enter how many credits it gives."))
        if self.kind == PERIOD and self.duration_days <= 0:
            missing.append(self.env._("Enter how many days it lasts."))
        return missing

    # === CRUD === #
    def write(self, vals):
        """Refuse to change what somebody has paid for (LIM-10)."""
        touched = FROZEN & vals.keys()
        for package in self if touched else ():
            values = {name: package._fields[name].convert_to_write(package[name], package) for name in touched}
            if package.is_sold and any(values[name] != vals[name] for name in touched):
                raise UserError(
                    self.env._(
                        "Package %(package)s was sold: its type, content and price stay as they are. "
                        "Press New Version to sell it on other terms.",
                        package=package.name,
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sold(self):
        sold = self.filtered("is_sold")
        if sold:
            raise UserError(
                self.env._(
                    "Package %(package)s was sold and cannot be deleted. Withdraw it instead.", package=sold[0].name
                )
            )

    # === ACTIONS === #
    def action_publish(self):
        """Put the packages on sale, each in place of the version it replaces (LIM-12).

        :raise ValidationError: what is missing.
        """
        self.company_id._check_subscription_enabled()
        self.is_published = True
        self.predecessor_id.action_withdraw()
        return True

    def action_withdraw(self):
        """Take the packages off sale; who holds one keeps it."""
        self.is_published = False
        return True

    def action_new_version(self):
        """Open a copy that can be sold on other terms; this version stays on sale until the copy is published."""
        self.ensure_one()
        version = self.copy({"name": self.name, "version": self.version + 1, "predecessor_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": version.id,
            "view_mode": "form",
        }

    def action_view_entitlements(self):
        """Open who holds the package."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_entitlement_action")
        return {**action, "domain": [("package_id", "in", self.ids)], "context": {"create": False}}
