from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import MemberCase


class ActivityCase(MemberCase):
    def get_lines(self, partner, *kinds, user=None):
        """Lines of a partner, the oldest first, as a user sees them (without one: all that there are)."""
        lines = self.env["member.activity"].with_user(user) if user else self.env["member.activity"].sudo()
        domain = [("partner_id", "=", partner.id), *([("kind", "in", kinds)] if kinds else [])]
        return lines.search(domain, order="id")


@tagged("post_install", "-at_install")
class TestActivityLines(ActivityCase):
    """CUB-51..54, CUB-62: what happens to customers themselves."""

    def test_a_new_customer(self):
        user = self.make_user("contribute")
        partner = self.env["res.partner"].with_user(user).create({"name": "Elif Aras"})
        line = self.get_lines(partner)
        self.assertEqual((line.kind, line.user_id, line.partner_id), ("created", user, partner))

    def test_a_change_says_from_what_to_what(self):
        user = self.make_user("contribute")
        turkey, romania = self.env.ref("base.tr"), self.env.ref("base.ro")
        self.person.write({"phone": "0532 111 22 33", "country_id": turkey.id, "member_state": "potential"})
        values = {
            "phone": "0532 444 55 66",
            "country_id": romania.id,
            "member_state": "active",
            "name": self.person.name,
        }
        self.person.with_user(user).write(values)
        lines = self.get_lines(self.person, "changed")[-3:]
        self.assertEqual(lines.user_id, user)
        self.assertEqual(set(lines.mapped("text")), {
            "Phone: 0532 111 22 33 → 0532 444 55 66",
            f"Country: {turkey.name} → {romania.name}",
            "Member Status: Potential → Active",
        })  # fmt: skip

    def test_a_change_reads_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.person.write({"is_company": True})
        field = self.env["ir.model.fields"]._get("res.partner", "is_company")
        field.with_context(lang="tr_TR").field_description = "Şirket mi"
        line = self.get_lines(self.person, "changed")[-1]
        self.assertTrue(line.with_context(lang="tr_TR").text.startswith("Şirket mi: "))

    def test_what_stays_the_same_is_no_change(self):
        before = self.get_lines(self.firm)
        self.firm.write({"name": self.firm.name, "email": self.firm.email})
        self.assertEqual(self.get_lines(self.firm), before)

    def test_what_signing_in_leaves_is_not_told(self):
        """Odoo notes the time zone of the browser when a customer signs in."""
        before = self.get_lines(self.person)
        self.person.tz = "Europe/Istanbul"
        self.assertEqual(self.get_lines(self.person), before)

    def test_a_contact_that_repeats_its_company_is_not_told(self):
        """The address and tax number of a company run down to its people; told once, of the company."""
        before = self.get_lines(self.employee)
        self.firm.write({"city": "Bursa", "vat": "1234567890"})
        self.assertEqual(self.get_lines(self.employee), before)
        self.assertEqual(set(self.get_lines(self.firm, "changed").mapped("field_name")), {"city", "vat"})

    def test_a_note(self):
        user = self.make_user("contribute")
        self.firm.with_user(user).message_post(body="Wants an offer\nby Friday.", message_type="comment")
        line = self.get_lines(self.firm, "note")
        self.assertEqual((line.user_id, line.text), (user, "Wants an offer by Friday."))

    def test_an_answer_by_mail_is_a_note_and_a_notice_is_none(self):
        self.firm.message_post(body="Thank you.", message_type="email", author_id=self.employee.id)
        self.firm.message_post(body="Stored.", message_type="notification")
        self.assertEqual(self.get_lines(self.firm, "note").mapped("text"), ["Thank you."])

    def test_what_was_planned_and_done_is_a_note(self):
        self.firm.activity_schedule("mail.mail_activity_data_call").action_feedback(feedback="Reached nobody.")
        self.assertIn("Reached nobody.", self.get_lines(self.firm, "note").text)

    def test_notes_of_tasks_stay_with_the_tasks(self):
        """CUB-52"""
        project = self.env["project.project"].create({"name": "Roof"})
        task = self.env["project.task"].create(
            {"name": "Measure", "project_id": project.id, "partner_id": self.firm.id}
        )
        task.message_post(body="Ladder needed.", message_type="comment")
        self.assertFalse(self.get_lines(self.firm, "note"))

    def test_lines_go_with_their_customer_and_follow_nobody_else(self):
        lines = self.get_lines(self.person)
        self.assertTrue(lines)
        self.person.unlink()
        self.assertFalse(lines.exists())

    def test_nobody_writes_lines_by_hand(self):
        manager = self.make_user("manage")
        line = self.get_lines(self.firm)[0].with_user(manager)
        for act in (
            lambda: line.create({"partner_id": self.firm.id, "kind": "note"}),
            lambda: line.write({"kind": "note"}),
            line.unlink,
        ):
            with self.assertRaises(AccessError):
                act()

    def test_a_line_opens_what_it_tells_of(self):
        line = self.get_lines(self.firm)[0]
        action = line.with_user(self.make_user("view")).action_open()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.firm.id))

    def test_the_page_of_a_customer_holds_its_people(self):
        """CUB-53: the button on the form."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "subscription_mgmt_member.member_activity_action_partner"
        )
        domain = [("partner_id", "child_of", self.firm.id)]
        self.assertEqual(action["domain"], "[('partner_id', 'child_of', active_id)]")
        found = self.env["member.activity"].with_user(self.make_user("view")).search(domain)
        self.assertEqual(found.partner_id, self.firm | self.employee)
        self.assertIn(f'name="{action["id"]}"', self.env["res.partner"].get_view(view_type="form")["arch"])

    def test_what_was_there_before_is_told_once_installed(self):
        """With its own author and time."""
        order = self.env["sale.order"].create({"partner_id": self.firm.id})
        self.firm.message_post(body="Old note.", message_type="comment")
        self.env["member.activity"].sudo().search([]).unlink()
        self.env["member.activity"]._fill_history()
        lines = self.get_lines(self.firm)
        self.assertEqual(set(lines.mapped("kind")), {"created", "note", "offer_given"})
        line = lines.filtered(lambda one: one.kind == "offer_given")
        self.assertEqual((line.date, line.user_id, line.res_id), (order.create_date, order.create_uid, order.id))
