from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .helpdesk_ticket import LET_THROUGH

ANSWERS_A_DAY = 5  # per sender: two machines that answer one another come to an end


class SubscriptionRefusedRequest(models.Model):
    """A request by e-mail that the credit of the sender did not reach for, kept with its text and files."""

    _name = "subscription.refused.request"
    _inherit = ["subscription.mixin", "mail.thread"]
    _description = "Refused Request"
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char(string="Subject", required=True, readonly=True)
    description = fields.Html(string="Text", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    team_id = fields.Many2one(comodel_name="helpdesk.ticket.team", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, index=True, ondelete="cascade"
    )
    email_from = fields.Char(string="Sender", readonly=True)
    reason = fields.Char(readonly=True, help="What the sender was told.")
    credit = fields.Char(compute="_compute_credit", compute_sudo=True, help="What the customer has by now.")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("opened", "Opened"),
            ("let_through", "Let Through"),
            ("dismissed", "Dismissed"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    @api.depends("partner_id", "team_id")
    @api.depends_context("lang")
    def _compute_credit(self):
        for request in self:
            department = request.team_id.subscription_department_id
            request.credit = department and request.partner_id._get_credit_text(department)

    # === KEEPING === #
    @api.model
    def _keep(self, msg, team, sender):
        """Keep an e-mail that was refused for want of credit, and answer it (sudo).

        :param msg: as the gateway parsed it.
        :param team: whom it was sent to.
        :return: the kept request; empty when the credit was not the reason.
        """
        department = team.subscription_department_id
        sender = sender.with_context(lang=sender.lang or self.env.lang)
        refusal = sender._get_credit_refusal(department) if department and sender else ""
        if not refusal:
            return self.browse()
        request = self.create(
            {
                "name": msg.get("subject") or self.env._("No Subject"),
                "description": msg.get("body"),
                "company_id": department.company_id.id,
                "team_id": team.id,
                "partner_id": sender.id,
                "email_from": msg.get("email_from"),
                "reason": refusal,
            }
        )
        if request._may_answer():
            request._answer(sender, department, refusal)
        return request

    def _may_answer(self):
        """Whether the sender was not answered too often today."""
        day = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        return self.search_count([("partner_id", "=", self.partner_id.id), ("create_date", ">=", day)]) <= ANSWERS_A_DAY

    def _answer(self, sender, department, refusal):
        """Tell the sender by e-mail why there is no ticket, and what he can buy."""
        intro = sender.env._("Your request “%(subject)s” could not be opened.", subject=self.name)
        outro = sender.env._("We have kept it with its files; write to us when you have bought a package.")
        subject = f"Re: {self.name}"
        # The gateway works in the name of a sender who can log in; nobody is written to of what he says himself.
        self.with_user(SUPERUSER_ID).with_context(lang=sender.lang).message_post(
            author_id=self.company_id.partner_id.id,
            email_from=self.company_id.email_formatted or None,
            subject=subject,
            body=Markup("<p>%s</p>%s<p>%s</p>") % (intro, sender._get_credit_answer(department, refusal), outro),
            partner_ids=sender.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    # === DECIDING === #
    def action_open(self):
        """Open the ticket now, and charge it: the customer has bought in the meantime.

        :raise UserError: the credit does not reach yet.
        """
        return self._decide("opened")

    def action_let_through(self):
        """Open the ticket although the credit does not reach; it takes none."""
        return self._decide("let_through")

    def action_dismiss(self):
        """Leave it at that: no ticket."""
        self._check_decision()
        self.sudo().write({"state": "dismissed", "decided_by_id": self.env.uid})

    def _check_decision(self):
        """Raise unless the user may decide, and nobody did before him."""
        self.check_access("read")
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user"):
            raise AccessError(self.env._("Only users of the help desk who see all tickets decide on refused requests."))
        self.sudo()._hold_for_act()
        if self.filtered(lambda request: request.state != "waiting"):
            raise UserError(self.env._("This request was decided on already."))

    def _decide(self, state):
        self._check_decision()
        for request in self.sudo():  # sudo: rights were checked; requests are written by their own code alone
            ticket = request._open_ticket(free=state == "let_through")
            request.write({"state": state, "ticket_id": ticket.id, "decided_by_id": self.env.uid})
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "views": [(False, "form")] if len(self) == 1 else [(False, "list"), (False, "form")],
            "res_id": self.ticket_id.id if len(self) == 1 else False,
            "domain": [("id", "in", self.ticket_id.ids)],
        }

    def _open_ticket(self, free):
        """The ticket, with the e-mail and its files, as if it had come in now."""
        self.ensure_one()
        tickets = self.env["helpdesk.ticket"].with_context(
            mail_create_nosubscribe=True, subscription_let_through=LET_THROUGH if free else None
        )
        ticket = tickets.create(self._prepare_ticket_values())
        ticket.message_subscribe(self.partner_id.ids)
        here = Domain("res_id", "=", self.id)
        mails = self.message_ids.filtered(lambda message: message.message_type == "email")
        self.env["ir.attachment"].search(here & Domain("res_model", "=", self._name)).write(
            {"res_model": ticket._name, "res_id": ticket.id}
        )
        mails.write({"model": ticket._name, "res_id": ticket.id})
        return ticket

    def _prepare_ticket_values(self):
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email", raise_if_not_found=False)
        return {
            "name": self.name,
            "description": self.description or self.name,
            "team_id": self.team_id.id,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_id.name,
            "partner_email": self.email_from,
            "channel_id": channel.id if channel else False,
        }
