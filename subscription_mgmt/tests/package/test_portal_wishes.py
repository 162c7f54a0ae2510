from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .package_common import DAY
from .test_package_portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalWishes(PortalCommon, HttpCase):
    """Before asking a customer sees what it means; asking is thanked for, and one wish waits at a time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "NET-1000"
        cls.contract = cls.make_contract(subject="Fiber line", billing_mode="post", notice_days=10)
        cls.bill(DAY)
        cls.path = f"/my/subscriptions/{cls.contract.id}"

    def post(self, route, **values):
        token = self.get("/my/subscriptions")[0].split('csrf_token: "')[1].split('"')[0]
        return self.url_open(f"{self.path}/{route}", data={**values, "csrf_token": token})

    def preview(self, **values):
        self.login(self.user)
        close = {"kind": "close", "date": "2026-03-20", "reason": str(self.reason.id)}
        return self.post("request/preview", **{**close, **values}).text

    def get_total(self, page):
        return page.split('name="total"')[1].split('oe_currency_value">')[1].split("<")[0]

    # === WHAT IT MEANS === #
    def test_what_ending_gives_back_is_shown_to_the_cent(self):
        page = self.preview()
        # 11 of 31 days of 100.00, and 20 % tax
        self.assertIn("You get back", page)
        self.assertEqual(self.get_total(page), "42.58")
        self.contract.action_close(date(2026, 3, 20), self.reason)
        self.assertEqual(-sum(self.bill(date(2026, 4, 1)).move_ids.mapped("amount_total_signed")), 42.58)

    def test_a_pause_shows_what_is_billed_after_it(self):
        page = self.preview(kind="pause", date="2026-04-01", date_to="2026-04-30")
        self.assertNotIn("04/01/2026 – 04/30/2026", page.split("What it means")[1])
        self.assertIn("05/01/2026 – 05/31/2026", page)
        self.assertEqual(self.get_total(page), "240.00")

    def test_a_preview_leaves_nothing_behind(self):
        before = self.contract.installment_ids.mapped(lambda row: (row.id, row.state, row.price_subtotal))
        moves = self.env["account.move"].search_count([])
        self.preview()
        self.env.invalidate_all()
        after = self.contract.installment_ids.mapped(lambda row: (row.id, row.state, row.price_subtotal))
        self.assertEqual((self.contract.state, self.contract.date_end, after), ("active", False, before))
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertFalse(self.contract.request_ids or self.contract.pause_ids)

    def test_nonsense_is_not_previewed(self):
        for values, told in (
            ({"date": "9999-12-31"}, "Choose a day"),
            ({"date": "0001-01-01"}, "Choose a day"),
            ({"date": "x\x00"}, "Choose a day"),
            ({"date": "2026-03-15"}, "Choose a day"),
            ({"kind": "pause", "date": "2026-04-01", "date_to": "2026-03-31"}, "Choose a day"),
            ({"kind": "pause", "date": "2026-04-01", "date_to": "soon"}, "Choose a day"),
            ({"kind": "pause", "date": "2026-04-01", "date_to": "9999-01-01"}, "Choose a day"),
            ({"kind": "explode"}, "not possible"),
            ({"reason": ""}, "Choose why"),
        ):
            with self.subTest(values):
                page = self.preview(**values)
                self.assertIn(told, page)
                self.assertNotIn("o_subscription_preview", page)

    def test_a_day_after_the_end_is_not_offered(self):
        self.contract.date_end = date(2026, 6, 30)
        page = self.preview(date="2026-07-01")
        self.assertIn("Choose a day from 03/20/2026 to 06/30/2026", page)
        self.assertIn('max="2026-06-30"', page)

    def test_a_file_in_place_of_a_word_is_nothing(self):
        self.login(self.user)
        token = self.get("/my/subscriptions")[0].split('csrf_token: "')[1].split('"')[0]
        for field in ("kind", "date", "date_to", "text", "reason"):
            answer = self.url_open(
                f"{self.path}/request/preview", data={"csrf_token": token}, files={field: ("a", b"x")}
            )
            self.assertEqual(answer.status_code, 200)
        self.assertFalse(self.contract.request_ids)

    def test_others_see_nothing(self):
        self.login(self.rival)
        for route in ("request/preview", "request"):
            answer = self.post(route, kind="pause", date="2026-04-01")
            self.assertTrue(answer.url.endswith("/my/subscriptions"), answer.url)
        self.assertFalse(self.contract.request_ids)

    # === ASKING === #
    def test_asking_is_thanked_for_and_the_form_is_gone(self):
        self.login(self.user)
        self.assertIn("o_subscription_wish_close", self.get(self.path)[0])
        answer = self.post("request", kind="close", date="2026-03-20", reason=str(self.reason.id), text="Bye")
        request = self.contract.request_ids
        self.assertIn(f"/request/{request.id}", answer.url)
        self.assertIn("o_subscription_thanks", answer.text)
        page = self.get(self.path)[0]
        self.assertNotIn("o_subscription_wish", page)
        self.assertIn("Withdraw", page)
        self.assertIn("End the contract", page)
        self.post(f"request/{request.id}/withdraw")
        self.assertIn("o_subscription_wish_close", self.get(self.path)[0])

    def test_one_wish_waits_at_a_time(self):
        self.login(self.user)
        self.post("request", kind="pause", date="2026-04-01")
        page = self.post("request", kind="close", date="2026-03-20", reason=str(self.reason.id)).text
        self.assertIn("waits for an answer", page)
        self.assertEqual(self.contract.request_ids.kind, "pause")

    def test_a_pause_with_its_last_day_is_carried_out_as_asked(self):
        self.login(self.user)
        self.post("request", kind="pause", date="2026-04-01", date_to="2026-04-30")
        self.contract.request_ids.action_confirm()
        pause = self.contract.pause_ids
        self.assertEqual((pause.date_from, pause.date_to), (date(2026, 4, 1), date(2026, 4, 30)))

    def test_what_is_agreed_is_not_offered_again(self):
        self.contract.action_close(date(2026, 6, 30), self.reason)
        self.login(self.user)
        self.assertNotIn("o_subscription_wish_close", self.get(self.path)[0])

    def test_thanks_are_for_own_wishes(self):
        other = self.make_contract(partner_id=self.stranger.id)
        theirs = other.request_ids.sudo()._ask(other, self.stranger, "pause", date(2026, 4, 1), "")
        self.login(self.user)
        self.assertEqual(self.get(f"{self.path}/request/{theirs.id}")[1], self.path)
        self.assertEqual(
            self.get(f"/my/subscriptions/{other.id}/request/{theirs.id}")[1], "/my/subscriptions"
        )  # fmt: skip

    # === WHAT IS SHOWN === #
    def test_the_list_has_prices_with_tax_and_what_is_open(self):
        self.login(self.user)
        page = self.get("/my/subscriptions")[0]
        self.assertIn("monthly", page)
        self.assertIn("120.00", page)
        self.assertIn("360.00", page.split('name="amount_due"')[1][:300])

    def test_what_somebody_else_owes_is_not_shown(self):
        self.contract.invoice_partner_id = self.stranger
        self.login(self.user)
        self.assertNotIn("360.00", self.get("/my/subscriptions")[0])

    def test_lines_are_said_in_words_without_the_internal_code(self):
        self.contract.user_id = self.env.user
        self.env.user.partner_id.phone = "+90 212 000 00 00"
        self.set_today(date(2026, 3, 11))
        self.login(self.user)
        page = self.get(self.path)[0]
        self.assertNotIn("NET-1000", page)
        for text in ("monthly, in advance", "120.00", "Incl. tax", "Due on", "Late", "+90 212 000 00 00"):
            self.assertIn(text, page)

    def test_lines_that_are_billed_together_are_one_row_of_the_plan(self):
        contract = self.make_contract([{}, {"price_unit": 50.0}])
        first = contract._get_portal_periods()[0]
        self.assertEqual((first["date_from"], first["untaxed"], first["taxed"]), (date(2026, 1, 1), 150.0, 180.0))
        self.assertEqual(len({row["date_invoice"] for row in contract._get_portal_periods()}), 12)

    def test_of_a_card_only_the_last_digits_are_shown(self):
        token = self.make_token(self.customer, "4111111111111234")
        self.contract.payment_token_id = token
        self.login(self.user)
        page = self.get(self.path)[0]
        self.assertIn("•••• 1234", page)
        self.assertNotIn("11111234", page)

    def test_somebody_elses_card_is_not_shown(self):
        self.contract.invoice_partner_id = self.stranger
        self.contract.payment_token_id = self.make_token(self.stranger, "9876")
        self.login(self.user)
        self.assertNotIn("9876", self.get(self.path)[0])

    def make_token(self, partner, details):
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": self.card.id,
            "partner_id": partner.id,
            "provider_ref": "x",
            "payment_details": details,
        }
        return self.env["payment.token"].sudo().create(values)


@tagged("post_install", "-at_install")
class TestDistanceTerms(PortalCommon, HttpCase):
    """Terms of distance sales are agreed to before paying, and a purchase is thanked for."""

    def setUp(self):
        super().setUp()
        self.company.write({"subscription_terms_text": "Fourteen days", "subscription_terms_url": "https://x.example"})
        self.login(self.user)
        self.path = f"/my/packages/{self.credit.id}"

    def tick(self, **values):
        token = self.get("/my/packages")[0].split('csrf_token: "')[1].split('"')[0]
        return self.url_open(self.path, data={"terms": "1", **values, "csrf_token": token}).text

    def get_access(self, page):
        return page.split('data-access-token="')[1].split('"')[0]

    def test_nobody_pays_without_the_tick(self):
        for page in (self.get(self.path)[0], self.get(f"{self.path}?terms=1")[0], self.tick(terms="0")):
            self.assertIn("Fourteen days", page)
            self.assertIn("https://x.example", page)
            self.assertNotIn("data-access-token", page)

    def test_what_was_agreed_to_is_kept_with_the_payment(self):
        values = self.start_payment(self.credit, self.get_access(self.tick()))
        tx = self.get_tx(values["reference"])
        self.assertEqual(tx.subscription_terms, "Fourteen days\nhttps://x.example")

    def test_terms_that_changed_since_are_agreed_to_anew(self):
        access = self.get_access(self.tick())
        self.company.subscription_terms_text = "Seven days"
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self.start_payment(self.credit, access)

    def test_a_page_from_before_the_terms_does_not_pay(self):
        self.company.write({"subscription_terms_text": False, "subscription_terms_url": False})
        access = self.get_token(self.credit)
        self.company.subscription_terms_text = "Fourteen days"
        with mute_logger("odoo.http"), self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self.start_payment(self.credit, access)

    def test_the_link_is_a_page(self):
        with self.assertRaisesRegex(ValidationError, "https"):
            self.company.subscription_terms_url = "javascript:alert(1)"

    def test_a_purchase_is_thanked_for(self):
        self.assertEqual(self.get("/my/packages/thanks")[1], "/my/packages")
        values = self.start_payment(self.credit, self.get_access(self.tick()))
        self.assertEqual(self.get("/my/packages/thanks")[1], "/my/packages")
        self.simulate(values["reference"])
        self.make_jsonrpc_request("/payment/status/poll", {})
        page, url = self.get("/my/packages/thanks")
        self.assertEqual(url, "/my/packages/thanks")
        self.assertIn(self.get_tx(values["reference"]).subscription_entitlement_ids.invoice_id.name, page)
        self.login(self.rival)
        self.assertEqual(self.get("/my/packages/thanks")[1], "/my/packages")
