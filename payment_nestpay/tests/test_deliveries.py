from odoo.tests import tagged
from odoo.tools import mute_logger

from ..const import CALLBACK_ROUTE, RETURN_ROUTE
from .nestpay_common import NestpayHttpCommon

LOGGER = "odoo.addons.payment_nestpay.controllers.main"
TAKEN = (200, "Approved")
ON = (303, "/payment/status")


@tagged("post_install", "-at_install")
class TestDeliveries(NestpayHttpCommon):
    """What comes from the bank, through the browser and by itself, in every order."""

    def setUp(self):
        super().setUp()
        self.tx = self.make_tx()

    def assert_refused(self, report, state="draft", reason=None):
        """Both doors are shut, nothing changes, and the log tells without telling too much."""
        for deliver, status in ((self.come_back, 403), (self.call_back, 403)):
            with self.assertLogs(LOGGER, "WARNING") as logs:
                self.assertEqual(deliver(report)[0], status)
            if reason:
                self.assertIn(f"({reason})", logs.output[0])
            self.assertNotIn("454671", logs.output[0])
        self.assertEqual(self.tx.state, state)

    # === Approved === #

    def test_approved_by_the_browser(self):
        self.assertEqual(self.come_back(self.decide(self.tx)), ON)
        self.assertEqual(self.tx.state, "done")

    def test_approved_by_the_bank_itself(self):
        self.assertEqual(self.call_back(self.decide(self.tx)), TAKEN)
        self.assertEqual(self.tx.state, "done")

    def test_the_receipt_is_kept(self):
        self.env.ref("payment.payment_method_visa").active = True
        report = self.decide(self.tx)
        self.come_back(report)
        self.assertEqual(self.tx.provider_reference, report["TransId"])
        self.assertEqual(self.tx.payment_method_id.code, "visa")

    def test_every_order_of_deliveries_settles_once(self):
        for deliveries in ("bc", "cb", "bbcc", "cccb"):
            tx = self.make_tx(reference=f"S1-{deliveries}")
            report = self.decide(tx)
            changes = []
            for number, delivery in enumerate(deliveries):
                answer = self.come_back(report) if delivery == "b" else self.call_back(report)
                self.assertEqual(answer, ON if delivery == "b" else TAKEN, f"{deliveries}, {number}")
                self.assertEqual(tx.state, "done")
                changes.append(tx.last_state_change)
                tx.is_post_processed = True  # what follows a payment has been done; it must not be asked for again
            self.assertEqual(len(set(changes)), 1)
            self.assertTrue(tx.is_post_processed)

    def test_the_address_that_is_called_says_nothing(self):
        """A decline that comes to the address for success is a decline."""
        self.come_back(self.decide(self.tx, "decline"))
        self.assertEqual(self.tx.state, "error")

    def test_parameters_of_the_address_are_not_read(self):
        report = self.decide(self.tx, "decline")
        answer = self.url_open(f"{RETURN_ROUTE}?Response=Approved&ProcReturnCode=00&oid=x", data=report)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.tx.state, "error")

    def test_a_report_in_the_address_alone_is_refused(self):
        report = self.decide(self.tx)
        query = "&".join(f"{name}={value}" for name, value in report.items() if value.isalnum())
        with mute_logger(LOGGER):
            self.assertEqual(self.url_open(f"{CALLBACK_ROUTE}?{query}", data={"x": "1"}).status_code, 403)
        self.assertEqual(self.tx.state, "draft")

    def test_nobody_comes_by_get(self):
        for route in (RETURN_ROUTE, CALLBACK_ROUTE):
            with mute_logger("odoo.http"):
                self.assertEqual(self.url_open(f"{route}?oid={self.tx.reference}").status_code, 405)

    # === Not believed === #

    def test_an_unsigned_or_wrongly_signed_report_is_refused(self):
        report = self.decide(self.tx)
        self.assert_refused({name: value for name, value in report.items() if name != "HASH"}, reason="no_signature")
        self.assert_refused({**report, "HASH": "İçğ"}, reason="signature")
        self.assert_refused(self.decide(self.tx, "wrong_hash"), reason="signature")

    def test_a_changed_report_is_refused(self):
        report = self.decide(self.tx, "decline")
        for changes in ({"Response": "Approved"}, {"ProcReturnCode": "00"}, {"amount": "0.01"}, {"new": "1"}):
            self.assert_refused({**report, **changes}, reason="signature")

    def test_a_name_that_comes_twice_is_refused(self):
        report = list(self.decide(self.tx).items())
        self.assert_refused([*report, ("amount", "91.96")], reason="duplicate")
        self.assert_refused([*report, ("RESPONSE", "Declined")], reason="duplicate")

    def test_a_lower_version_is_refused(self):
        report = self.decide(self.tx)
        for version in ("ver1", "ver2", ""):
            forged = self.change(report, hashAlgorithm=version, HASHPARAMS="clientid:oid:rnd:")
            self.assert_refused(forged, reason="version")

    def test_another_merchant_order_or_attempt_is_refused(self):
        report = self.decide(self.tx)
        for reason, name in (("clientid", "clientid"), ("rnd", "rnd"), ("returnoid", "ReturnOid")):
            self.assert_refused(self.change(report, **{name: "other"}), reason=reason)

    def test_the_report_of_another_order_says_nothing_of_this(self):
        other = self.make_tx(reference="S00099")
        report = self.decide(other)
        self.assert_refused({**report, "oid": self.tx.reference}, reason="signature")
        self.assert_refused(self.change(report, oid=self.tx.reference), reason="returnoid")
        self.assertEqual(other.state, "draft")

    def test_an_unknown_order_changes_nothing_and_learns_nothing(self):
        report = self.change(self.decide(self.tx), oid="S77777", ReturnOid="S77777")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self.assertEqual(self.come_back(report), ON)
            self.assertEqual(self.call_back(report), (200, ""))
        self.assertEqual(self.tx.state, "draft")

    def test_an_order_of_another_provider_is_none_of_ours(self):
        tx = self._create_transaction("redirect", provider_id=self.dummy_provider.id, reference="D1")
        with mute_logger("odoo.addons.payment.models.payment_transaction"):
            self.assertEqual(self.call_back(self.change(self.decide(self.tx), oid="D1", ReturnOid="D1")), (200, ""))
        self.assertEqual(tx.state, "draft")

    def test_the_customer_gets_a_page_that_repeats_nothing(self):
        with mute_logger(LOGGER):
            answer = self.url_open(RETURN_ROUTE, data={**self.decide(self.tx), "HASH": "x", "ErrMsg": "<b>marked</b>"})
        self.assertEqual(answer.status_code, 403)
        self.assertIn("could not verify", answer.text)
        self.assertNotIn("marked", answer.text)

    # === Amount and currency, at every delivery === #

    def test_another_amount_or_currency_is_never_confirmed_however_often_it_comes(self):
        """Odoo's own comparison lets the second delivery through."""
        for number, changes in enumerate(({"amount": "1.00"}, {"currency": "840"}, {"taksit": "12"})):
            tx = self.make_tx(reference=f"S2-{number}")
            report = self.change(self.decide(tx), **changes)
            for delivery in (self.come_back, self.call_back, self.come_back, self.call_back):
                delivery(report)
                self.assertEqual(tx.state, "pending")
            self.assertIn("not those that were asked for", tx.nestpay_alert)
            self.assertTrue(tx.nestpay_void_due)

    def test_the_amount_is_compared_again_after_an_error(self):
        self.come_back(self.decide(self.tx, "decline"))
        for _delivery in range(2):
            self.call_back(self.change(self.decide(self.tx), amount="1.00"))
            self.assertEqual(self.tx.state, "pending")

    # === 3-D Secure === #

    def test_half_secure_is_neither_confirmed_nor_called_an_error(self):
        report = self.decide(self.tx, "half_secure")
        for deliver in (self.come_back, self.call_back, self.come_back):
            deliver(report)
            self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", True))
        self.assertIn("card owner was not asked", self.tx.nestpay_alert)

    def test_half_secure_is_confirmed_where_the_merchant_says_so(self):
        self.provider.nestpay_accept_half_secure = True
        self.come_back(self.decide(self.tx, "half_secure"))
        self.assertEqual(self.tx.state, "done")

    def test_money_that_was_not_accepted_waits_for_staff_where_the_merchant_says_so(self):
        self.provider.nestpay_void_refused = False
        self.come_back(self.decide(self.tx, "half_secure"))
        self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", False))
        self.assertTrue(self.tx.nestpay_alert)

    def test_a_failed_authentication_charges_nothing(self):
        self.come_back(self.decide(self.tx, "not_confirmed"))
        self.assertEqual(self.tx.state, "error")
        self.assertIn("could not confirm that the card is yours", self.tx.state_message)

    def test_a_fault_of_the_settings_is_told_to_staff(self):
        for status in ("5", "6", "7", "8"):
            tx = self.make_tx(reference=f"S3-{status}")
            request = self.bank.orders[tx.reference].request
            self.come_back(self.bank.report(request, {"mdStatus": status, "ErrorCode": "3D-1004", "ErrMsg": "<i>"}))
            self.assertEqual(tx.state, "error")
            self.assertIn("3D-1004", tx.nestpay_alert)
            self.assertNotIn("3D-1004", tx.state_message)

    def test_the_card_owner_alone_is_no_payment(self):
        report = self.change(self.decide(self.tx), Response=None, ProcReturnCode=None)
        self.come_back(report)
        self.assertEqual(self.tx.state, "error")

    # === Declined, and what comes after === #

    def test_the_words_of_the_bank_are_not_shown(self):
        report = self.change(self.decide(self.tx, "decline"), ErrMsg="<script>alert(1)</script>")
        self.assertEqual(self.come_back(report), ON)
        self.assertNotIn("script", self.tx.state_message)
        self.assertIn("not been charged", self.tx.state_message)

    def test_an_approval_after_an_error_counts(self):
        self.come_back(self.decide(self.tx, "decline"))
        self.assertEqual(self.tx.state, "error")
        self.assertEqual(self.call_back(self.decide(self.tx)), TAKEN)
        self.assertEqual(self.tx.state, "done")

    def test_an_approval_after_a_cancellation_counts(self):
        self.tx._set_canceled()
        self.come_back(self.decide(self.tx))
        self.assertEqual(self.tx.state, "done")

    def test_money_not_accepted_after_a_cancellation_is_not_forgotten(self):
        self.tx._set_canceled()
        self.come_back(self.decide(self.tx, "half_secure"))
        self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("pending", True))

    def test_a_failure_after_the_payment_undoes_nothing(self):
        self.come_back(self.decide(self.tx))
        for outcome in ("decline", "cancel", "not_confirmed"):
            self.assertEqual(self.call_back(self.decide(self.tx, outcome)), TAKEN)
            self.assertEqual(self.tx.state, "done")

    def test_money_not_accepted_after_the_payment_undoes_nothing(self):
        self.come_back(self.decide(self.tx))
        self.come_back(self.change(self.decide(self.tx), amount="1.00"))
        self.assertEqual((self.tx.state, self.tx.nestpay_void_due), ("done", False))

    def test_a_replay_after_the_payment_changes_nothing(self):
        report = self.decide(self.tx)
        self.come_back(report)
        before = self.tx.read(["state", "last_state_change", "provider_reference", "write_date"])
        self.come_back(report)
        self.env.invalidate_all()
        self.assertEqual(self.tx.read(["state", "last_state_change", "provider_reference", "write_date"]), before)

    def test_a_second_payment_of_the_same_order_is_told_to_staff(self):
        self.come_back(self.decide(self.tx))
        first = self.tx.provider_reference
        self.call_back(self.decide(self.tx))
        self.assertEqual((self.tx.state, self.tx.provider_reference), ("done", first))
        self.assertIn("second payment", self.tx.nestpay_alert)

    def test_a_transaction_of_the_bank_pays_one_order_only(self):
        other = self.make_tx(reference="S4")
        report = self.decide(other)
        self.come_back(report)
        self.come_back(self.change(self.decide(self.tx), TransId=report["TransId"]))
        self.assertEqual(self.tx.state, "draft")
        self.assertIn("belongs to another payment", self.tx.nestpay_alert)

    def test_an_approval_without_a_transaction_number_is_not_booked(self):
        self.come_back(self.change(self.decide(self.tx), TransId=""))
        self.assertEqual(self.tx.state, "draft")
        self.assertTrue(self.tx.nestpay_alert)

    # === Version 2 === #

    def test_our_own_card_form_is_confirmed_by_the_books_alone(self):
        self.bank.store_type = self.provider.nestpay_store_type = "3D_PAY"
        tx = self.make_tx(reference="S5")
        report = self.decide(tx)
        self.assertEqual(self.come_back(report), ON)
        self.assertEqual(tx.state, "done")
        self.assertEqual([asked.get("ORDERSTATUS") for asked in self.gateway.asked], ["QUERY"])

    def test_our_own_card_form_does_not_believe_what_the_books_do_not_say(self):
        self.bank.store_type = self.provider.nestpay_store_type = "3D_PAY"
        tx = self.make_tx(reference="S6")
        report = self.decide(tx)
        self.bank.orders[tx.reference].entries[0].kurus = 100
        self.come_back(report)
        self.assertEqual(tx.state, "pending")
        self.assertIn("amount or time is another", tx.nestpay_alert)

    def test_our_own_card_form_waits_when_the_bank_is_silent(self):
        self.bank.store_type = self.provider.nestpay_store_type = "3D_PAY"
        tx = self.make_tx(reference="S7")
        report = self.decide(tx)
        self.gateway.fault = "html"
        self.come_back(report)
        self.assertEqual(tx.state, "pending")
        self.gateway.fault = None
        self.come_back(report)
        self.assertEqual(tx.state, "done")
