from decimal import Decimal

from odoo import api, fields, models

from .statement import READERS, Span, describe_body

# More open items than a glance takes in stand on the statement.
SHOWN = 30


class ResPartner(models.Model):
    _inherit = "res.partner"

    member_account = fields.Html(
        string="Current Account",
        compute="_compute_member_account",
        sanitize=False,
        groups=READERS,
        help="What is open now, worked out when it is looked at.",
    )

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_member_account(self):
        """What the member owes and is owed now, how old that is, and the items behind it (CUB-60, CUB-81)."""
        company = self.env.company
        today = company._subscription_today()
        span = Span(company._get_statement_companies(), today, today)
        for member in self:
            if not isinstance(member.id, int) or member.commercial_partner_id != member:
                member.member_account = False
                continue
            figures = member._get_member_statement(span)
            body = describe_body(self.env, figures)
            sums = {kind: sum(figures.total.ageing.get(kind, ()), Decimal(0)) for kind in body["kinds"]}
            values = {**body, "sums": sums, "shown": SHOWN, "today": today}
            member.member_account = self.env["ir.qweb"]._render("subscription_mgmt_member.member_account", values)

    def _may_see_statement(self):
        """Whether a person sees the statement of the member in the portal (CUB-86): who has the right to (WMM-32)."""
        self.ensure_one()
        return self._has_portal_right("statement")

    def action_member_statement(self):
        """Ask for the statement of the member."""
        self.ensure_one()
        self._check_statement_reader()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt_member.member_statement_action")
        return {**action, "context": {"default_partner_id": self.commercial_partner_id.id}}

    def action_member_interest(self):
        """Ask for the late days of the member."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt_member.member_interest_charge_action")
        return {**action, "context": {"default_partner_ids": self.commercial_partner_id.ids}}


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_statement_companies(self):
        """The company, and its branches as far as the reader works in them now: those stand on one statement."""
        # sudo: which branches a company has
        branches = self.sudo().search([("id", "child_of", self.id)]).sudo(False)
        return self | (branches & self.env.companies)
