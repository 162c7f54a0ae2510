"""Who is told of a ticket: where its responsible is the customer managers, nobody else in the house (CUB-18)."""

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    customer_managers_responsible = fields.Boolean(
        string="Customer Managers Are Responsible",
        compute="_compute_customer_managers_responsible",
        store=True,
        readonly=False,
        help="Only the managers of the customer are told of the request and of files that he uploads, until somebody "
        "is assigned; administrators, where he has no managers.",
    )

    @api.depends("team_id")
    def _compute_customer_managers_responsible(self):
        for ticket in self:
            ticket.customer_managers_responsible = ticket.team_id.customer_managers_responsible

    def _get_customer_managers(self):
        """Users who look after the customer of the ticket; administrators of the help desk, where there are none."""
        self.ensure_one()
        ticket = self.sudo()  # sudo: portal users open tickets, too
        own = ticket.partner_id.customer_manager_ids
        managers = own or ticket.partner_id.commercial_partner_id.customer_manager_ids
        managers = managers.filtered(lambda user: user.active and ticket.company_id in user.company_ids)
        if managers:
            return managers
        admins = self.env.ref("helpdesk_mgmt.group_helpdesk_manager").sudo().all_user_ids
        return admins.filtered(lambda user: user.active and ticket.company_id in user.company_ids)

    def _is_for_customer_managers(self):
        """Whether nobody is assigned: mails are opened in the name of a user who is no person."""
        return self.customer_managers_responsible and not self.user_id.filtered("active")

    def _tell_customer_managers(self):
        """Tell the customer managers of a request that was opened; they follow it from then on."""
        for ticket in self.filtered(lambda ticket: ticket._is_for_customer_managers()):
            ticket.sudo().message_subscribe(ticket._get_customer_managers().partner_id.ids)
            ticket._notify_customer_managers()

    def _tell_of_files(self, names):
        """Tell the customer managers of files that the customer uploaded.

        :param names: of the files.
        """
        for ticket in self.filtered(lambda ticket: ticket._is_for_customer_managers()):
            ticket._notify_customer_managers(files=names)

    def _notify_customer_managers(self, files=()):
        self.ensure_one()
        for manager in self._get_customer_managers().partner_id:
            # sudo: portal users open tickets, too
            ticket = self.sudo().with_context(lang=manager.lang)
            names = {"request": ticket.display_name, "files": ", ".join(files)}
            ticket.message_notify(
                partner_ids=manager.ids,
                subject=self._get_notice(ticket.env, files, names),
                body=names["files"] or ticket.description,
                author_id=(ticket.partner_id or self.env.user.partner_id).id,
            )

    @api.model
    def _get_notice(self, env, files, names):
        """Subject of what the customer managers get, in their language."""
        return env._("Files of request %(request)s", **names) if files else env._("New request %(request)s", **names)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail` to keep from colleagues what only the customer managers are told.

        Who is named in the message is told all the same; and so are customers.
        """
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        if not self or not self.sudo()._is_for_customer_managers():
            return recipients
        managers = self._get_customer_managers()
        if not managers:
            return recipients  # better too many than nobody
        named = (msg_vals or {}).get("partner_ids") or message.sudo().partner_ids.ids
        told = {*managers.partner_id.ids, *named}
        return [one for one in recipients if one["share"] or one["id"] in told]
