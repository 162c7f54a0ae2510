from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .package_common import DAY, PurchaseCommon


class PortalCommon(PurchaseCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_portal_user("ayse", cls.contact)
        cls.rival = cls.make_portal_user("rival", cls.stranger)
        cls.company.partner_id.tz = "Europe/Istanbul"

    @classmethod
    def make_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login=login,
            password=login * 3,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def login(self, user):
        self.authenticate(user.login, user.login * 3)

    def get(self, path):
        """Text of the page, and where it was found."""
        answer = self.url_open(path)
        self.assertEqual(answer.status_code, 200)
        return answer.text, answer.url.removeprefix(self.base_url())

    def get_token(self, package, agree=""):
        page, _url = self.get(f"/my/packages/{package.id}{agree}")
        return page.split('data-access-token="')[1].split('"')[0]

    def start_payment(self, package, token, **values):
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.card.id,
            "token_id": None,
            "amount": 1.0,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/somewhere/else",
            "is_validation": False,
            "access_token": token,
            **values,
        }
        return self.make_jsonrpc_request(f"/my/packages/{package.id}/transaction", params)

    def simulate(self, reference, state="done"):
        data = {"reference": reference, "simulated_state": state, "payment_details": "1234"}
        return self.make_jsonrpc_request("/payment/demo/simulate_payment", data)

    def get_tx(self, reference):
        return self.env["payment.transaction"].sudo().search([("reference", "=", reference)])


@tagged("post_install", "-at_install")
class TestPackagePortal(PortalCommon):
    """LIM-13, LIM-14: what the customer sees and buys by himself."""

    def test_lim_13_only_what_is_on_sale_is_listed(self):
        self.period.action_withdraw()
        self.login(self.user)
        page, _url = self.get("/my/packages")
        self.assertIn("Credit 10", page)
        self.assertIn("120.00", page)
        self.assertNotIn("Month", page)
        self.assertEqual(self.get(f"/my/packages/{self.period.id}")[1], "/my/packages")

    def test_balance_days_and_departments_are_shown(self):
        self.grant(self.credit)
        self.consume(self.tickets[0])
        self.login(self.user)
        page, _url = self.get("/my/packages")
        self.assertRegex(page, r'name="credits_left">7<')
        self.assertIn("Support", page)
        history, _url = self.get("/my/packages/history")
        self.assertIn("-3", history)
        self.assertIn("+10", history)

    def test_days_left_and_refused_renewal(self):
        long = self.make_package(name="Quarter", kind="period", duration_days=90, price=9.0)
        self.grant(long)
        self.login(self.user)
        page, _url = self.get("/my/packages")
        self.assertRegex(page, r'name="days_left">90<')
        self.assertIn("You can renew from", page)
        page, _url = self.get(f"/my/packages/{long.id}")
        self.assertNotIn("data-access-token", page)

    def test_lim_14_without_payment_settings_no_purchase(self):
        self.login(self.user)
        token = self.get_token(self.credit)
        self.provider.state = "disabled"
        page, _url = self.get("/my/packages")
        self.assertIn("Payment system settings are incomplete", page)
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self.start_payment(self.credit, token)

    def test_purchase_from_page_to_balance(self):
        self.login(self.user)
        values = self.start_payment(self.credit, self.get_token(self.credit))
        tx = self.get_tx(values["reference"])
        self.assertEqual((tx.amount, tx.partner_id, tx.landing_route), (120.0, self.contact, "/my/packages/thanks"))
        self.simulate(tx.reference)
        self.assertEqual(self.make_jsonrpc_request("/payment/status/poll", {})["state"], "done")
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.simulate(tx.reference)
        self.assertEqual((self.left(), len(tx.subscription_entitlement_ids)), (10, 1))
        self.assertEqual(tx.invoice_ids.payment_state, "paid")
        page, _url = self.get("/my/packages")
        self.assertRegex(page, r'name="credits_left">10<')

    @freeze_time("2026-03-10 12:00:00")
    def test_fault_d1_two_customers_may_pay_in_the_same_second(self):
        self.login(self.user)
        token = self.get_token(self.credit)
        taken = [self.start_payment(self.credit, token)["reference"] for _n in range(2)]
        kept = self.get_tx(taken[0])
        self.assertEqual(len(set(taken)), 2)
        # Odoo counts on from what is in the database; of another process it does not know.
        self.assertFalse(taken[1].startswith(taken[0]), "the second does not depend on seeing the first")
        self.assertTrue(kept)

    def test_the_payment_may_finish_before_the_browser_asks(self):
        self.login(self.user)
        tx = self.get_tx(self.start_payment(self.credit, self.get_token(self.credit))["reference"])
        self.report(tx)
        self.assertEqual(self.make_jsonrpc_request("/payment/status/poll", {})["state"], "done")
        self.assertEqual((self.left(), len(self.get_mails())), (10, 2))

    def test_saved_card_of_the_own_company_and_of_nobody_else(self):
        cards = self.env["payment.token"].sudo()
        own, other = cards.create(
            [
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.card.id,
                    "partner_id": partner.id,
                    "provider_ref": "x",
                    "payment_details": "1",
                    "demo_simulated_state": "done",
                }
                for partner in (self.contact, self.stranger)
            ]
        )
        self.login(self.user)
        token = self.get_token(self.credit)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.start_payment(self.credit, token, flow="token", token_id=other.id)
        tx = self.get_tx(self.start_payment(self.credit, token, flow="token", token_id=own.id)["reference"])
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.assertEqual((tx.state, self.left()), ("done", 10))

    def test_declined_payment_says_so(self):
        self.login(self.user)
        for state in ("cancel", "error"):
            tx = self.get_tx(self.start_payment(self.credit, self.get_token(self.credit))["reference"])
            self.simulate(tx.reference, state)
            self.make_jsonrpc_request("/payment/status/poll", {})
            page, _url = self.get("/my/packages")
            self.assertIn("did not go through", page)
            self.assertEqual(self.left(), 0)

    def test_lim_18_switch_asks_before_paying(self):
        self.grant(self.period)
        self.login(self.user)
        page, _url = self.get(f"/my/packages/{self.credit.id}")
        self.assertIn("ends your remaining 30 days entitlement", page)
        self.assertNotIn("data-access-token", page)
        values = self.start_payment(self.credit, self.get_token(self.credit, "?agree=1"))
        tx = self.get_tx(values["reference"])
        self.assertTrue(tx.subscription_switch)
        self.assertEqual(self.env["subscription.entitlement"].search([]).state, "active")
        self.report(tx)
        self.assertEqual(self.left(), 10)

    def test_page_that_is_not_true_any_more_is_refused(self):
        self.login(self.user)
        token = self.get_token(self.credit)
        package = self.credit
        package.price = 110.0
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.start_payment(package, token)
        token = self.get_token(package)
        self.grant(self.period)  # now it would be a switch
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.start_payment(package, token)
        self.assertFalse(self.env["payment.transaction"].sudo().search([("subscription_package_id", "!=", False)]))

    def test_buyer_decides_on_nothing_but_how_he_pays(self):
        """Amount, purpose and partner are the server's; checking a card is not paying."""
        self.login(self.user)
        token = self.get_token(self.credit)
        tx = self.get_tx(self.start_payment(self.credit, token, is_validation=True, amount=0.01)["reference"])
        self.assertEqual((tx.operation, tx.amount), ("online_direct", 120.0))
        for values in ({"partner_id": 1}, {"custom_create_values": {}}, {"currency_id": 1}):
            with mute_logger("odoo.http"), self.subTest(values), self.assertRaises(JsonRpcException):
                self.start_payment(self.credit, token, **values)
        other = self.provider.copy({"state": "disabled"})
        for provider in (other.id, 0, "x", None):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.start_payment(self.credit, token, provider_id=provider)
        tx.write({"operation": "validation", "state": "done"})
        tx._post_process()
        self.assertFalse(tx.subscription_entitlement_ids)

    def test_token_of_somebody_else_or_of_another_package_is_refused(self):
        self.login(self.rival)
        token = self.get_token(self.credit)
        self.login(self.user)
        for stolen in (token, "", "x", self.get_token(self.period)):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.start_payment(self.credit, stolen)

    def test_nobody_buys_without_logging_in(self):
        self.assertIn("/web/login", self.url_open("/my/packages").url)
        self.assertIn("/web/login", self.url_open(f"/my/packages/{self.credit.id}").url)
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self.start_payment(self.credit, "x")

    def test_company_without_subscriptions_sells_nothing(self):
        self.company.subscription_enabled = False
        self.login(self.user)
        page, _url = self.get("/my/packages")
        self.assertIn("nothing on sale", page)
        self.assertEqual(self.get(f"/my/packages/{self.credit.id}")[1], "/my/packages")

    def test_packages_of_another_company_lead_nowhere(self):
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        self.env.user.company_ids += other
        department = self.env["subscription.department"].create({"name": "D", "company_id": other.id})
        package = self.credit.copy({"company_id": other.id, "department_ids": [Command.set(department.ids)]})
        package.action_publish()
        self.login(self.user)
        self.assertEqual(self.get(f"/my/packages/{package.id}")[1], "/my/packages")
        token = self.get_token(self.credit)
        for stranger in (package.id, 99999999):
            with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
                self.start_payment(package.browse(stranger), token)

    def test_home_card_counts(self):
        self.login(self.user)
        counters = {"counters": ["subscription_package_count", "subscription_contract_count"]}
        self.assertEqual(
            self.make_jsonrpc_request("/my/counters", counters),
            {"subscription_package_count": 2, "subscription_contract_count": 0},
        )
        page, _url = self.get("/my")
        self.assertIn("/my/packages", page)

    # === OTHER CUSTOMERS === #
    def test_rules_show_the_own_commercial_entity_only(self):
        one = self.grant(self.credit)
        move = self.consume(self.tickets[0])
        for record in (one, move, one.credit_move_ids[0]):
            mine, theirs = record.with_user(self.user), record.with_user(self.rival)
            self.assertTrue(mine.search([("id", "=", record.id)]))
            mine.read(["partner_id"])
            self.assertFalse(theirs.search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                theirs.read(["partner_id"])
            for act in ("write", "create", "unlink"):
                self.assertFalse(mine.has_access(act), act)
        self.credit.action_withdraw()
        self.assertTrue(self.credit.with_user(self.user).has_access("read"), "he holds it")
        self.assertFalse(self.credit.with_user(self.rival).has_access("read"))
        with self.assertRaises(AccessError):
            one.with_user(self.user).read(["reason"])
        for model in ("subscription.wallet", "subscription.request", "subscription.contract"):
            self.assertFalse(self.env[model].with_user(self.user).has_access("read"), model)

    def test_pages_of_another_customer_show_nothing(self):
        one = self.grant(self.credit)
        self.consume(self.tickets[0])
        one._make_invoice(DAY)
        self.login(self.rival)
        page, _url = self.get("/my/packages")
        self.assertNotIn(one.invoice_id.name, page)
        self.assertIn("You have no package", page)
        history, _url = self.get("/my/packages/history")
        self.assertIn("Nothing was bought", history)


@tagged("post_install", "-at_install")
class TestSubscriptionPortal(PortalCommon):
    """My subscriptions: everything is shown to its owner, and nothing happens without a clerk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(subject="Fiber line", date_end=date(2026, 12, 31), note="Difficult customer")
        cls.bill(date(2026, 1, 1))
        cls.document = cls.env["ir.attachment"].create({"name": "terms.txt", "raw": b"Terms"})
        cls.contract.portal_attachment_ids = cls.document
        cls.secret = cls.env["ir.attachment"].create(
            {"name": "internal.pdf", "raw": b"x", "res_model": "subscription.contract", "res_id": cls.contract.id}
        )

    def ask(self, contract=None, **values):
        contract = contract or self.contract
        data = {"kind": "pause", "date": "2026-04-01", "text": "Moving", **values, "csrf_token": self.csrf_token()}
        return self.url_open(f"/my/subscriptions/{contract.id}/request", data=data)

    def csrf_token(self):
        page, _url = self.get("/my/subscriptions")
        return page.split('csrf_token: "')[1].split('"')[0]

    def test_contract_plan_invoices_and_documents_are_shown(self):
        self.login(self.user)
        page, _url = self.get("/my/subscriptions")
        self.assertIn("Fiber line", page)
        page, _url = self.get(f"/my/subscriptions/{self.contract.id}")
        invoice = self.contract.invoice_ids
        for text in (invoice.name, "payment=True", "terms.txt", "02/01/2026", "120.00"):
            self.assertIn(text, page)
        self.assertNotIn("Difficult", page)
        self.assertNotIn("internal.pdf", page)
        answer = self.url_open(f"/my/subscriptions/{self.contract.id}/document/{self.document.id}")
        self.assertEqual(answer.content, b"Terms")

    def test_request_does_nothing_until_a_clerk_confirms(self):
        self.login(self.user)
        plan = self.contract.installment_ids.mapped("state")
        self.ask()
        self.ask()  # pressed twice
        request = self.contract.request_ids
        self.assertEqual((len(request), request.kind, request.contact_id), (1, "pause", self.contact))
        self.assertEqual((self.contract.state, self.contract.installment_ids.mapped("state")), ("active", plan))
        self.assertEqual(len(request.activity_ids), 1)
        request.action_confirm()
        self.assertEqual((self.contract.state, self.contract.pause_ids.date_from), ("active", date(2026, 4, 1)))
        self.assertEqual(request.state, "done")
        self.assertFalse(request.activity_ids)

    def test_refused_request_needs_an_answer_and_changes_nothing(self):
        self.login(self.user)
        self.ask()
        request = self.contract.request_ids
        with self.assertRaisesRegex(Exception, "Tell the subscriber why"):
            request.action_refuse()
        request.answer = "Not before the summer"
        request.action_refuse()
        self.assertEqual((request.state, self.contract.state), ("refused", "active"))
        page, _url = self.get(f"/my/subscriptions/{self.contract.id}")
        self.assertIn("Not before the summer", page)
        with self.assertRaisesRegex(Exception, "answered already"):
            request.action_confirm()

    def test_close_keeps_notice_and_needs_a_reason(self):
        self.login(self.user)
        page = self.ask(kind="close", date="2026-03-20", reason=str(self.reason.id)).text
        self.assertIn("Choose a day from 04/09/2026", page)
        kept = self.env.ref("subscription_mgmt.close_reason_unpaid")
        kept.is_offered = False
        for reason in ("", "x", "0", "9" * 5000, str(kept.id)):
            self.assertIn("Choose why", self.ask(kind="close", date="2026-04-30", reason=reason).text)
        self.ask(kind="close", date="2026-04-30", reason=str(self.reason.id))
        request = self.contract.request_ids
        self.assertEqual(request.close_reason_id, self.reason)
        request.close_reason_id = False
        with self.assertRaisesRegex(Exception, "reason"):
            request.action_confirm()
        request.close_reason_id = self.reason
        request.action_confirm()
        self.assertEqual((self.contract.date_end, self.contract.state), (date(2026, 4, 30), "active"))

    def test_change_is_made_by_hand_and_can_be_withdrawn(self):
        self.login(self.user)
        self.ask(kind="change", text="<b>Faster</b> please")
        page, _url = self.get(f"/my/subscriptions/{self.contract.id}")
        self.assertIn("&lt;b&gt;Faster", page)
        request = self.contract.request_ids
        path = f"/my/subscriptions/{self.contract.id}/request/{request.id}/withdraw"
        self.url_open(path, data={"csrf_token": self.csrf_token()})
        self.assertEqual((request.state, self.contract.state), ("cancelled", "active"))

    def test_nonsense_is_answered_in_words(self):
        self.login(self.user)
        for values, message in (
            ({"kind": "explode"}, "not possible"),
            ({"kind": "resume"}, "not possible"),
            ({"date": "32.13.2026"}, "Choose a day"),
            ({"date": ""}, "Choose a day"),
            ({"date": "2026-01-01"}, "Choose a day"),
        ):
            with self.subTest(values):
                self.assertIn(message, self.ask(**values).text)
        self.assertFalse(self.contract.request_ids)

    def test_other_customers_ids_lead_nowhere(self):
        request = self.contract.request_ids.sudo()._ask(self.contract, self.contact, "pause", date(2026, 4, 1), "")
        self.login(self.rival)
        page, _url = self.get("/my/subscriptions")
        self.assertNotIn("Fiber", page)
        path = f"/my/subscriptions/{self.contract.id}"
        for route in (path, f"{path}/document/{self.document.id}"):
            self.assertEqual(self.get(route)[1], "/my/subscriptions")
        token = self.csrf_token()
        for route, data in (
            (f"{path}/request", {"kind": "pause", "date": "2026-04-01"}),
            (f"{path}/request/{request.id}/withdraw", {}),
        ):
            answer = self.url_open(route, data={**data, "csrf_token": token})
            self.assertTrue(answer.url.endswith("/my/subscriptions"), answer.url)
        self.assertEqual((self.contract.request_ids, request.state), (request, "new"))

    def test_own_contract_does_not_open_other_documents_and_requests(self):
        other = self.make_contract(partner_id=self.stranger.id)
        theirs = other.request_ids.sudo()._ask(other, self.stranger, "pause", date(2026, 4, 1), "")
        self.login(self.user)
        path = f"/my/subscriptions/{self.contract.id}"
        self.assertEqual(self.get(f"{path}/document/{self.secret.id}")[1], path)
        self.url_open(f"{path}/request/{theirs.id}/withdraw", data={"csrf_token": self.csrf_token()})
        self.assertEqual(theirs.state, "new")

    def test_drafts_are_not_shown(self):
        draft = self.make_contract(activate=False, subject="Offer in work")
        self.login(self.user)
        self.assertNotIn("Offer in work", self.get("/my/subscriptions")[0])
        self.assertEqual(self.get(f"/my/subscriptions/{draft.id}")[1], "/my/subscriptions")

    def test_invoice_that_somebody_else_pays_is_not_shown(self):
        contract = self.make_contract(invoice_partner_id=self.stranger.id)
        self.bill(date(2026, 1, 1))
        self.login(self.user)
        page, _url = self.get(f"/my/subscriptions/{contract.id}")
        self.assertNotIn(contract.invoice_ids[0].name, page)
