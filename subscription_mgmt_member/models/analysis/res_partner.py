from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL


class ResPartner(models.Model):
    _inherit = "res.partner"

    member_analysis_form_ids = fields.Many2many(
        comodel_name="survey.survey",
        string="Analysis Forms",
        compute="_compute_member_analysis_form_ids",
        groups=INTERNAL,
        help="Published forms for the kind and the categories of the member.",
    )
    member_analysis_ids = fields.One2many(
        comodel_name="survey.user_input",
        inverse_name="member_partner_id",
        string="Analyses",
        readonly=True,
        copy=False,
        groups=INTERNAL,
    )

    @api.depends("category_id", "is_company")
    def _compute_member_analysis_form_ids(self):
        forms = self.env["survey.survey"]._get_published_analyses()
        for partner in self:
            partner.member_analysis_form_ids = forms._filter_for_member(partner)

    def action_view_member_analyses(self):
        """Show the analyses of the member over time, one line a form (WMM-52, WIM-20)."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt_member.survey_user_input_action"),
            "domain": [("member_partner_id", "=", self.id), ("state", "=", "done")],
        }

    # === PORTAL === #
    def _get_portal_analyses(self):
        """Forms that a contact may fill in for the member that it belongs to, in sudo mode: nobody of the portal reads
        surveys (WMM-64)."""
        self.ensure_one()
        # sudo: chosen by what the member is, not by what is named in an address
        forms_sudo = self.env["survey.survey"].sudo()._get_published_analyses().filtered("member_in_portal")
        return forms_sudo._filter_for_member(self.sudo().commercial_partner_id)

    def _get_portal_answers(self, forms):
        """The latest finished answer of the contact for each form, by form."""
        # sudo: of the contact's own
        answers_sudo = self.env["survey.user_input"].sudo().search(
            Domain("survey_id", "in", forms.ids)
            & Domain("partner_id", "=", self.id)
            & Domain("state", "=", "done"),
            order="end_datetime",
        )  # fmt: skip
        return {answer.survey_id: answer for answer in answers_sudo}
