"""Requests in the portal: only departments that are open to the customer, and a clear answer without credit."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController


class SubscriptionHelpdeskPortal(HelpdeskTicketController):
    def _get_teams(self):
        """Override of `helpdesk_mgmt` to offer only teams whose department is open to the customer (LIM-21)."""
        teams = super()._get_teams()
        if not teams:
            return teams
        departments = teams.sudo().subscription_department_id  # sudo: the portal does not read teams' departments
        opened = request.env.user.partner_id._get_open_departments(departments)
        return teams.filtered(
            lambda team: (
                not team.sudo().subscription_department_id or team.sudo().subscription_department_id.sudo() in opened
            )
        )

    def _get_create_new_ticket_values(self, **kw):
        """Override of `helpdesk_mgmt` to say what a request costs, and to keep what was typed."""
        values = super()._get_create_new_ticket_values(**kw)
        teams = values["teams"]
        return {
            **values,
            "team_credits": self._get_team_credits(teams) if teams else {},
            # An empty list is not the same as no choice: where none is open, there is nothing to send
            "subscription_closed": teams is not False and not teams,
            "subscription_refusal": kw.get("subscription_refusal"),
            "team_chosen": kw.get("team"),
            "subject": kw.get("subject"),
            "description": kw.get("description"),
        }

    def _get_team_credits(self, teams):
        """What the customer has for a request to each team, in words."""
        partner = request.env.user.partner_id
        texts = {
            team.id: partner._get_credit_text(team.sudo().subscription_department_id)
            for team in teams
            if team.sudo().subscription_department_id
        }
        return {team: f" – {text}" for team, text in texts.items() if text}

    @http.route()
    def create_new_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: who may not ask for his company is shown no form."""
        if not request.env.user.partner_id._has_portal_right("requests"):
            return request.redirect("/my")
        return super().create_new_ticket(**kw)

    @http.route()
    def submit_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: without credit there is no ticket; the form says why and offers packages."""
        if not request.env.user.partner_id._has_portal_right("requests"):
            return request.redirect("/my")
        team, partner = self._get_chosen_team(kw), request.env.user.partner_id
        try:
            with request.env.cr.savepoint():
                response = super().submit_ticket(**kw)
        except UserError:
            department = team.subscription_department_id
            refusal = partner._get_credit_refusal(department) if department else ""
            if not refusal:
                raise
            kw["subscription_refusal"] = partner._get_credit_answer(department, refusal)
            return request.render("helpdesk_mgmt.portal_create_ticket", self._get_create_new_ticket_values(**kw))
        self._tell_of_files(response, kw)
        return response

    @http.route()
    def support_ticket_close(self, **kw):
        """Override of `helpdesk_mgmt`, which closes whatever ticket is named: a customer closes what he may see."""
        number = str(kw.get("ticket_id") or "")
        ticket = request.env["helpdesk.ticket"].browse(int(number) if number.isdigit() else 0).exists()
        if not ticket or not ticket.has_access("read"):
            return request.redirect("/my")
        return super().support_ticket_close(**kw)

    def _get_chosen_team(self, kw):
        # sudo: as in helpdesk_mgmt
        teams = request.env["helpdesk.ticket.team"].sudo()
        chosen = str(kw.get("team") or "")
        return teams.browse(int(chosen)).exists() if chosen.isdigit() else teams

    def _tell_of_files(self, response, kw):
        """Tell the customer managers of files that came with the request (CUB-18)."""
        names = [file.filename for file in request.httprequest.files.getlist("attachment") if file.filename]
        ticket_id = (response.location or "").rpartition("/")[2]
        if names and kw.get("attachment") and ticket_id.isdigit():
            # sudo: his own ticket, just made
            request.env["helpdesk.ticket"].sudo().browse(int(ticket_id))._tell_of_files(names)
