from odoo.tests import HttpCase, new_test_user, tagged

from .analysis_common import AnalysisCase


@tagged("post_install", "-at_install")
class TestAnalysisPortal(AnalysisCase, HttpCase):
    """A contact fills in forms for the member that it belongs to (WMM-64)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form.member_in_portal = True
        cls.portal = new_test_user(cls.env, "member_portal", groups="base.group_portal", partner_id=cls.employee.id)
        cls.strange = new_test_user(cls.env, "member_stranger", groups="base.group_portal")

    def begin(self, login, form=None):
        self.authenticate(login, login)
        token = self.url_open("/my").text.split('csrf_token: "')[1].split('"')[0]
        return self.url_open(f"/my/analyses/{(form or self.form).id}", data={"csrf_token": token})

    def find_answers(self, form=None):
        return self.env["survey.user_input"].search([("survey_id", "=", (form or self.form).id)])

    def test_a_contact_fills_in_for_its_member(self):
        """WMM-64: once begun, the same is gone on with"""
        self.authenticate("member_portal", "member_portal")
        self.assertIn(self.form.title, self.url_open("/my/analyses").text)
        page = self.begin("member_portal")
        self.assertIn("/survey/", page.url)
        self.begin("member_portal")
        answer = self.find_answers()
        self.assertEqual((answer.partner_id, answer.member_partner_id), (self.employee, self.firm))
        self.finish(answer)
        self.assertEqual(self.firm.with_user(self.clerk).member_analysis_ids, answer)
        self.assertIn("Filled in on", self.url_open("/my/analyses").text)

    def test_a_stranger_is_offered_nothing(self):
        """WMM-64: neither in the list nor by the address"""
        self.authenticate("member_stranger", "member_stranger")
        self.assertNotIn(self.form.title, self.url_open("/my/analyses").text)
        self.begin("member_stranger")
        self.assertFalse(self.find_answers())

    def test_forms_of_colleagues_are_not_offered(self):
        """WMM-63: what is not marked for the portal"""
        self.form.member_in_portal = False
        self.assertNotIn("/survey/", self.begin("member_portal").url)
        self.assertFalse(self.find_answers())

    def test_the_link_of_a_form_gives_a_stranger_nothing(self):
        """WMM-62: not even of an open survey"""
        self.form.access_mode = "public"
        self.authenticate("member_stranger", "member_stranger")
        self.url_open(self.form.get_start_url())
        self.authenticate(None, None)
        self.url_open(self.form.get_start_url())
        self.assertFalse(self.find_answers())

    def test_a_withdrawn_form_takes_no_answers(self):
        """WMM-62: not even to what was begun"""
        self.begin("member_portal")
        answer = self.find_answers()
        address = f"/survey/{self.form.access_token}/{answer.access_token}"
        self.assertIn("o_survey_form", self.url_open(address).text)
        self.form.member_published = False
        self.assertNotIn("o_survey_form", self.url_open(address).text)

    def test_a_clerk_fills_in_on_the_page_of_the_survey(self):
        """WMM-64: with no right on surveys"""
        self.authenticate(self.clerk.login, self.clerk.login)
        answer = self.start()
        page = self.url_open(f"{self.form.get_start_url()}?answer_token={answer.access_token}")
        self.assertIn("o_survey_form", page.text)

    def test_nobody_of_the_portal_reads_surveys_or_answers(self):
        """WMM-64"""
        self.finish(self.start())
        for user in (self.portal, self.strange):
            for model in ("survey.survey", "survey.user_input", "survey.user_input.line", "survey.question"):
                self.assertFalse(self.env[model].with_user(user).has_access("read"), model)
