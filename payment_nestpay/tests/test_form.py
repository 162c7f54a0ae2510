from unittest.mock import patch

from lxml import html

from odoo.http import root as http_root
from odoo.tests import tagged

from ..const import CALLBACK_ROUTE, PAGE_ROUTE, RETURN_ROUTE
from ..tools.signature import sign_request
from .nestpay_common import MERCHANT, STORE_KEY, NestpayHttpCommon


@tagged("post_install", "-at_install")
class TestForm(NestpayHttpCommon):
    """What the customer's browser takes to the bank."""

    def render(self, tx):
        """Action, method and inputs of the form that the browser submits."""
        return self._extract_values_from_html_form(tx._get_processing_values()["redirect_form_html"])

    def test_the_form_is_what_the_gateway_asks_for_and_nothing_more(self):
        tx = self._create_transaction("redirect")
        form = self.render(tx)
        inputs = form["inputs"]
        base = self.provider.get_base_url()
        self.assertEqual((form["action"], form["method"]), (f"{self.gateway.url}/est3Dgate", "post"))
        self.assertEqual(
            {name: value for name, value in inputs.items() if name != "hash"},
            {
                "clientid": MERCHANT,
                "storetype": "3D_PAY_HOSTING",
                "TranType": "Auth",
                "amount": "91.96",
                "currency": "949",
                "oid": "S00042-1",
                "okUrl": base + RETURN_ROUTE,
                "failUrl": base + RETURN_ROUTE,
                "callbackUrl": base + CALLBACK_ROUTE,
                "lang": "en",
                "rnd": tx.nestpay_rnd,
                "taksit": "",
                "hashAlgorithm": "ver3",
                "refreshtime": "10",
                "encoding": "utf-8",
            },
        )
        self.assertIsNone(self.bank.check_request(inputs), "the bank finds the signature right")
        self.assertNotIn(STORE_KEY, str(form))

    def test_the_bank_refuses_what_a_customer_changes(self):
        inputs = self.render(self._create_transaction("redirect"))["inputs"]
        for name in ("amount", "currency", "oid", "okUrl", "callbackUrl", "rnd", "taksit"):
            self.assertEqual(self.bank.check_request({**inputs, name: "1"})[1], "3D-1004", name)

    def test_amounts_keep_their_kurus(self):
        for amount, text in ((1111.11, "1111.11"), (5, "5.00"), (0.1, "0.10"), (1234567.89, "1234567.89")):
            tx = self._create_transaction("redirect", amount=amount, reference=f"A{text}")
            self.assertEqual(tx._nestpay_get_form()["inputs"]["amount"], text)

    def test_each_attempt_has_a_random_text_of_its_own(self):
        texts = {self._create_transaction("redirect", reference=f"R{n}").nestpay_rnd for n in range(10)}
        self.assertEqual(len(texts), 10)
        for text in texts:
            self.assertRegex(text, r"^[A-Za-z0-9]{20}$")

    def test_the_language_is_that_of_the_page(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        tx = self._create_transaction("redirect")
        self.assertEqual(tx.with_context(lang="tr_TR")._nestpay_get_form()["inputs"]["lang"], "tr")

    def test_the_server_callback_can_be_left_out(self):
        self.provider.nestpay_server_callback = False
        self.assertNotIn("callbackUrl", self._create_transaction("redirect")._nestpay_get_form()["inputs"])

    def test_references_fit_the_bank(self):
        compute = self.env["payment.transaction"]._compute_reference
        for prefix, reference in (
            ("INV/2026/00001", "INV-2026-00001"),
            ("Sipariş Gü 7", "Siparis-Gu-7"),
            ("R-S00042-1", "R-S00042-1"),
            ("x" * 80, "x" * 50),
        ):
            self.assertEqual(compute("nestpay", prefix=prefix), reference)
        self.assertRegex(compute("nestpay", prefix="ığ/§"), r"^[A-Za-z0-9-]{1,64}$")
        self.assertRegex(compute("nestpay"), r"^[A-Za-z0-9-]{1,64}$")
        self._create_transaction("redirect", reference="INV-2026-00001")
        self.assertEqual(compute("nestpay", prefix="INV/2026/00001"), "INV-2026-00001-1")
        self.assertEqual(compute("none", prefix="INV/2026/2"), "INV/2026/2", "others keep theirs")

    # === The bank is down === #

    def test_the_customer_hears_that_the_bank_is_down_and_can_try_again(self):
        for fault in ("down", "gone"):
            self.gateway.fault = fault
            if fault == "gone":
                self.provider.nestpay_test_gate_url = "http://127.0.0.1:9/fim/est3Dgate"
            tx = self._create_transaction("redirect", reference=f"D-{fault}")
            values = tx._get_processing_values()
            self.assertEqual((values["state"], tx.state), ("error", "error"))
            self.assertIn("cannot be reached at the moment. You have not been charged", values["state_message"])
            self.assertFalse(tx.nestpay_next_check)
        self.gateway.fault = None
        self.provider.nestpay_test_gate_url = f"{self.gateway.url}/est3Dgate"
        again = self._create_transaction("redirect", reference="D-again")
        self.assertEqual(again._get_processing_values()["state"], "draft")

    def test_the_bank_will_be_asked_about_whom_was_sent_there(self):
        tx = self._create_transaction("redirect")
        self.render(tx)
        self.assertTrue(tx.nestpay_next_check)

    # === The page before the bank === #

    def visit(self, tx, query=""):
        """The page as the customer sees it, whose session knows the payment."""
        self.authenticate(None, None)
        self.session["__payment_monitored_tx_id__"] = tx.id
        http_root.session_store.save(self.session)
        self.env.flush_all()
        return self.url_open(f"{PAGE_ROUTE}{query}", allow_redirects=False)

    def get_form(self, answer):
        (form,) = html.fromstring(answer.text).xpath("//div[@name='nestpay_page']//form")
        # All that a browser posts, the button that was pressed too
        inputs = {one.get("name"): one.get("value") or "" for one in form.xpath(".//*[@name]")}
        return form.get("action"), inputs

    def test_instalments_are_chosen_before_the_bank(self):
        self.provider.nestpay_instalments = "3, 6"
        tx = self._create_transaction("redirect")
        self.assertEqual(self.render(tx)["action"], PAGE_ROUTE)
        for query, taksit in (("", ""), ("?instalment=3", "3"), ("?instalment=9", ""), ("?instalment=<b>", "")):
            answer = self.visit(tx, query)
            action, inputs = self.get_form(answer)
            self.assertEqual((action, inputs["taksit"]), (f"{self.gateway.url}/est3Dgate", taksit))
            self.assertIsNone(self.bank.check_request(inputs))
            self.assertNotIn("pan", inputs)
            self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_instalments_come_back_with_the_payment(self):
        self.provider.nestpay_instalments = "3, 6"
        tx = self._create_transaction("redirect")
        self.send(tx, "3")
        self.come_back(self.decide(tx))
        self.assertEqual((tx.state, tx.nestpay_instalment), ("done", "3"))

    def test_our_card_form_posts_to_the_bank_and_signs_no_card(self):
        self.bank.store_type = self.provider.nestpay_store_type = "3D_PAY"
        tx = self._create_transaction("redirect")
        self.assertEqual(self.render(tx)["action"], PAGE_ROUTE)
        answer = self.visit(tx)
        action, inputs = self.get_form(answer)
        self.assertEqual(action, f"{self.gateway.url}/est3Dgate")
        self.assertEqual(inputs["hashAlgorithm"], "ver2")
        card = {"pan": "4111111111111111", "cv2": "123"}
        self.assertLessEqual({*card, "Ecom_Payment_Card_ExpDate_Month", "Ecom_Payment_Card_ExpDate_Year"}, set(inputs))
        self.assertIsNone(self.bank.check_request({**inputs, **card}))
        forms = html.fromstring(answer.text).xpath("//form[.//input[@name='pan']]")
        self.assertEqual([form.get("action") for form in forms], [action], "no form takes a card to us")

    def test_the_page_is_for_an_open_payment_of_the_session(self):
        self.provider.nestpay_instalments = "3"
        tx = self._create_transaction("redirect")
        other = self._create_transaction("redirect", provider_id=self.dummy_provider.id, reference="O1")
        self.assertEqual(self.visit(other).status_code, 303)
        tx._set_done()
        self.assertEqual(self.visit(tx).status_code, 303)
        self.authenticate(None, None)
        self.assertEqual(self.url_open(PAGE_ROUTE, allow_redirects=False).status_code, 303)

    def test_a_signature_is_made_once_for_each_form(self):
        tx = self._create_transaction("redirect")
        with patch("odoo.addons.payment_nestpay.models.form.sign_request", wraps=sign_request) as signing:
            tx._nestpay_get_form()
        self.assertEqual(signing.call_count, 1)
