from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

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
