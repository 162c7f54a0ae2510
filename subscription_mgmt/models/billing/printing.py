"""How invoices that billing sends are printed: without the second that Odoo waits on every page for scripts.

The program that makes a PDF of a page waits `report.print_delay` milliseconds, 1000 unless somebody has set it, for
scripts that go on after the page is there. An invoice has none. What else is printed keeps its delay.
"""

from odoo import models

from ..common.context import CHECKED

# Odoo's own script in header and footer, which puts in the numbers of the pages, is done when they are there.
OWN_SCRIPTS = 1


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(self, bodies, report_ref=False, header=None, footer=None, **options):
        """Override of `base`: pages without scripts have nothing to wait for, where billing prints them."""
        bodies, report = list(bodies), self
        if self.env.context.get("subscription_printing") is CHECKED and not _has_scripts(bodies, header, footer):
            report = self.with_context(subscription_print_at_once=CHECKED)
        return super(IrActionsReport, report)._run_wkhtmltopdf(
            bodies, report_ref=report_ref, header=header, footer=footer, **options
        )

    def _build_wkhtmltopdf_args(self, *args, **options):
        """Override of `base`: no delay, unless somebody has set one for this database."""
        command = super()._build_wkhtmltopdf_args(*args, **options)
        # sudo: a system parameter
        is_chosen = self.env["ir.config_parameter"].sudo().get_param("report.print_delay")
        if self.env.context.get("subscription_print_at_once") is CHECKED and not is_chosen:
            command[command.index("--javascript-delay") + 1] = "0"
        return command


def _has_scripts(bodies, header, footer):
    """Whether a page may still be changing when it has been read: a template of somebody else draws with scripts."""
    return any("<script" in body for body in bodies) or any(
        (part or "").count("<script") > OWN_SCRIPTS for part in (header, footer)
    )
