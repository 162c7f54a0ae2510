from datetime import date

from odoo.tests import tagged

from .chat_common import ChatCommon


@tagged("post_install", "-at_install")
class TestChats(ChatCommon):
    # === WHEN A CHAT COSTS === #
    def test_lim_23_a_chat_costs_once_at_the_first_answer_of_a_person(self):
        self.grant(self.credit)
        chat = self.open_chat(self.portal)
        self.say(chat, self.portal)
        self.assertEqual(self.left(), 10, "asking is free")
        self.say(chat, self.operator)
        self.assertEqual(self.left(), 7)
        self.assertEqual(self.get_moves(chat).department_id, self.support)

    def test_lim_20_further_messages_cost_nothing(self):
        self.grant(self.credit)
        chat = self.open_chat(self.portal)
        for user in (self.portal, self.operator, self.portal, self.operator, self.colleague):
            self.say(chat, user)
        self.assertEqual(self.left(), 7)

    def test_lim_20_a_chat_that_goes_to_another_department_is_not_charged_again(self):
        self.grant(self.credit)
        chat = self.open_chat(self.portal)
        self.say(chat, self.operator)
        self.livechat.subscription_department_id = self.training
        self.say(chat, self.operator)
        self.assertEqual(self.left(), 7)

    def test_lim_23_a_second_chat_costs_again(self):
        self.grant(self.credit)
        for _n in range(2):
            self.say(self.open_chat(self.portal), self.operator)
        self.assertEqual(self.left(), 4)

    def test_lim_23_an_anonymous_visitor_is_never_charged(self):
        guest = self.env["mail.guest"].create({"name": "Visitor"})
        chat = self.open_chat(guest=guest)
        message = self.say(chat, self.operator)
        self.assertIn("Hello", message.body)
        self.assertFalse(self.get_moves(chat))

    def test_lim_23_a_bot_costs_nothing(self):
        self.grant(self.credit)
        bot = (
            self.env["chatbot.script"]
            .sudo()
            .create({"title": "Robot", "script_step_ids": [(0, 0, {"message": "Hi", "step_type": "text"})]})
        )
        chat = self.open_chat(self.portal, bot=bot)
        chat._chatbot_post_message(bot, "What is it about?")
        self.assertEqual(self.left(), 10)
        self.assertFalse(self.get_moves(chat))

    def test_what_odoo_notes_in_a_chat_costs_nothing(self):
        self.grant(self.credit)
        chat = self.open_chat(self.portal)
        chat.with_user(self.operator).sudo().message_post(body="Joined", message_type="notification")
        self.assertEqual(self.left(), 10)

    def test_a_colleague_who_tries_the_chat_is_not_charged(self):
        chat = self.open_chat(self.colleague)
        self.assertIn("Hello", self.say(chat, self.operator).body)
        self.assertFalse(self.get_moves(chat))

    def test_a_channel_without_a_department_is_free(self):
        self.livechat.subscription_department_id = False
        chat = self.open_chat(self.portal)
        self.assertIn("Hello", self.say(chat, self.operator).body)
        self.assertFalse(self.get_moves(chat))

    def test_a_company_that_does_not_run_subscriptions_charges_nothing(self):
        self.company.subscription_enabled = False
        chat = self.open_chat(self.portal)
        self.assertIn("Hello", self.say(chat, self.operator).body)

    # === WHO IS FREE === #
    def test_lim_20_the_holder_of_a_period_is_served_free(self):
        self.grant(self.period)
        chat = self.open_chat(self.portal)
        self.say(chat, self.operator)
        self.assertEqual(self.get_moves(chat).credits, 0)

    def test_lim_21_a_department_that_staff_opened_is_free(self):
        self.customer.department_ids = self.support
        chat = self.open_chat(self.portal)
        self.say(chat, self.operator)
        self.assertEqual(self.get_moves(chat).credits, 0)

    # === NOT ENOUGH CREDIT === #
    def test_lim_19_without_credit_the_answer_is_not_sent_and_the_visitor_is_offered_packages(self):
        chat = self.open_chat(self.portal)
        message = self.say(chat, self.operator, body="The password is 42")
        self.assertNotIn("42", "".join(chat.message_ids.mapped("body")))
        self.assertIn(f"/my/packages/{self.credit.id}", message.body)
        self.assertIn("Month", message.body)
        self.assertTrue(chat.subscription_refused)
        self.assertFalse(self.get_moves(chat))

    def test_lim_19_the_price_is_what_the_customer_pays(self):
        message = self.say(self.open_chat(self.portal), self.operator)
        self.assertIn("120.00", message.body.replace("\xa0", " "))

    def test_the_operator_gets_his_answer_back(self):
        chat = self.open_chat(self.portal)
        self.say(chat, self.operator, body="The password is 42")
        self.env.cr.precommit.run()  # where the bus writes down what it was given
        sent = self.env["bus.bus"].sudo().search([("message", "ilike", "The password is 42")])
        self.assertEqual(len(sent), 1)
        self.assertIn(str(self.operator.partner_id.id), sent.channel, "to nobody else")

    def test_the_visitor_is_told_at_his_first_words_and_once(self):
        chat = self.open_chat(self.portal)
        for _n in range(2):
            self.say(chat, self.portal)
        told = chat.message_ids.filtered(lambda message: "/my/packages" in message.body)
        self.assertEqual(len(told), 1)

    def test_the_visitor_is_told_in_his_language(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.contact.lang = "tr_TR"
        message = self.say(self.open_chat(self.portal), self.operator)
        self.assertIn("/my/packages", message.body)
        self.assertNotIn("not open to", message.body)

    def test_a_chat_goes_on_when_the_customer_has_bought(self):
        chat = self.open_chat(self.portal)
        self.say(chat, self.operator)
        self.grant(self.credit)
        message = self.say(chat, self.operator, body="Now it works")
        self.assertIn("Now it works", message.body)
        self.assertEqual(self.left(), 7)
        self.assertFalse(chat.subscription_refused)

    def test_lim_19_a_department_that_is_not_open_is_told_like_too_little_credit(self):
        self.grant(self.credit)
        self.livechat.subscription_department_id = self.training
        message = self.say(self.open_chat(self.portal), self.operator)
        self.assertIn("Training", message.body)
        self.assertEqual(self.left(), 10)

    # === WHAT OPERATORS SEE === #
    def test_operators_see_the_credit(self):
        self.grant(self.credit)
        chat = self.open_chat(self.portal)
        self.assertEqual(chat.with_user(self.operator).subscription_credit, "Credit left: 10. A request takes 3.")
        self.say(chat, self.operator)
        self.assertEqual(
            chat.with_user(self.operator).subscription_credit, "Charged. Credit left: 7. A request takes 3."
        )

    def test_operators_see_until_when_a_chat_is_free(self):
        self.set_today(date(2026, 3, 10))
        self.grant(self.period)
        chat = self.open_chat(self.portal)
        self.assertEqual(chat.subscription_credit, "Free of charge until 04/08/2026: Month")

    def test_operators_see_that_a_department_is_not_open(self):
        self.assertEqual(self.open_chat(self.portal).subscription_credit, "Support is not open. Credit left: 0.")

    def test_the_credit_of_many_chats_is_read_with_few_queries(self):
        chats = self.env["discuss.channel"].union(*(self.open_chat(self.portal) for _n in range(3)))
        self.env.invalidate_all()
        self.assertEqual(len(set(chats.mapped("subscription_credit"))), 1)
