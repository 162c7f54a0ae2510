import base64
import io
from datetime import date

from lxml import html
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementOutputs(StatementCommon):
    """Screen, PDF, workbook and e-mail say the same, in the right language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("tr_TR")
        cls.accountant = cls.make_user(
            "statement_writer", "base.group_user", "account.group_account_invoice", "contribute"
        )
        old = cls.invoice(1111.11, date(2025, 12, 1))
        cls.invoice(2222.22, date(2026, 2, 1), due=date(2026, 3, 1))
        cls.invoice(333.33, date(2026, 2, 1), kind="in_invoice")
        cls.pay(old, 444.44, date(2026, 2, 10))
        cls.statement = cls.make_statement(cls.accountant)
        cls.figures = cls.statement._get_statement().total

    def text_of(self, amount):
        return self.company.currency_id.with_context(lang=self.env.lang).format(float(amount)).replace("\xa0", " ")

    def get_cells(self, page, name):
        return [node.text_content().replace("\xa0", " ").strip() for node in page.xpath(f"//td[@name='{name}']")]

    def assertShows(self, page):
        for name in ("opening", "debit", "credit", "closing"):
            self.assertEqual(self.get_cells(page, name), [self.text_of(getattr(self.figures, name))])

    def test_screen(self):
        """WMM-45: view."""
        self.assertEqual(self.figures.closing, self.figures.opening + self.figures.debit - self.figures.credit)
        page = html.fromstring(self.statement.content)
        self.assertShows(page)
        self.assertEqual(len(page.xpath("//tr[@name='movement']")), 3)
        self.assertEqual(page.xpath("//table[@name='ageing']//@data-kind"), ["receivable", "payable"])
        self.assertTrue(page.xpath("//a[starts-with(@href, '/odoo/account.move/')]"))

    def test_screen_follows_what_is_chosen(self):
        """WMM-45"""
        self.assertTrue(self.statement.action_show()["views"])
        form = Form(self.statement, view="subscription_mgmt_member.member_statement_view_screen")
        form.date_to = date(2026, 1, 31)
        self.assertNotIn('name="movement"', form.content)
        form.account = "payable"
        self.assertEqual(self.get_cells(html.fromstring(form.content), "closing"), [self.text_of(0)])

    def test_paper(self):
        """WMM-45: print."""
        report = self.env["ir.actions.report"].with_user(self.accountant)
        page = report._render_qweb_html("subscription_mgmt_member.report_member_statement", self.statement.ids)[0]
        self.assertShows(html.fromstring(page))

    def test_pdf_is_one(self):
        """WMM-45: PDF, by the program that makes it."""
        content = self.statement.with_context(force_report_rendering=True)._make_pdf()
        self.assertTrue(content.startswith(b"%PDF-"))
        self.assertGreater(len(content), 5000)

    def test_workbook(self):
        """WMM-45: converted to a document."""
        book = load_workbook(io.BytesIO(base64.b64decode(self.statement.workbook)))
        rows = {row[3]: row for row in book.active.iter_rows(values_only=True) if row[3]}
        self.assertEqual(rows["Opening balance"][6], float(self.figures.opening))
        expected = tuple(map(float, (self.figures.debit, self.figures.credit, self.figures.closing)))
        self.assertEqual(rows["Closing balance"][4:7], expected)
        self.assertEqual(self.statement.action_excel()["target"], "download")

    def test_no_text_is_a_formula(self):
        """WMM-45: a supplier names his own documents."""
        move = self.invoice(5, date(2026, 3, 1), kind="in_invoice", post=False)
        move.write({"name": "=1+1", "ref": "x"})
        move.action_post()
        book = load_workbook(io.BytesIO(base64.b64decode(self.make_statement(self.accountant).workbook)))
        found = [cell for row in book.active.iter_rows() for cell in row if cell.value == "=1+1"]
        self.assertEqual([cell.data_type for cell in found], ["s"])

    def test_in_the_members_language(self):
        """WMM-45: its days are written as the member writes them."""
        self.member.lang = "tr_TR"
        self.assertEqual(self.statement._for_member().env.lang, "tr_TR")
        self.assertIn("31.03.2026", self.statement._for_member()._get_title())
        report = self.env["ir.actions.report"].with_user(self.accountant)
        page = report._render_qweb_html("subscription_mgmt_member.report_member_statement", self.statement.ids)[0]
        self.assertIn("31.03.2026", page.decode())

    # === E-MAIL === #
    def send(self):
        action = self.statement.with_context(force_report_rendering=True).action_send()
        composer = self.env["mail.compose.message"].with_user(self.accountant).with_context(**action["context"])
        composer.create({})._action_send_mail()
        return self.member.message_ids[0]

    def test_e_mail_stands_in_the_chatter_with_the_pdf(self):
        """WMM-45: sent by e-mail, and logged."""
        message = self.send()
        self.assertEqual(message.partner_ids, self.member)
        self.assertIn("account statement", message.subject)
        self.assertIn(self.member.name, str(message.body))
        (attachment,) = message.attachment_ids
        self.assertTrue(attachment.raw.startswith(b"%PDF-"))
        self.assertEqual((attachment.res_model, attachment.res_id), ("res.partner", self.member.id))

    def test_e_mail_goes_to_who_gets_the_invoices(self):
        """WMM-45"""
        self.employee.type = "invoice"
        self.assertEqual(self.send().partner_ids, self.employee)

    def test_writing_takes_the_right_to_write(self):
        """CUB-31: the e-mail is a note on the member."""
        reader = self.make_user("o_reader", "base.group_user", "account.group_account_readonly")
        with self.assertRaisesRegex(AccessError, "Contribute"):
            self.make_statement(reader).action_send()

    def test_nobody_to_write_to(self):
        """WMM-45"""
        self.member.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self.statement.action_send()

    def test_several_currencies_in_every_output(self):
        """WMM-45"""
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.5)])
        self.invoice(10, date(2026, 2, 1), currency=other)
        figures = self.statement._get_statement()
        self.env.invalidate_all()
        page = html.fromstring(self.statement.content)
        self.assertEqual(self.get_cells(page, "closing")[-1], self.text_of(figures.total.closing))
        self.assertEqual(len(page.xpath("//table[@name='movements']")), 2)
        book = load_workbook(io.BytesIO(base64.b64decode(self.statement.workbook)))
        closings = [row[6] for row in book.active.iter_rows(values_only=True) if row[3] == "Closing balance"]
        self.assertEqual(closings, [float(one.closing) for one in (*figures.sections, figures.total)])

    def test_owner_of_an_archived_currency(self):
        """WMM-45: a currency that is not used any more still has its entries."""
        other = self.setup_other_currency("GBP", rates=[("2026-01-01", 0.5)])
        self.invoice(10, date(2026, 2, 1), currency=other)
        other.sudo().active = False
        self.assertTrue(self.make_statement(self.accountant).workbook)

    def test_dialog_opens_for_the_commercial_entity(self):
        """WMM-45: from the page of an employee, too."""
        action = self.employee.with_user(self.accountant).action_member_statement()
        self.assertEqual(action["context"], {"default_partner_id": self.member.id})
