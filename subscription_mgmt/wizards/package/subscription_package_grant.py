from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError


class SubscriptionPackageGrant(models.TransientModel):
    """Staff gives a package to a customer, by the same rules as a purchase (LIM-27)."""

    _name = "subscription.package.grant"
    _inherit = "subscription.dialog.mixin"
    _description = "Grant Package"
    _check_company_auto = True

    company_id = fields.Many2one(comodel_name="res.company", default=lambda self: self.env.company)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", required=True, check_company=True)
    package_id = fields.Many2one(
        comodel_name="subscription.package",
        required=True,
        domain="[('company_id', '=', company_id)]",
        check_company=True,
    )
    make_invoice = fields.Boolean(string="Issue an Invoice", help="Post an invoice that the customer still has to pay.")
    reason = fields.Char(required=True)
    warning = fields.Char(compute="_compute_warning")
    is_switch = fields.Boolean(compute="_compute_warning")
    confirmed = fields.Boolean(string="Go On All the Same")
    key = fields.Char(
        default=lambda self: uuid4().hex,
        readonly=True,
        export_string_translation=False,
        help="Stands on what the dialog gives: a second click, or two at once, give one.",
    )

    @api.depends("partner_id", "package_id")
    def _compute_warning(self):
        for wizard in self:
            wizard.warning, wizard.is_switch = "", False
            if wizard.partner_id and wizard.package_id:
                today = wizard.package_id.company_id._subscription_today()
                customer = wizard.partner_id.commercial_partner_id
                wizard.warning = wizard.package_id._get_refusal(customer, today)
                wizard.is_switch = bool(wizard.warning) and not wizard.package_id._get_refusal(customer, today, True)

    def action_grant(self):
        """Give the package, once for each dialog; open it.

        :raise UserError: a rule of LIM-15..18 is against it; the package gives nothing.
        """
        self.ensure_one()
        entitlement = self._grant()
        return {
            "type": "ir.actions.act_window",
            "res_model": "subscription.entitlement",
            "res_id": entitlement.id,
            "view_mode": "form",
        }

    def _grant(self):
        package, partner = self.package_id, self.partner_id
        if not (package.credits if package.kind == "credit" else package.duration_days):
            raise UserError(self.env._("Package %(package)s gives nothing yet.", package=package.name))
        today = package.company_id._subscription_today()
        entitlement = package._grant(
            partner.commercial_partner_id,
            today,
            confirmed=self.confirmed,
            buyer_id=partner.id,
            reason=self.reason,
            grant_key=self.key,
        )
        if self.make_invoice:  # does nothing where it has one
            entitlement._make_invoice(today)
        return entitlement
