from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..common import MemberCase


@tagged("post_install", "-at_install")
class TestSearch(MemberCase):
    """CUB-07: one box for name, contact, phone in any spelling and e-mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.tr")
        cls.firm.write({"phone": "+90 532 111 22 33", "email": "info@cinar.example", "ref": "K-77"})
        cls.employee.write({"phone": "0 (533) 444 55 66", "email": "defne@uslu.example"})

    def find(self, text, field="member_search", **context):
        domain = [(field, "ilike", text), ("parent_id", "=", False)]
        return self.env["res.partner"].with_context(**context).search(domain)

    def test_a_word_of_the_name_begins_with_the_text(self):
        """CUB-69: whatever the case, and without the accents of Turkish."""
        for text in ("çınar", "Ener", "CINAR", "enerji çın", "a.ş", "k-77"):
            self.assertIn(self.firm, self.find(text), text)
        for text in ("nar", "nerji", "cinar tekstil"):
            self.assertNotIn(self.firm, self.find(text), text)

    def test_the_full_name_is_searched_too(self):
        self.person.member_full_name = "Baran Yusuf Tekin"
        self.assertEqual(self.find("yusuf"), self.person)

    def test_a_contact_leads_to_its_customer(self):
        """However deep it stands."""
        branch = self.env["res.partner"].create({"name": "Izmir", "is_company": True, "parent_id": self.firm.id})
        self.env["res.partner"].create({"name": "Zeynep Quux", "parent_id": branch.id})
        self.assertEqual(self.find("quux"), self.firm)
        self.assertEqual(self.find("Defne"), self.firm)

    def test_a_phone_number_in_any_spelling(self):
        for text in (
            "+90 532 111 22 33",
            "0532 111 22 33",
            "532 111 22 33",
            "5321112233",
            "00905321112233",
            "0532-111",
        ):
            self.assertEqual(self.find(text), self.firm, text)
            self.assertEqual(self.find(text, "member_search_phone"), self.firm, text)
        for text in ("+90 533 444 55 66", "05334445566", "(533) 444"):
            self.assertEqual(self.find(text), self.firm, text)

    def test_numbers_of_other_countries(self):
        self.person.phone = "0721 234 567"
        for text in ("+40 721 234 567", "0721234567", "721 234 567"):
            self.assertEqual(self.find(text), self.person, text)

    def test_an_address_of_the_customer_or_of_a_contact(self):
        """CUB-70"""
        for text in ("@cinar.example", "DEFNE@", "info@cin"):
            self.assertEqual(self.find(text), self.firm, text)
        self.assertEqual(self.find("uslu.exam", "member_search_email"), self.firm)

    def test_what_is_not_there_is_an_empty_list(self):
        """CUB-07: whatever is typed; nothing that was typed is a pattern."""
        for text in ("nobody at all", "%%%", "+99 000 000", "%@%", "\\", "(", "[", "*", "'"):
            self.assertFalse(self.find(text), text)

    def test_a_contact_that_one_cannot_see_leads_nowhere(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env["res.partner"].create({"name": "Hidden Quux", "parent_id": self.firm.id, "company_id": other.id})
        found = self.env["res.partner"].with_user(self.make_user("view"))
        self.assertFalse(found.search([("member_search", "ilike", "quux")]))

    def test_each_way_of_searching_has_its_index(self):
        """Among many customers the part that looks for the text goes by its trigrams."""
        self.env.cr.execute(
            """
            INSERT INTO res_partner (name, member_words, member_digits, email,
                                     type, active, member_state, autopost_bills)
            SELECT md5(n::text), ' ' || md5(n::text), '0' || (5000000000 + n), md5(n::text) || '@x.example', 'contact',
                   true, 'active', 'ask'
              FROM generate_series(1, 20000) AS n
            """
        )
        self.env.cr.execute("ANALYZE res_partner; SET LOCAL enable_seqscan = off")
        for text, index in (("çınar", "member_words"), ("0532 111 22 33", "member_digits"), ("info@cinar", "email")):
            query = self.env["res.partner"]._search([("member_search", "ilike", text)])
            explained = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            self.assertIn(f"res_partner__{index}_index", str(explained), text)

    def test_the_page_of_customers_holds_no_colleagues(self):
        """WMM-01: everyone except the company's own."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt_member.res_partner_action")
        shown = self.env["res.partner"].search(safe_eval(action["domain"]))
        self.assertIn(self.firm, shown)
        colleagues = self.make_user("view").partner_id | self.env.company.partner_id
        self.assertFalse(shown & colleagues)
