from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..common import MemberCase


@tagged("post_install", "-at_install")
class TestSecondRecord(MemberCase):
    def test_the_same_tax_number_shows_the_first_record(self):
        """WMM-03"""
        self.firm.vat = "BE0477472701"
        second = self.env["res.partner"].create({"name": "Çınar", "is_company": True, "vat": "BE0477472701"})
        self.assertEqual(second.same_vat_partner_id, self.firm)

    def test_the_same_email_shows_the_first_record(self):
        """WMM-03: however it is written, and as soon as it is typed."""
        self.person.email = "baran@tekin.example"
        second = self.env["res.partner"].create({"name": "B. Tekin"})
        with Form(second) as form:
            form.email = '"Baran" <BARAN@tekin.example>'
            self.assertEqual(form.member_same_email_partner_id, self.person)
        self.assertEqual(second.member_same_email_partner_id, self.person)
        self.assertEqual(self.person.member_same_email_partner_id, second)

    def test_it_is_a_warning_and_no_refusal(self):
        """WMM-03: the record stands, made by whomever."""
        self.person.email = "office@tekin.example"
        clerk = self.make_user("contribute")
        self.assertTrue(
            self.env["res.partner"].with_user(clerk).create({"name": "Tekin Ltd", "email": "office@tekin.example"})
        )

    def test_a_company_and_its_people_share_an_address(self):
        self.firm.email = "defne@cinar.example"
        self.assertFalse(self.firm.member_same_email_partner_id)
        self.assertFalse(self.employee.member_same_email_partner_id)

    def test_a_record_of_a_company_that_one_cannot_see_is_not_shown(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.person.write({"email": "baran@tekin.example", "company_id": other.id})
        mine = self.env["res.partner"].create({"name": "Baran", "email": "baran@tekin.example"})
        self.assertFalse(mine.with_user(self.make_user("view")).member_same_email_partner_id)

    def test_a_list_asks_once(self):
        people = self.env["res.partner"].create(
            [{"name": f"P{n}", "email": f"p{n % 3}@same.example"} for n in range(30)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        people.mapped("email_normalized")
        people.mapped("commercial_partner_id.company_id")
        with self.assertQueryCount(4):
            people.mapped("member_same_email_partner_id")

    def test_a_wrong_tax_number_is_told_at_once_by_country(self):
        """Bad input: as soon as it is typed, with the format of that country; it is not kept."""
        self.firm.country_id = self.env.ref("base.be")
        with self.assertRaisesRegex(ValidationError, "BE0477472701"), self.env.cr.savepoint(), Form(self.firm) as form:
            with self.assertLogs("odoo.tests.form.onchange", "WARNING") as log:
                form.vat = "BE0477472702"
            self.assertIn("BE0477472701", log.output[0])
        self.assertFalse(self.firm.vat)

    def test_a_wrong_iban_is_refused(self):
        """WMM-48, WIM-15: one that calls itself an IBAN has to be right."""
        account = self.env["res.partner.bank"].create(
            {"acc_number": "TR330006100519786457841326", "partner_id": self.firm.id}
        )
        self.assertEqual(account.acc_type, "iban")
        with self.assertRaises(ValidationError):
            account.acc_number = "TR330006100519786457841327"
