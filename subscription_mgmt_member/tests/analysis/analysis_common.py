from odoo.fields import Command

from ..common import MemberCase


class AnalysisCase(MemberCase):
    """A form for companies with a tag, whose one question gives 10 or 5 of 10 points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tags = cls.env["res.partner.category"]
        cls.energy = tags.create({"name": "Enerji"})
        cls.solar = tags.create({"name": "Güneş", "parent_id": cls.energy.id})
        cls.textile = tags.create({"name": "Tekstil"})
        cls.firm.category_id = cls.solar
        cls.clerk = cls.make_user("contribute")
        cls.form = cls.make_form()

    @classmethod
    def make_form(cls, **values):
        return cls.env["survey.survey"].create(
            {
                "title": "Finansal yeterlilik",
                "member_is_analysis": True,
                "member_published": True,
                "member_category_ids": [Command.set(cls.energy.ids)],
                "member_kind": "corporate",
                "access_mode": "token",
                "scoring_type": "scoring_with_answers",
                "questions_layout": "one_page",
                "question_and_page_ids": [
                    Command.create(
                        {
                            "title": "Ödeme gücü",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                Command.create({"value": "İyi", "is_correct": True, "answer_score": 10}),
                                Command.create({"value": "Orta", "answer_score": 5}),
                            ],
                        }
                    )
                ],
                **values,
            }
        )

    def start(self, form=None, member=None, user=None):
        """An answer that a clerk begins on the page of a member."""
        form = (form or self.form).with_user(user or self.clerk)
        form.with_context(member_id=(member or self.firm).id).action_fill_member_analysis()
        answers = self.env["survey.user_input"].search([("survey_id", "=", form.id)], order="id desc", limit=1)
        return answers.with_user(user or self.clerk)

    def finish(self, answer, choice=0):
        """Answer the question, as the page of the survey does it."""
        answer_sudo = answer.sudo()
        question = answer_sudo.survey_id.question_ids
        answer_sudo._save_lines(question, str(question.suggested_answer_ids[choice].id))
        answer_sudo._mark_done()
        return answer
