from odoo import api, fields, models


class SubscriptionExternalId(models.Model):
    """Which record an id of the old system means; the import looks here first (WSI-12..22, WSI-39)."""

    _name = "subscription.external.id"
    _inherit = "subscription.mixin"
    _description = "Old System ID"
    _order = "model, code, id"
    _rec_name = "code"

    code = fields.Char(string="Old System ID", required=True, help="The id as the old system shows it.")
    model = fields.Selection(
        selection=[
            ("res.partner", "Customer or Contact"),
            ("subscription.category", "Category"),
            ("product.product", "Product"),
            ("account.payment.method.line", "Payment Method"),
            ("account.payment.term", "Payment Term"),
            ("project.project", "Project"),
            ("maintenance.equipment", "Physical Asset"),
            ("res.company", "Branch"),
            ("hr.employee", "Sales Representative"),
            ("subscription.interaction.type", "Interaction Type"),
            ("subscription.recurrence", "Recurring Interaction"),
            ("res.users", "User"),
        ],
        string="Kind of Record",
        required=True,
    )
    kind = fields.Selection(
        selection=[
            ("individual", "Individual Customer"),
            ("corporate", "Corporate Customer"),
            ("contact", "Contact Person"),
            ("branch", "Branch of a Customer"),
            ("subscriber", "Subscriber Category"),
            ("service", "Service Category"),
        ],
        string="Numbered As",
        help="Old systems number individuals, companies and contact persons each from 1. Say here which number it is; "
        "empty: the id is the only one of its kind.",
    )
    res_id = fields.Many2oneReference(string="Record", model_field="model", required=True, index=True)
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: the id holds for all companies.")

    _code_unique = models.UniqueIndex(
        "(model, code, COALESCE(kind, ''), COALESCE(company_id, 0))",
        "This old system id belongs to another record already.",
    )

    @api.depends("code", "model")
    def _compute_display_name(self):
        labels = dict(self._fields["model"]._description_selection(self.env))
        for mapping in self:
            mapping.display_name = f"{labels.get(mapping.model, '')} {mapping.code or ''}".strip()
