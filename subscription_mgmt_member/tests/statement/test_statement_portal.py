from datetime import date
from unittest.mock import patch

from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .statement_common import StatementCommon

PERIOD = "date_from=2026-01-01&date_to=2026-03-31"


@tagged("post_install", "-at_install")
class TestStatementPortal(StatementCommon, HttpCase):
    """The statement in the portal: the member's own people, nobody else (CUB-86)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice(123.45, date(2026, 2, 1))
        cls.pay(cls.invoice(50, date(2026, 2, 2)), 20, date(2026, 2, 10))
        company = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        for login, partner in (("p_employee", cls.employee), ("p_stranger", cls.stranger)):
            new_test_user(cls.env, login, groups="base.group_portal", partner_id=partner.id, **company)

    def open(self, url):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return response

    def test_the_page_shows_the_same_figures(self):
        """WMM-45, CUB-86"""
        self.authenticate("p_employee", "p_employee")
        page = html.fromstring(self.open(f"/my/statement?{PERIOD}").text)
        closing = page.xpath("//td[@name='closing']")[0].text_content().replace("\xa0", " ").strip()
        expected = self.make_statement()._get_statement().total.closing
        self.assertEqual(closing, self.company.currency_id.format(float(expected)).replace("\xa0", " "))
        self.assertEqual(len(page.xpath("//tr[@name='movement']")), 3)
        self.assertFalse(page.xpath("//a[starts-with(@href, '/odoo/')]"), "no way into the office")

    def test_a_period_of_ones_own(self):
        """CUB-86"""
        self.authenticate("p_employee", "p_employee")
        page = html.fromstring(self.open("/my/statement?date_from=2026-02-02&date_to=2026-02-02").text)
        self.assertEqual(len(page.xpath("//tr[@name='movement']")), 1)

    def test_what_is_no_day_is_passed_over(self):
        """CUB-86: the address of the page can be written by anybody."""
        self.authenticate("p_employee", "p_employee")
        self.open("/my/statement?date_from=x&date_to=2026-13-41&company=y")
        page = self.open("/my/statement?date_from=2026-03-01&date_to=2026-01-01")
        self.assertIn("alert-warning", page.text)

    def test_a_stranger_sees_his_own(self):
        """CUB-86: whatever he asks for."""
        self.authenticate("p_stranger", "p_stranger")
        text = self.open(f"/my/statement?{PERIOD}&partner_id={self.member.id}").text
        self.assertNotIn("123.45", text)

    def test_the_public_is_sent_to_the_door(self):
        """CUB-86"""
        for url in ("/my/statement", "/my/statement/pdf"):
            response = self.url_open(url, allow_redirects=False)
            self.assertIn("/web/login", response.headers["Location"])

    def test_a_company_that_one_does_not_know(self):
        """WMM-38"""
        other = self.setup_other_company(name="Group Co")["company"]
        self.invoice(777.77, date(2026, 2, 1), company=other)
        self.authenticate("p_employee", "p_employee")
        self.assertNotIn("777.77", self.open(f"/my/statement?{PERIOD}&company={other.id}").text)

    def test_download(self):
        """CUB-86"""
        self.authenticate("p_employee", "p_employee")
        response = self.open(f"/my/statement/pdf?{PERIOD}")
        self.assertEqual(response.headers["Content-Type"].partition(";")[0], "application/pdf")
        self.assertIn(b"123.45", response.content, "while tests run, Odoo sends what the PDF is made of")

    def test_who_may_not_is_turned_away(self):
        """WMM-32: the right of each employee."""
        self.authenticate("p_employee", "p_employee")
        self.assertIn("/my/statement", self.open("/my").text)
        with patch.object(type(self.env["res.partner"]), "_may_see_statement", lambda _self: False):
            self.assertNotIn("/my/statement", self.open("/my").text)
            for url in ("/my/statement", "/my/statement/pdf"):
                response = self.url_open(url, allow_redirects=False)
                self.assertTrue(response.headers["Location"].endswith("/my"))
