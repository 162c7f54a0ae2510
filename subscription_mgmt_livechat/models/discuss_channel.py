from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_sanitize

from odoo.addons.mail.tools.discuss import Store


class DiscussChannel(models.Model):
    """A chat takes the credit of its department once, when a person first answers (LIM-20, LIM-23)."""

    _inherit = "discuss.channel"

    subscription_refused = fields.Boolean(
        string="Without Credit",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The visitor was told that the credit does not reach for this chat.",
    )
    subscription_credit = fields.Char(
        string="Credit", compute="_compute_subscription_credit", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("livechat_customer_partner_ids", "livechat_channel_id.subscription_department_id")
    @api.depends_context("lang")
    def _compute_subscription_credit(self):
        charged = self._find_charged_chats()
        for channel in self:
            department, customer = channel._get_department_and_customer()
            # In the language of whoever serves the customer
            customer = customer.with_context(lang=self.env.lang)
            text = customer._get_credit_text(department) if department and customer else ""
            if channel.id in charged:
                text = self.env._("Charged. %(credit)s", credit=text)
            channel.subscription_credit = text

    # === MESSAGES === #
    def message_post(self, *, message_type="notification", **kwargs):
        """Override of `mail` to charge the chat at the first answer of a person.

        Where the credit does not reach, the answer stays with whoever wrote it, and the visitor is told and offered
        packages; that message is returned in its place.
        """
        author = self.env["res.partner"].browse(kwargs.get("author_id")) or self.env.user.partner_id
        refusal = self._charge_answer(author.sudo()) if message_type == "comment" else ""
        if refusal:
            self._return_answer(kwargs.get("body") or "")
            return self._tell_visitor(refusal)
        message = super().message_post(message_type=message_type, **kwargs)
        if message_type == "comment":
            self._warn_visitor(message.sudo().author_id)
        return message

    def _charge_answer(self, author):
        """Charge the chat when the author is a person who answers a customer, and nobody did before.

        :param author: partner (sudo).
        :return: why the answer cannot be given, in the customer's language; empty when it can.
        """
        # sudo: operators need no right in billing, and the visitor is whoever he is
        channel = self.sudo()
        department, customer = channel._get_department_and_customer()
        if not department or not customer or not channel._is_person(author) or channel._find_charged_chats():
            return ""
        try:
            customer._consume_credits(department, channel)
        except UserError as refusal:
            return str(refusal)
        channel.subscription_refused = False
        channel.invalidate_recordset(["subscription_credit"])
        Store(bus_channel=self, bus_subchannel="internal_users").add(channel, ["subscription_credit"]).bus_send()
        return ""

    def _warn_visitor(self, author):
        """Tell a customer at his first words to a person that the credit does not reach: before he waits for him."""
        channel = self.sudo()  # sudo: as in _charge_answer
        department, customer = channel._get_department_and_customer()
        waits = department and author and author == customer and channel.livechat_agent_history_ids
        if not waits or channel.subscription_refused or channel._find_charged_chats():
            return
        if refusal := customer._get_credit_refusal(department):
            channel._tell_visitor(refusal)

    def _tell_visitor(self, refusal):
        """Say in the chat why it cannot go on, and what can be bought; operators see it too."""
        channel = self.sudo()
        channel.subscription_refused = True
        department, customer = channel._get_department_and_customer()
        return channel.message_post(
            author_id=self.env.ref("base.partner_root").id,
            body=customer._get_credit_answer(department, refusal),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _return_answer(self, body):
        """Give an answer that was not sent back to whoever wrote it; nobody else sees it."""
        body = Markup(html_sanitize(body)) if isinstance(body, Markup) else body
        told = self.env._("Your answer was not sent: the credit of the customer does not reach. The customer was told.")
        self.env.user._bus_send_transient_message(self, Markup("<p>%s</p><blockquote>%s</blockquote>") % (told, body))

    # === WHO AND WHAT === #
    def _get_department_and_customer(self):
        """Which department the chat belongs to and which customer began it; called with sudo.

        :return: (department, contact in his language), empty where nothing is charged: anonymous visitors, colleagues.
        """
        self.ensure_one()
        department = self.livechat_channel_id.subscription_department_id
        customer = self.livechat_customer_partner_ids.filtered("partner_share")[:1]
        if not department.company_id.subscription_enabled or customer._is_anonymous():
            return department.browse(), customer.browse()
        return department, customer.with_context(lang=customer.lang or self.env.lang)

    def _is_person(self, author):
        """Whether the author is a colleague: not the visitor, not a bot, not Odoo itself."""
        bots = self.livechat_bot_partner_ids + self.env.ref("base.partner_root")
        return not author.partner_share and author not in bots

    def _find_charged_chats(self):
        """Ids of the chats that were charged already."""
        moves = self.env["subscription.credit.move"].sudo()  # sudo: the ledger is the house's
        spends = [("source_model", "=", self._name), ("source_id", "in", self.ids), ("move_type", "=", "spend")]
        return {source for [source] in moves._read_group(spends, ["source_id"])}

    def _get_livechat_session_fields_to_store(self):
        """Override of `im_livechat` to show operators the credit beside the chat."""
        return [*super()._get_livechat_session_fields_to_store(), Store.Attr("subscription_credit", sudo=True)]
