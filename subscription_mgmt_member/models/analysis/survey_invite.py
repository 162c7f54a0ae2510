from odoo import models
from odoo.exceptions import UserError


class SurveyInvite(models.TransientModel):
    """The invitation to a survey, sent for analysis forms by whoever contributes to customers."""

    _inherit = "survey.invite"

    def _prepare_answers(self, partners, emails):
        """Override of `survey`: an analysis is asked of contacts that one sees, and its answers are made by the system.

        :raise UserError: a bare address: nobody could say whose analysis that is.
        """
        form = self.survey_id
        if not form.member_is_analysis:
            return super()._prepare_answers(partners, emails)
        if emails:
            raise UserError(self.env._("An analysis is asked of contacts of members: choose them as recipients."))
        form.check_access("read")
        partners.check_access("read")
        # sudo: form and contacts were looked at; making an answer looks at whether the form is for them
        answers_sudo = super(SurveyInvite, self.sudo())._prepare_answers(partners, emails)
        answers_sudo.filtered(lambda answer: not answer.member_company_id).member_company_id = self.env.company
        return answers_sudo.sudo(False)
