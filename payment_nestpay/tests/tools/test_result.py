"""Every row of the decision: which reports are believed, and what they mean."""

import unittest
from dataclasses import replace
from decimal import Decimal

from attempts import ATTEMPT, KEY, signed, vectors

from payment_nestpay.tools.result import HALF_SECURE, Attempt, Refused, Report, Verdict, judge, parse_amount, verify


def decide(attempt=ATTEMPT, key=KEY, **changes):
    report = Report(signed(**changes))
    verify(report, attempt, key)
    return judge(report, attempt)


class TestVerify(unittest.TestCase):
    def refused(self, reason, pairs, attempt=ATTEMPT, key=KEY):
        with self.assertRaises(Refused) as caught:
            verify(Report(pairs), attempt, key)
        self.assertEqual(caught.exception.args, (reason,))

    def test_a_true_report_is_believed_whatever_the_case_of_its_names(self):
        for name in ("HASH", "hash", "Hash"):
            verify(Report(signed(name=name)), ATTEMPT, KEY)

    def test_recorded_results_of_a_bank_are_believed(self):
        for vector in vectors("ver3"):
            fields = vector["params"]
            if vector["direction"] != "response" or "amount" not in fields:
                continue
            attempt = Attempt(
                fields["clientid"],
                fields["oid"],
                fields["rnd"],
                fields["storetype"],
                "ver3",
                Decimal(fields["amount"]),
                fields["currency"],
            )
            report = Report({**fields, "HASH": vector["expected"]}.items() if "HASH" not in fields else fields.items())
            with self.subTest(vector["id"]):
                verify(report, attempt, vector["store_key"])
                if fields.get("mdStatus") == "1" and fields.get("ProcReturnCode") == "00":
                    self.assertEqual(judge(report, attempt), Verdict.APPROVED)
                else:
                    self.assertNotEqual(judge(report, attempt), Verdict.APPROVED)

    def test_versions_1_and_2_are_refused(self):
        for vector in vectors("ver1") + vectors("ver2"):
            fields = vector["params"]
            attempt = replace(ATTEMPT, merchant=fields["clientid"], reference=fields["oid"][:64], rnd=fields["rnd"])
            pairs = [(name, value) for name, value in fields.items() if name.lower() != "hash"]
            for claimed in ("", vector["algorithm"], "ver3"):
                with self.subTest(vector["id"], claimed=claimed), self.assertRaises(Refused) as caught:
                    report = Report([*pairs, ("HASH", vector["expected"]), ("hashAlgorithm", claimed)])
                    verify(report, attempt, vector["store_key"])
                self.assertEqual(caught.exception.args, ("signature" if claimed == "ver3" else "version",))

    def test_a_signature_of_a_lower_version_is_refused_though_it_is_right(self):
        pairs = signed(hashAlgorithm="ver2", HASHPARAMS="clientid|oid|AuthCode|ProcReturnCode|Response|rnd")
        verify(Report(pairs), replace(ATTEMPT, version="ver2"), KEY)
        self.refused("version", pairs)

    def test_no_signature_is_refused(self):
        for pairs in (signed()[:-1], [*signed()[:-1], ("HASH", "")]):
            self.refused("no_signature", pairs)

    def test_a_wrong_signature_is_refused(self):
        for posted in ("x", "İğü", "=" * 88):
            self.refused("signature", [*signed()[:-1], ("HASH", posted)])
        self.refused("signature", signed(), key="other")

    def test_every_changed_field_is_refused(self):
        pairs = signed()
        for number, (name, _value) in enumerate(pairs[:-1]):
            changed = [*pairs[:number], (name, "other"), *pairs[number + 1 :]]
            with self.subTest(name), self.assertRaises(Refused):
                verify(Report(changed), ATTEMPT, KEY)

    def test_a_field_more_or_less_is_refused(self):
        self.refused("signature", [*signed(), ("note", "1")])
        self.refused("signature", signed()[1:])

    def test_names_that_come_twice_are_refused(self):
        for name, value in (("amount", "91.96"), ("AMOUNT", "0.01"), ("hash", "x"), ("oid", "other")):
            self.refused("duplicate", [*signed(), (name, value)])

    def test_a_flood_of_fields_is_refused(self):
        self.refused("too_long", [*signed(), *((f"f{n}", "") for n in range(200))])

    def test_without_a_reference_nothing_is_looked_for(self):
        for oid in (None, "", "x" * 65):
            self.refused("no_reference", signed(oid=oid))

    def test_another_merchant_order_attempt_or_store_type_is_refused(self):
        for reason, changes in (
            ("clientid", {"clientid": "190100001"}),
            ("oid", {"oid": "S00043-1", "ReturnOid": None}),
            ("returnoid", {"ReturnOid": "S00043-1"}),
            ("rnd", {"rnd": "9123456789abcdefghij"}),
            ("storetype", {"storetype": "3D_PAY"}),
        ):
            with self.subTest(reason):
                self.refused(reason, signed(**changes))

    def test_the_gateway_may_write_the_store_type_in_small_letters(self):
        verify(Report(signed(storetype="3d_pay_hosting", hashAlgorithm="ver3")), ATTEMPT, KEY)

    def test_a_report_without_returnoid_is_believed(self):
        verify(Report(signed(ReturnOid=None)), ATTEMPT, KEY)

    def test_the_log_gets_nothing_of_the_card(self):
        logged = Report(signed(md="secret", cavv="secret", pan="4111111111111111", ErrMsg="x" * 500)).as_logged()
        self.assertEqual(set(logged), {"oid", "response", "procreturncode", "mdstatus", "transid"})


class TestJudge(unittest.TestCase):
    def test_approved(self):
        self.assertEqual(decide(), Verdict.APPROVED)

    def test_half_secure_is_money_taken_and_not_accepted(self):
        for status in ("2", "3", "4", "5", "6", "7", "8", "0", "9", "", None):
            with self.subTest(status):
                self.assertEqual(decide(mdStatus=status), Verdict.NOT_SECURED)

    def test_half_secure_is_accepted_where_the_merchant_says_so(self):
        generous = replace(ATTEMPT, accepted=ATTEMPT.accepted | HALF_SECURE)
        for status, verdict in (("1", Verdict.APPROVED), ("4", Verdict.APPROVED), ("5", Verdict.NOT_SECURED)):
            self.assertEqual(decide(generous, mdStatus=status), verdict)

    def test_both_signs_of_an_approval_are_needed(self):
        for changes in (
            {"Response": "Approved", "ProcReturnCode": "99"},
            {"Response": "Declined", "ProcReturnCode": "00"},
            {"Response": "approved"},
            {"ProcReturnCode": "0"},
            {"Response": None},
            {"ProcReturnCode": None},
            {"Response": None, "ProcReturnCode": None},
        ):
            with self.subTest(changes):
                self.assertEqual(decide(**changes), Verdict.DECLINED)

    def test_authenticated_alone_is_no_payment(self):
        """What the store type `3d_host` reports: the card owner was confirmed, nothing was charged."""
        self.assertEqual(decide(mdStatus="1", Response=None, ProcReturnCode=None), Verdict.DECLINED)

    def test_declined(self):
        self.assertEqual(decide(Response="Declined", ProcReturnCode="05"), Verdict.DECLINED)
        self.assertEqual(decide(Response="Error", ProcReturnCode="N7"), Verdict.DECLINED)

    def test_card_owner_not_confirmed(self):
        self.assertEqual(decide(mdStatus="0", Response=None, ProcReturnCode=None), Verdict.NOT_CONFIRMED)

    def test_faults_of_the_settings(self):
        for status in ("5", "6", "7", "8"):
            verdict = decide(mdStatus=status, Response=None, ProcReturnCode=None, ErrMsg="3D-1004")
            self.assertEqual(verdict, Verdict.SETUP_FAULT)

    def test_another_amount_is_money_taken_and_not_as_asked(self):
        for amount in ("91.95", "91.961", "9196", "0", "", "-91.96", "NaN", "Infinity", "9.196E1x", "91,961", None):
            with self.subTest(amount):
                self.assertEqual(decide(amount=amount), Verdict.DIFFERENT)

    def test_the_same_amount_may_be_written_in_another_way(self):
        for amount in ("91.96", "91,96", "91.960"):
            self.assertEqual(decide(amount=amount), Verdict.APPROVED)

    def test_another_currency_is_money_taken_and_not_as_asked(self):
        for currency in ("840", "TRY", "", None, "0949"):
            self.assertEqual(decide(currency=currency), Verdict.DIFFERENT)

    def test_instalments_that_were_not_offered_are_not_as_asked(self):
        offered = replace(ATTEMPT, instalments=frozenset({"", "3", "6"}))
        for instalment, verdict in (("3", Verdict.APPROVED), ("", Verdict.APPROVED), ("9", Verdict.DIFFERENT)):
            self.assertEqual(decide(offered, taksit=instalment), verdict)
        self.assertEqual(decide(taksit="3"), Verdict.DIFFERENT)

    def test_amounts(self):
        self.assertEqual(parse_amount("1,5"), Decimal("1.5"))
        for text in ("", "1.000,00", "x", "NaN", "١"[:0]):
            self.assertIsNone(parse_amount(text))


if __name__ == "__main__":
    unittest.main()
