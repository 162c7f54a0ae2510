from odoo import api, fields, models

# Value of `subscription_let_through`: staff decided that this ticket takes no credit. Compared by identity, so that
# nobody can say so from outside.
LET_THROUGH = object()


class HelpdeskTicket(models.Model):
    """A ticket takes the credit of its department once, when it is opened (LIM-19, LIM-20).

    It is opened when both are known, the customer and the team: at once in the portal and by e-mail; staff may name
    the one or the other later. Replies, reopening, another team and duplicates cost nothing.
    """

    _inherit = "helpdesk.ticket"

    subscription_credit = fields.Char(
        string="Credit",
        compute="_compute_subscription_credit",
        compute_sudo=True,
        groups="helpdesk_mgmt.group_helpdesk_user_own",
        help="What the customer has for requests to the department of the team.",
    )

    @api.depends("partner_id", "team_id")
    @api.depends_context("lang")
    def _compute_subscription_credit(self):
        charged = self._find_charged_tickets()
        for ticket in self:
            department, customer = ticket._get_department_and_customer()
            text = customer._get_credit_text(department) if department and customer else ""
            if ticket._origin.id in charged:
                text = self.env._("Charged. %(credit)s", credit=text)
            ticket.subscription_credit = text

    # === OPENING === #
    @api.model_create_multi
    def create(self, vals_list):
        """Override of `helpdesk_mgmt` to charge the ticket to the customer, whoever opens it.

        :raise UserError: the department is not open to him, or too little credit is left; there is no ticket then.
        """
        tickets = super().create(vals_list)
        tickets._charge_opening()
        tickets._tell_customer_managers()
        return tickets

    def write(self, vals):
        """Override of `helpdesk_mgmt` to charge a ticket when its customer or its team is named for the first time."""
        names = {"partner_id", "team_id"} & vals.keys()
        waiting = self.filtered(lambda ticket: not ticket._is_opened()) if names else self.browse()
        result = super().write(vals)
        waiting.filtered(lambda ticket: ticket._is_opened())._charge_opening()
        return result

    def _is_opened(self):
        return bool(self.partner_id and self.team_id)

    def _charge_opening(self):
        if self.env.context.get("subscription_let_through") is LET_THROUGH:
            return
        for ticket in self:
            # sudo: whoever opens the ticket needs no right in subscriptions
            department, customer = ticket.sudo()._get_department_and_customer()
            if department and customer:
                customer._consume_credits(department, ticket.sudo())
        self.invalidate_recordset(["subscription_credit"])

    # === WHO AND WHAT === #
    def _get_department_and_customer(self):
        """Which department the ticket goes to and who asks; called with sudo. A colleague who asks is no customer."""
        return self.team_id.subscription_department_id, self.partner_id.filtered("partner_share")

    def _find_charged_tickets(self):
        """Ids of the tickets that were charged already."""
        moves = self.env["subscription.credit.move"].sudo()  # sudo: the ledger is the house's
        spends = [("source_model", "=", self._name), ("source_id", "in", self.ids), ("move_type", "=", "spend")]
        return {source for [source] in moves._read_group(spends, ["source_id"])}
