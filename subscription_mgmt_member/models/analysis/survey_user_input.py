from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL


class SurveyUserInput(models.Model):
    """An analysis of a member: which form, when, by whom, with what score (WMM-64, WMM-65).

    Who answers is the contact of Odoo's own (`partner_id`): a colleague, or a contact of the member.
    """

    _inherit = "survey.user_input"

    member_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Member",
        readonly=True,
        index="btree_not_null",
        copy=False,
        groups=INTERNAL,
        help="Whom the analysis is about.",
    )
    member_company_id = fields.Many2one(
        comodel_name="res.company",
        string="Member's Company",
        readonly=True,
        index="btree_not_null",
        copy=False,
        groups=INTERNAL,
    )
    member_can_edit = fields.Boolean(compute="_compute_member_can_edit", groups=INTERNAL)
    # Of two analyses on one day, and of all, it is the mean that says something.
    scoring_percentage = fields.Float(aggregator="avg")

    @api.depends("partner_id", "member_partner_id")
    @api.depends_context("uid")
    def _compute_member_can_edit(self):
        """What a colleague wrote is his to mend; what the member wrote is nobody else's."""
        for answer in self:
            answer.member_can_edit = bool(answer.member_partner_id) and answer.partner_id == self.env.user.partner_id

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `survey`: an analysis is about a member that its form is meant for, whatever way it came.

        Who is invited, or opens the form in the portal, answers for the member that they belong to.

        :raise UserError: the form is not published, or not for this member.
        """
        forms = self.env["survey.survey"].browse({vals["survey_id"] for vals in vals_list if vals.get("survey_id")})
        analyses = forms.filtered("member_is_analysis")
        for vals in vals_list:
            form = analyses.browse(vals.get("survey_id")) & analyses
            if form and not vals.get("test_entry"):
                vals["member_partner_id"] = self._get_member_of_values(form, vals).id
        return super().create(vals_list)

    @api.model
    def _get_member_of_values(self, form, vals):
        partners = self.env["res.partner"]
        answering = partners.browse(vals.get("partner_id"))
        member = partners.browse(vals.get("member_partner_id")) or answering.commercial_partner_id
        if not member:
            raise UserError(self.env._("%(form)s is filled in for a member.", form=form.title))
        form._check_for_member(member)
        return member

    def action_open_member_analysis(self):
        """Go on with what one has begun; otherwise read the answers (WMM-65)."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "done" and self.member_can_edit:
            return self.survey_id.action_start_survey(answer=self)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("subscription_mgmt_member.survey_user_input_view_form").id, "form")],
        }

    def action_edit_member_analysis(self):
        """Open what one has filled in once more, with the answers given; the day becomes that of the last (WMM-65)."""
        self.ensure_one()
        self.check_access("read")
        if not self.member_can_edit:
            raise AccessError(self.env._("An analysis is changed by whoever filled it in. Fill in a new one instead."))
        self.survey_id._check_for_member(self.member_partner_id)
        # sudo: of one's own answers, and looked at above
        self.sudo().write({"state": "in_progress", "last_displayed_page_id": False})
        return self.survey_id.action_start_survey(answer=self)
