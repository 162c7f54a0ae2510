"""My statement: what the member owes and is owed, for a period of its own choice, and as PDF."""

from odoo import fields, http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

HOME = "/my/statement"
REPORT = "subscription_mgmt_member.action_report_member_statement"


class StatementPortal(CustomerPortal):
    def _prepare_portal_layout_values(self):
        """Override of `portal`: whether the page is offered."""
        values = super()._prepare_portal_layout_values()
        return {**values, "member_statement": request.env.user.partner_id._may_see_statement()}

    def _make_statement(self, date_from=None, date_to=None, company=None):
        """The statement that the visitor asks for.

        :return: the statement, empty when the person may not see it; and what is wrong with the days, if anything.
        """
        # sudo: a member has no right to accounting; the statement is that of his own commercial entity alone
        statements = request.env["member.statement"].sudo()
        partner = request.env.user.partner_id
        if not partner._may_see_statement():
            return statements, ""
        values = {
            "partner_id": partner.commercial_partner_id.id,
            "company_id": self._get_company(company).id,
            "date_to": _day(date_to),
            "date_from": _day(date_from),
        }
        values = {name: value for name, value in values.items() if value}
        try:
            with request.env.cr.savepoint():
                return statements.create(values), ""
        except ValidationError as error:
            return statements.create({name: values[name] for name in ("partner_id", "company_id")}), str(error)

    def _get_company(self, company):
        """The company that was asked for, when the visitor is known to it; else the current one."""
        known = request.env.user.company_ids
        return known.filtered(lambda one: str(one.id) == company) or request.env.company

    @http.route(HOME, type="http", auth="user", website=True)
    def portal_my_statement(self, date_from=None, date_to=None, company=None, **kwargs):
        """The statement of the member on a page."""
        statement, error = self._make_statement(date_from, date_to, company)
        if not statement:
            return request.redirect("/my")
        values = {
            **self._prepare_portal_layout_values(),
            **statement._prepare_body(),
            "page_name": "statement",
            "error": error,
            "companies": request.env.user.company_ids.sudo(),
        }
        return request.render("subscription_mgmt_member.portal_my_statement", values)

    @http.route(f"{HOME}/pdf", type="http", auth="user", website=True)
    def portal_my_statement_pdf(self, date_from=None, date_to=None, company=None, **kwargs):
        """The same as PDF."""
        statement, _error = self._make_statement(date_from, date_to, company)
        if not statement:
            return request.redirect("/my")
        return self._show_report(statement, "pdf", REPORT, download=True)


def _day(text):
    """The day that a visitor wrote, None where it is none."""
    try:
        return fields.Date.to_date(text)
    except ValueError:
        return None
