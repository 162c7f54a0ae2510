from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .analysis_common import AnalysisCase


@tagged("post_install", "-at_install")
class TestAnalysis(AnalysisCase):
    """Analysis forms: for whom, filled by whom, kept how (WMM-52, WMM-61..65, WIM-20)."""

    def get_forms(self, member):
        member.invalidate_recordset(["member_analysis_form_ids"])
        return member.with_user(self.clerk).member_analysis_form_ids & self.form.with_user(self.clerk)

    # === FOR WHOM === #
    def test_a_form_appears_where_its_category_is(self):
        """WMM-62: below it too; not elsewhere"""
        self.assertEqual(self.get_forms(self.firm), self.form)
        self.firm.category_id = self.textile
        self.assertFalse(self.get_forms(self.firm))
        self.firm.category_id = self.energy
        self.assertEqual(self.get_forms(self.firm), self.form)

    def test_a_form_of_the_lower_category_is_not_for_the_upper(self):
        """WMM-62"""
        self.form.member_category_ids = self.solar
        self.firm.category_id = self.energy
        self.assertFalse(self.get_forms(self.firm))

    def test_a_form_is_for_companies_or_individuals(self):
        """WMM-63"""
        self.person.category_id = self.solar
        self.assertFalse(self.get_forms(self.person))
        self.form.member_kind = "individual"
        self.assertEqual(self.get_forms(self.person), self.form)
        self.assertFalse(self.get_forms(self.firm))

    def test_a_form_without_category_is_for_all(self):
        """WMM-63, WIM-20"""
        self.form.write({"member_category_ids": [Command.clear()], "member_kind": False})
        self.assertEqual(self.get_forms(self.firm) & self.get_forms(self.person), self.form)

    def test_what_is_not_published_is_not_shown(self):
        """WMM-62: nor what is closed"""
        self.form.member_published = False
        self.assertFalse(self.get_forms(self.firm))
        self.form.write({"member_published": True, "active": False})
        self.assertFalse(self.get_forms(self.firm))

    def test_a_plain_survey_is_no_analysis(self):
        """WMM-62"""
        with self.assertRaises(ValidationError):
            self.form.member_is_analysis = False

    def test_a_form_without_questions_is_not_published(self):
        """WMM-62"""
        with self.assertRaises(ValidationError):
            self.make_form(question_and_page_ids=False)

    def test_forms_of_many_members_cost_no_more_queries(self):
        firms = self.env["res.partner"].create(
            [{"name": f"F{number}", "is_company": True, "category_id": self.solar.ids} for number in range(20)]
        )
        firms.mapped("member_analysis_form_ids")
        for members in (firms[:1], firms):
            self.env.flush_all()
            self.env.invalidate_all()

            with self.assertQueryCount(9):
                self.assertIn(self.form, members.mapped("member_analysis_form_ids"))

    # === FILLING IN === #
    def test_an_analysis_keeps_day_author_and_score(self):
        """WMM-64, WMM-65"""
        answer = self.finish(self.start(), choice=1)
        self.assertEqual(self.firm.with_user(self.clerk).member_analysis_ids, answer)
        self.assertEqual((answer.partner_id, answer.scoring_percentage), (self.clerk.partner_id, 50.0))
        self.assertTrue(answer.end_datetime)
        self.assertEqual(answer.member_company_id, self.env.company)

    def test_a_form_of_another_category_is_refused_on_the_server(self):
        """WMM-62: whatever id is sent"""
        self.firm.category_id = self.textile
        with self.assertRaises(UserError):
            self.start()
        with self.assertRaises(UserError):
            self.form._create_answer(user=self.clerk, member_partner_id=self.firm.id)

    def test_a_form_that_is_not_published_is_refused_on_the_server(self):
        """WMM-62"""
        self.form.member_published = False
        with self.assertRaises(UserError):
            self.start()

    def test_an_analysis_needs_a_member(self):
        """WMM-64: nobody's analysis"""
        with self.assertRaises(UserError):
            self.form._create_answer(email="x@y.example")
        with self.assertRaises(UserError):
            self.form.with_user(self.clerk).action_fill_member_analysis()

    def test_a_try_of_the_designer_is_no_analysis(self):
        """WMM-61"""
        self.form._create_answer(user=self.env.user, test_entry=True)
        self.assertFalse(self.firm.with_user(self.clerk).member_analysis_ids)

    def test_who_filled_it_in_changes_it(self):
        """WMM-65: with the answers given, and a new day"""
        answer = self.finish(self.start(), choice=1)
        answer.action_edit_member_analysis()
        self.assertEqual(answer.state, "in_progress")
        self.assertTrue(answer.sudo().user_input_line_ids)
        self.finish(answer, choice=0)
        self.assertEqual((answer.state, answer.scoring_percentage), ("done", 100.0))

    def test_nobody_else_changes_it(self):
        """WMM-65"""
        answer = self.finish(self.start())
        with self.assertRaises(AccessError):
            answer.with_user(self.make_user("manage")).action_edit_member_analysis()

    def test_scores_over_time_are_a_mean(self):
        """WMM-52: two on one day are not added up"""
        for choice in (0, 1):
            self.finish(self.start(), choice)
        [(score,)] = (
            self.env["survey.user_input"]
            .with_user(self.clerk)
            ._read_group([("member_partner_id", "=", self.firm.id)], [], ["scoring_percentage:avg"])
        )
        self.assertEqual(score, 75.0)
        self.assertEqual(self.env["survey.user_input"]._fields["scoring_percentage"].aggregator, "avg")

    def test_a_form_that_was_used_is_closed_not_deleted(self):
        """WMM-65"""
        unused = self.make_form()
        self.finish(self.start())
        with self.assertRaises(UserError):
            self.form.unlink()
        unused.unlink()

    def test_analyses_follow_a_merged_member(self):
        """The link is one to the member, and moves"""
        double = self.env["res.partner"].create({"name": "Çınar", "is_company": True, "category_id": self.solar.ids})
        answer = self.finish(self.start(member=double))
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((self.firm | double).ids, self.firm)
        self.env.invalidate_all()
        self.assertEqual(answer.member_partner_id, self.firm)
