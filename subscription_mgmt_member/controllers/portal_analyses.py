"""Analysis forms that members fill in about themselves."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.survey.controllers.main import Survey

HOME = "/my/analyses"


class AnalysisSurvey(Survey):
    def _check_validity(self, survey_sudo, answer_sudo, answer_token, **kwargs):
        """Override of `survey`: a form that is not published any more takes no answers (WMM-62)."""
        code = super()._check_validity(survey_sudo, answer_sudo, answer_token, **kwargs)
        is_withdrawn = survey_sudo.member_is_analysis and not survey_sudo.member_published
        return "survey_closed" if code is True and is_withdrawn and not answer_sudo.test_entry else code


class AnalysisPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        """Override of `portal` to count the forms that wait for the customer."""
        values = super()._prepare_home_portal_values(counters)
        if "member_analysis_count" in counters:
            values["member_analysis_count"] = len(request.env.user.partner_id._get_portal_analyses())
        return values

    @http.route(HOME, type="http", auth="user", website=True, sitemap=False)
    def portal_my_analyses(self, **kwargs):
        """List the forms that the contact may fill in, and when that was done last."""
        return self._render_analyses()

    def _render_analyses(self, error=None):
        partner = request.env.user.partner_id
        forms = partner._get_portal_analyses()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "member_analyses",
            "forms": forms,
            "answers": partner._get_portal_answers(forms),
            "error": error,
        }
        return request.render("subscription_mgmt_member.portal_my_analyses", values)

    @http.route(f"{HOME}/<int:form_id>", type="http", auth="user", website=True, methods=["POST"], sitemap=False)
    def portal_my_analysis(self, form_id, **kwargs):
        """Begin, or go on with, a form for the member of the contact; any other form is none of theirs."""
        partner = request.env.user.partner_id
        form = partner._get_portal_analyses().filtered(lambda form: form.id == form_id)
        if not form:
            return request.redirect(HOME)
        try:
            answer = form._get_member_answer(partner)
        except UserError as error:
            return self._render_analyses(error=str(error))
        return request.redirect(f"{form.get_start_url()}?answer_token={answer.access_token}")
