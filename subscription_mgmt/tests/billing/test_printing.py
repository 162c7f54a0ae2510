from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.base.models import ir_actions_report

from ...models.common.context import CHECKED

PAGE = "<html><head><link rel='stylesheet' href='/style.css'/></head><body>Invoice</body></html>"
DRAWN = "<html><body><script>setTimeout(draw, 500)</script></body></html>"
FOOTER = "<html><head><script>function subst() {}</script></head><body onload='subst()'>1 / 2</body></html>"


@tagged("post_install", "-at_install")
class TestPrinting(TransactionCase):
    """The second that Odoo waits on every page for scripts is left out where there is nothing to wait for."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("report.print_delay", False)

    def get_delay(self, bodies=(PAGE,), header="", footer=FOOTER, mark=CHECKED):
        """Milliseconds that the program which prints is told to wait."""
        commands = []

        class Done:
            returncode, stderr = 0, ""

        def run(command):
            commands.append(command)
            return Done

        report = self.env["ir.actions.report"].with_context(subscription_printing=mark)
        with patch.object(ir_actions_report, "_run_wkhtmltopdf", run):
            report._run_wkhtmltopdf(bodies, "account.account_invoices", header=header, footer=footer)
        [command] = commands
        return command[command.index("--javascript-delay") + 1]

    def test_invoice_that_billing_sends_waits_for_nothing(self):
        self.assertEqual(self.get_delay(), "0")

    def test_what_others_print_waits_as_before(self):
        self.assertEqual([self.get_delay(mark=mark) for mark in (None, True, "CHECKED")], ["1000"] * 3)

    def test_page_that_draws_with_scripts_is_waited_for(self):
        self.assertEqual(self.get_delay(bodies=[PAGE, DRAWN]), "1000")
        self.assertEqual(self.get_delay(footer=DRAWN + FOOTER), "1000")

    def test_delay_that_somebody_has_set_is_kept(self):
        self.env["ir.config_parameter"].set_param("report.print_delay", "300")
        self.assertEqual(self.get_delay(), "300")

    # === STYLES === #
    def print_page(self, page, mark=CHECKED):
        """What the program that prints is given."""
        given = []

        def take(command):
            with open(command[-2].removeprefix("file://")) as body:
                given.append(body.read())
            return type("Done", (), {"returncode": 0, "stderr": ""})

        report = self.env["ir.actions.report"].with_context(subscription_printing=mark)
        with patch.object(ir_actions_report, "_run_wkhtmltopdf", take):
            report._run_wkhtmltopdf([page], "account.account_invoices")
        return given[0]

    def make_sheet(self, text, url="/web/assets/123/our.min.css"):
        own = {"res_model": "ir.ui.view", "res_id": 0}
        values = {
            "name": "our.min.css",
            "url": url,
            "public": True,
            "raw": text.encode(),
            "mimetype": "text/css",
            **own,
        }
        self.env["ir.attachment"].with_user(SUPERUSER_ID).create(values)
        return f'<html><head><link type="text/css" rel="stylesheet" href="{url}"/></head><body>Invoice</body></html>'

    def test_style_sheets_stand_on_the_page(self):
        page = self.make_sheet("b { color: red }")
        self.assertIn("<style>b { color: red }</style>", self.print_page(page))
        self.assertNotIn("<link", self.print_page(page))
        self.assertEqual(self.print_page(page, mark=None), page, "what others print asks the server")

    def test_a_style_sheet_that_is_not_there_yet_is_asked_for(self):
        page = self.make_sheet("", url="/web/assets/456/new.min.css")
        self.assertEqual(self.print_page(page), page)
        self.env["ir.attachment"].search([("url", "=", "/web/assets/456/new.min.css")]).raw = b"i { color: blue }"
        self.assertIn("<style>i { color: blue }</style>", self.print_page(page))

    def test_nobody_puts_another_style_sheet_in_its_place(self):
        page = self.make_sheet("b { color: red }", url="/web/assets/3/real.min.css")
        user = new_test_user(self.env, "planter", "base.group_user")
        values = {"name": "real.min.css", "url": "/web/assets/3/real.min.css", "public": True, "type": "url"}
        self.env["ir.attachment"].with_user(user).create({**values, "raw": b"body { display: none }"})
        self.assertIn("<style>b { color: red }</style>", self.print_page(page))

    def test_a_style_sheet_that_would_end_its_element_stays_a_link(self):
        page = self.make_sheet("b::after { content: '</style><script>' }", url="/web/assets/789/bad.min.css")
        self.assertEqual(self.print_page(page), page)

    def test_the_font_of_the_company_stands_in_the_style_sheet(self):
        face = (
            "@font-face{font-family: '%s'; src: url(\"/web/static/fonts/./lato/Lato-%s-webfont.woff\"); font-style: %s}"
        )
        faces = [
            face % ("Lato", "Reg", "normal"),
            face % ("Lato", "RegIta", "italic"),
            face % ("Other", "Reg", "normal"),
        ]
        self.env.company.font = "Lato"
        printed = self.print_page(self.make_sheet("".join(faces), url="/web/assets/1/fonts.min.css"))
        self.assertEqual(printed.count('url("data:font/woff;base64,d09GR'), 1)
        self.assertNotIn(faces[0], printed)
        self.assertIn(faces[1] + faces[2], printed)

    def test_no_other_file_is_read_for_a_font(self):
        face = "@font-face{font-family: 'Lato'; src: url(/web/static/fonts/../../__manifest__.py.woff)}"
        self.assertIn(face, self.print_page(self.make_sheet(face, url="/web/assets/2/away.min.css")))
