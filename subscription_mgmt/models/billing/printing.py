"""How invoices that billing sends are printed: without the second that Odoo waits on every page for scripts.

The program that makes a PDF of a page waits `report.print_delay` milliseconds, 1000 unless somebody has set it, for
scripts that go on after the page is there. An invoice has none. What else is printed keeps its delay.

Nor does it ask the server for the same style sheets and fonts with every page: they stand on it.
"""

import base64
import re

from odoo import SUPERUSER_ID, api, models
from odoo.tools import file_open, ormcache

from ..common.context import CHECKED

# A style sheet that Odoo has put together; its address changes with what is in it, save for those who mend it.
STYLE_SHEET = re.compile(r'<link\b[^>]*\bhref="(/web/assets/(?!debug/)[^"]+\.css)"[^>]*>')
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FONT = re.compile(r"""url\(["']?/(web/static/fonts/[\w./-]+\.woff)["']?\)""")

# Odoo's own script in header and footer, which puts in the numbers of the pages, is done when they are there.
OWN_SCRIPTS = 1


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(self, bodies, report_ref=False, header=None, footer=None, **options):
        """Override of `base`: pages without scripts have nothing to wait for, where billing prints them."""
        bodies, report = list(bodies), self
        if self.env.context.get("subscription_printing") is CHECKED:
            *bodies, header, footer = (page and self._put_styles_on(page) for page in (*bodies, header, footer))
            if not _has_scripts(bodies, header, footer):
                report = self.with_context(subscription_print_at_once=CHECKED)
        return super(IrActionsReport, report)._run_wkhtmltopdf(
            bodies, report_ref=report_ref, header=header, footer=footer, **options
        )

    # === STYLES === #
    @api.model
    def _put_styles_on(self, page):
        """The page with the style sheets on it that are known here; for others the server is asked."""
        return STYLE_SHEET.sub(self._get_style, page)

    @api.model
    def _get_style(self, link):
        try:
            return f"<style>{self._read_style_sheet(link[1], self.env.company.font)}</style>"
        except LookupError:
            return link[0]

    @api.model
    @ormcache("url", "font")
    def _read_style_sheet(self, url, font):
        """Text of a style sheet, with the upright faces of a font in it.

        :raise LookupError: nobody has asked the server for it yet, so that it was not put together.
        """
        # None but what the system has put there, as Odoo's own address has it: others may make files of that name.
        own = [("res_model", "=", "ir.ui.view"), ("res_id", "=", 0), ("create_uid", "=", SUPERUSER_ID)]
        # sudo: anybody may read it
        sheet = self.env["ir.attachment"].sudo().search([("url", "=", url), ("public", "=", True), *own], limit=1)
        text = (sheet.raw or b"").decode()
        if not text or "</style" in text:
            raise LookupError(url)
        return FONT_FACE.sub(lambda face: _put_font_in(face[0], font), text)

    def _build_wkhtmltopdf_args(self, *args, **options):
        """Override of `base`: no delay, unless somebody has set one for this database."""
        command = super()._build_wkhtmltopdf_args(*args, **options)
        # sudo: a system parameter
        is_chosen = self.env["ir.config_parameter"].sudo().get_param("report.print_delay")
        if self.env.context.get("subscription_print_at_once") is CHECKED and not is_chosen:
            command[command.index("--javascript-delay") + 1] = "0"
        return command


def _put_font_in(face, font):
    """The face with its font in it, where it is an upright one of that name; others are asked for when used."""
    if not re.search(rf"""font-family:\s*["']{re.escape(font or "")}["']""", face) or "italic" in face:
        return face
    return FONT.sub(_read_font, face)


def _read_font(address):
    try:
        with file_open(address[1].replace("/./", "/"), "rb") as font:
            return f'url("data:font/woff;base64,{base64.b64encode(font.read()).decode()}")'
    except OSError:
        return address[0]


def _has_scripts(bodies, header, footer):
    """Whether a page may still be changing when it has been read: a template of somebody else draws with scripts."""
    return any("<script" in body for body in bodies) or any(
        (part or "").count("<script") > OWN_SCRIPTS for part in (header, footer)
    )
