from odoo.tests import new_test_user

from odoo.addons.subscription_mgmt.tests.package.package_common import PackageCommon


class ChatCommon(PackageCommon):
    """A live chat channel of the support department (3 credits), two operators, a customer who can log in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "im_livechat.im_livechat_group_user"
        cls.operator = new_test_user(cls.env, "chat_operator", group, name="Deniz", password="chat_operator")
        cls.colleague = new_test_user(cls.env, "chat_colleague", group, name="Ege")
        cls.portal = new_test_user(
            cls.env, "chat_customer", "base.group_portal", partner_id=cls.contact.id, password="chat_customer"
        )
        cls.livechat = (
            cls.env["im_livechat.channel"]
            .sudo()
            .create(
                {
                    "name": "Support",
                    "user_ids": [(6, 0, (cls.operator + cls.colleague).ids)],
                    "subscription_department_id": cls.support.id,
                }
            )
        )

    @classmethod
    def open_chat(cls, visitor=None, guest=None, bot=None):
        """A chat as the page of the visitor opens it."""
        env = cls.env(user=visitor or cls.env.ref("base.public_user"))
        partner = bot.operator_partner_id if bot else cls.operator.partner_id
        values = (
            cls.livechat.with_env(env)
            .sudo()
            .with_context(guest=guest)
            ._get_livechat_discuss_channel_vals(
                agent=cls.env["res.users"] if bot else cls.operator,
                chatbot_script=bot or cls.env["chatbot.script"],
                operator_partner=partner,
                operator_model="chatbot.script" if bot else "res.users",
            )
        )
        return cls.env["discuss.channel"].with_env(env).sudo().create(values).with_env(cls.env)

    def say(self, chat, user, body="Hello", **kwargs):
        """A message of the user, as his client posts it."""
        return chat.with_user(user).sudo().message_post(body=body, message_type="comment", **kwargs)

    def get_moves(self, chat):
        return self.env["subscription.credit.move"].search(
            [("source_model", "=", "discuss.channel"), ("source_id", "=", chat.id)]
        )
