import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...models.statement.statement import Span, describe_body
from ...tools.statement import KINDS
from ...tools.statement_workbook import Words, build_workbook

ADDON = "subscription_mgmt_member"
BODY = f"{ADDON}.statement_body"
REPORT = f"{ADDON}.action_report_member_statement"


class MemberStatement(models.TransientModel):
    """An account statement of a member: on screen, as PDF or workbook, by e-mail (WMM-45, WMM-55, WIM-13).

    All of them show what `_get_statement` gives, in the member's language but for the screen.
    """

    _name = "member.statement"
    _inherit = "subscription.dialog.mixin"
    _description = "Account Statement"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Member", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    date_from = fields.Date(
        string="From", required=True, compute="_compute_date_from", store=True, readonly=False, precompute=True
    )
    date_to = fields.Date(string="To", required=True, default=lambda self: self.env.company._subscription_today())
    account = fields.Selection(
        selection=[
            ("both", "Receivable and payable"),
            ("receivable", "Receivable"),
            ("payable", "Payable"),
        ],
        required=True,
        default="both",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", string="Only in Currency", help="Empty: each currency in a part of its own."
    )
    content = fields.Html(compute="_compute_content", sanitize=False)
    workbook = fields.Binary(compute="_compute_workbook", attachment=False)

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Account Statement")

    @api.depends("company_id")
    def _compute_date_from(self):
        """From the start of the fiscal year that the last day lies in (WMM-55)."""
        for statement in self:
            company = statement.company_id or self.env.company
            day = statement.date_to or company._subscription_today()
            statement.date_from = company.compute_fiscalyear_dates(day)["date_from"]

    @api.depends("partner_id", "company_id", "date_from", "date_to", "account", "currency_id")
    def _compute_content(self):
        for statement in self:
            shown = statement.partner_id and statement.company_id and statement._has_days()
            values = statement._prepare_body(links=True) if shown else {}
            statement.content = self.env["ir.qweb"]._render(BODY, values) if shown else False

    @api.depends("partner_id", "company_id", "date_from", "date_to", "account", "currency_id")
    def _compute_workbook(self):
        for statement in self:
            statement.workbook = base64.b64encode(statement._for_member()._make_workbook())

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for statement in self:
            if not statement._has_days():
                raise ValidationError(self.env._("A statement cannot end before it begins."))

    def _has_days(self):
        return self.date_from and self.date_to and self.date_from <= self.date_to

    # === FIGURES === #
    def _get_statement(self):
        """The figures, whatever is made of them.

        :raise AccessError: whoever may not read accounting.
        """
        self.ensure_one()
        kinds = KINDS if self.account == "both" else (self.account,)
        span = Span(self.company_id._get_statement_companies(), self.date_from, self.date_to, kinds, self.currency_id)
        return self.partner_id._get_member_statement(span)

    def _for_member(self):
        """The statement as the member reads it."""
        return self.company_id._in_language_of(self.partner_id, self)

    def _prepare_body(self, **values):
        """Values of the template that screen, PDF and portal share.

        :param values: `links`: documents lead to their entries; `paper`: all columns, whatever the width.
        """
        return {**describe_body(self.env, self._get_statement()), "doc": self, **values}

    def _get_title(self):
        """Name of the files that are made of it."""
        self.ensure_one()
        day = format_date(self.env, self.date_to)
        name = self.env._("Account Statement – %(member)s – %(day)s", member=self.partner_id.name, day=day)
        return name.replace("/", "-")

    def _get_report_base_filename(self):
        """Name of the PDF, in the member's language."""
        return self._for_member()._get_title()

    # === OUTPUTS === #
    def action_show(self):
        """Show the statement on a page of its own."""
        self.ensure_one()
        self.partner_id._check_statement_reader()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Account Statement"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref(f"{ADDON}.member_statement_view_screen").id, "form")],
        }

    def action_pdf(self):
        """Download the statement as PDF."""
        self.ensure_one()
        return self.env.ref(REPORT).report_action(self, config=False)

    def action_excel(self):
        """Download the statement as a workbook: with the right to read it, as the PDF."""
        self.ensure_one()
        name = self._for_member()._get_title()
        url = f"/web/content/{self._name}/{self.id}/workbook/{name}.xlsx?download=true"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def action_send(self):
        """Open an e-mail with the statement as PDF, written in the member's language; it stands in the chatter.

        :raise AccessError: who may not write a note on the member (level Contribute).
        :raise UserError: nobody of the member has an e-mail address.
        """
        self.ensure_one()
        self.env["res.partner"]._check_member_level("contribute")
        mine = self._for_member()
        template = self.env.ref(f"{ADDON}.mail_template_statement").with_env(mine.env)
        wanted = ("subject", "body_html", "partner_to", "email_from")
        mail = template._generate_template(mine.ids, wanted)[self.id]
        if not self.env["res.partner"].browse(mail.get("partner_ids")).filtered("email"):
            text = self.env._("%(member)s has no e-mail address.", member=self.partner_id.name)
            raise UserError(text)
        attachment = mine._make_attachment()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Account Statement"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "res.partner",
                "default_res_ids": self.partner_id.ids,
                "default_composition_mode": "comment",
                "default_subject": mail["subject"],
                "default_body": mail["body_html"],
                "default_partner_ids": mail["partner_ids"],
                "default_attachment_ids": attachment.ids,
                "default_email_layout_xmlid": "mail.mail_notification_light",
                "lang": mine.env.lang,
            },
        }

    def _make_attachment(self):
        """The PDF as a file for a message, as the composer itself keeps one."""
        return self.env["ir.attachment"].create(
            {
                "name": f"{self._get_title()}.pdf",
                "raw": self._make_pdf(),
                "res_model": "mail.compose.message",
                "res_id": 0,
            }
        )

    def _make_pdf(self):
        """The statement as PDF, in the language of the environment."""
        return self.env["ir.actions.report"]._render_qweb_pdf(REPORT, self.ids)[0]

    def _make_workbook(self):
        """The statement as a workbook, in the language of the environment."""
        figures = self._get_statement()
        return build_workbook(figures, self._prepare_words(describe_body(self.env, figures)))

    def _prepare_words(self, body):
        """Words and formats that the workbook takes from here."""
        return Words(
            title=self.env._("Account Statement"),
            member=self.partner_id.name,
            company=self.company_id.name,
            period=self._get_period(),
            headings=self._get_headings(),
            opening=self.env._("Opening balance"),
            closing=self.env._("Closing balance"),
            ageing=self.env._("Age of the open amounts"),
            ages=tuple(body["ages"]),
            total=self.env._("All in %(currency)s", currency=self.company_id.currency_id.name),
            kinds=body["kinds"],
            currencies={key: (one.name, one.decimal_places) for key, one in body["currencies"].items()},
        )

    def _get_period(self):
        first, last = (format_date(self.env, day) for day in (self.date_from, self.date_to))
        return f"{first} – {last}"

    def _get_headings(self):
        """Headings of the movements."""
        return (
            self.env._("Date"),
            self.env._("Document"),
            self.env._("Due"),
            self.env._("Description"),
            self.env._("Debit"),
            self.env._("Credit"),
            self.env._("Balance"),
        )
