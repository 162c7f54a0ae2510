from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .analysis_common import AnalysisCase


@tagged("post_install", "-at_install")
class TestAnalysisRights(AnalysisCase):
    """Managers design, contributors fill in, everybody at work reads (WMM-52, WMM-61)."""

    def test_managers_design_without_any_right_on_surveys(self):
        """WMM-61"""
        manager = self.make_user("manage")
        with Form(
            self.env["survey.survey"].with_user(manager).with_context(default_member_is_analysis=True),
            "survey.survey_survey_view_form",
        ) as form:
            form.title = "Altyapı"
        survey = form.record
        self.env["survey.question"].with_user(manager).create({"survey_id": survey.id, "title": "?"})
        survey.member_published = True
        survey.question_ids.unlink()
        survey.unlink()

    def test_managers_of_customers_see_no_other_survey(self):
        """WMM-61"""
        plain = self.env["survey.survey"].create({"title": "Çalışan memnuniyeti"})
        manager = self.make_user("manage")
        self.assertFalse(self.env["survey.survey"].with_user(manager).search([("id", "=", plain.id)]))
        with self.assertRaises(AccessError):
            plain.with_user(manager).title = "X"

    def test_nobody_else_designs(self):
        """WMM-61: neither who edits customers nor who makes surveys"""
        officer = new_test_user(self.env, "survey_officer", groups="base.group_user,survey.group_survey_manager")
        plain = self.env["survey.survey"].with_user(officer).create({"title": "X"})
        with self.assertRaises(AccessError):
            plain.member_is_analysis = True
        for user in (self.make_user("edit"), officer):
            surveys, questions = (self.env[name].with_user(user) for name in ("survey.survey", "survey.question"))
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                surveys.create({"title": "X", "member_is_analysis": True})
            with self.assertRaises(AccessError):
                self.form.with_user(user).member_published = False
            with self.assertRaises(AccessError):
                self.form.question_ids.with_user(user).title = "X"
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                questions.create({"survey_id": self.form.id, "title": "X"})
            with self.assertRaises(AccessError):
                self.form.question_ids.suggested_answer_ids.with_user(user).answer_score = 99

    def test_who_looks_reads_and_fills_in_nothing(self):
        """WMM-52: View"""
        viewer = self.make_user("view")
        answer = self.finish(self.start())
        seen = self.firm.with_user(viewer).member_analysis_ids
        self.assertEqual(seen, answer)
        self.assertTrue(seen.user_input_line_ids.mapped("display_name"))
        with self.assertRaises(AccessError):
            self.start(user=viewer)

    def test_scores_are_written_by_nobody(self):
        """WMM-65"""
        answer = self.finish(self.start(), choice=1)
        for level in ("contribute", "edit", "manage"):
            user = self.clerk if level == "contribute" else self.make_user(level)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(answer.with_user(user).has_access(operation), (level, operation))
                self.assertFalse(answer.sudo().user_input_line_ids.with_user(user).has_access(operation))

    def test_what_another_company_analysed_is_not_seen(self):
        """The member is shared, its analyses are not"""
        answer = self.finish(self.start())
        answer.sudo().member_company_id = self.env["res.company"].create({"name": "Abroad"})
        self.env.invalidate_all()
        self.assertFalse(self.firm.with_user(self.clerk).member_analysis_ids)
        with self.assertRaises(AccessError):
            answer.with_user(self.clerk).read(["scoring_percentage"])
        with self.assertRaises(AccessError):
            answer.sudo().user_input_line_ids.with_user(self.clerk).read(["display_name"])

    def test_who_sees_no_customer_sees_no_analyses(self):
        """CUB-29: None; of other surveys as much as ever"""
        answer = self.finish(self.start())
        nobody = self.make_user("none")
        for records in (answer, answer.sudo().user_input_line_ids):
            self.assertFalse(records.with_user(nobody).search([("id", "in", records.ids)]))
            self.assertFalse(records.with_user(nobody).has_access("read"))

    def test_no_analysis_of_whom_one_does_not_see(self):
        abroad = self.env["res.company"].create({"name": "Abroad"})
        hidden = self.env["res.partner"].create(
            {"name": "X", "is_company": True, "company_id": abroad.id, "category_id": self.solar.ids}
        )
        with self.assertRaises(AccessError):
            self.start(member=hidden)

    # === BY E-MAIL === #
    def invite(self, partners, user=None, **values):
        form = self.form.with_user(user or self.clerk).with_context(member_id=self.firm.id)
        action = form.action_invite_member()
        invites = self.env[action["res_model"]].with_user(user or self.clerk).with_context(action["context"])
        return invites.create({"partner_ids": partners.ids, **values})

    def test_a_contributor_asks_a_contact_by_mail(self):
        """WMM-64: the answer is about the member of the contact"""
        self.invite(self.employee).action_invite()
        answer = self.env["survey.user_input"].search([("survey_id", "=", self.form.id)])
        self.assertEqual((answer.partner_id, answer.member_partner_id), (self.employee, self.firm))
        self.assertEqual(answer.member_company_id, self.env.company)
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.employee.ids)], limit=1)
        self.assertIn(answer.access_token, mail.body_html)

    def test_no_invitation_to_whom_the_form_is_not_for(self):
        """WMM-62"""
        self.person.email = "baran@example.com"
        with self.assertRaises(UserError):
            self.invite(self.person).action_invite()

    def test_no_invitation_to_a_bare_address(self):
        """WMM-64"""
        with self.assertRaises(UserError):
            self.invite(self.env["res.partner"], emails="who@example.com").action_invite()

    def test_who_looks_invites_nobody(self):
        """WMM-64"""
        with self.assertRaises(AccessError):
            self.invite(self.employee, user=self.make_user("view"))
