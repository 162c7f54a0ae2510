from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class MemberFetch(models.TransientModel):
    """Fills the gaps of a person's record from that of the same person as an employee of a customer (WIM-30)."""

    _name = "member.fetch"
    _inherit = "subscription.dialog.mixin"
    _description = "Fetch Data of an Employee"

    partner_id = fields.Many2one(comodel_name="res.partner", string="Person", required=True, readonly=True)
    candidate_ids = fields.Many2many(
        comodel_name="res.partner", compute="_compute_candidate_ids", export_string_translation=False
    )
    employee_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_employee_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        domain="[('id', 'in', candidate_ids)]",
        help="Contacts of companies with the same e-mail or phone.",
    )
    preview = fields.Html(string="What Will Be Filled", compute="_compute_preview", sanitize=False)

    @api.depends("partner_id")
    def _compute_candidate_ids(self):
        for dialog in self:
            dialog.candidate_ids = dialog.partner_id._find_member_employees()

    @api.depends("partner_id")
    def _compute_employee_id(self):
        for dialog in self:
            known = dialog.partner_id.member_employee_id
            dialog.employee_id = known if known in dialog.candidate_ids else dialog.candidate_ids[:1]

    @api.depends("partner_id", "employee_id")
    def _compute_preview(self):
        labels = self.env["res.partner"].fields_get(attributes=["string"])
        for dialog in self:
            values = dialog.partner_id._prepare_member_employee_values(dialog.employee_id)
            dialog.preview = Markup().join(
                Markup("<li>%s: <strong>%s</strong></li>")
                % (labels[name]["string"], getattr(value, "display_name", value))
                for name, value in values.items()
            )

    def action_fill(self):
        """Link the person to the employee and fill what was shown: nothing that stands there is changed."""
        self.ensure_one()
        if self.employee_id not in self.partner_id._find_member_employees():
            raise UserError(self.env._("Choose an employee with the same e-mail or phone."))
        values = self.partner_id._prepare_member_employee_values(self.employee_id)
        values = {name: getattr(value, "id", value) for name, value in values.items()}
        self.partner_id.write({**values, "member_employee_id": self.employee_id.id})
        return {"type": "ir.actions.act_window_close"}
