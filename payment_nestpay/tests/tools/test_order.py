"""What the bank's answers about an order mean."""

import unittest
from datetime import datetime
from decimal import Decimal

from payment_nestpay.tools.cc5 import Answer
from payment_nestpay.tools.order import Outcome, parse_minor, parse_time, read_history, read_order

FOUND = {"Response": "Approved", "ProcReturnCode": "00"}
PAID = {
    "ORD_ID": "S1",
    "CHARGE_TYPE_CD": "S",
    "TRANS_STAT": "C",
    "ORIG_TRANS_AMT": "101",
    "CAPTURE_AMT": "101",
    "AUTH_DTTM": "2026-04-17 19:28:09.777",
    "TRANS_ID": "T1",
    "MDSTATUS": "1",
}


def order(elements=FOUND, **changes):
    return read_order(Answer(elements, {**PAID, **changes}), "S1")


class TestOrder(unittest.TestCase):
    def test_amounts_are_in_kurus(self):
        self.assertEqual(order().amount, Decimal("1.01"))
        self.assertEqual([parse_minor(text) for text in ("0", "", "1.01", "-1", "²")], [Decimal(0), *[None] * 4])

    def test_every_state_of_a_sale(self):
        for state, outcome in (
            ("C", Outcome.PAID),
            ("S", Outcome.PAID),
            ("A", Outcome.PENDING),
            ("D", Outcome.DECLINED),
            ("V", Outcome.RETURNED),
            ("R", Outcome.PENDING),
            ("PN", Outcome.PENDING),
            ("NW", Outcome.PENDING),
            ("ERR", Outcome.DECLINED),
            ("CNCL", Outcome.RETURNED),
            ("", Outcome.UNCLEAR),
            ("XX", Outcome.UNCLEAR),
        ):
            with self.subTest(state):
                self.assertEqual(order(TRANS_STAT=state).outcome, outcome)

    def test_a_refund_is_no_payment(self):
        for state, outcome in (("C", Outcome.RETURNED), ("S", Outcome.RETURNED), ("PN", Outcome.PENDING)):
            self.assertEqual(order(CHARGE_TYPE_CD="C", TRANS_STAT=state).outcome, outcome)

    def test_an_empty_template_is_no_order(self):
        template = {name: "" for name in PAID}
        template["ORDERSTATUS"] = "ORD_ID:\tCHARGE_TYPE_CD:\tTRANS_STAT:"
        for elements in (FOUND, {"Response": "Declined", "ProcReturnCode": "99"}):
            self.assertEqual(read_order(Answer(elements, template), "S1").outcome, Outcome.NOT_FOUND)

    def test_an_answer_about_another_order_is_none_about_this(self):
        self.assertEqual(order(ORD_ID="S2").outcome, Outcome.NOT_FOUND)

    def test_data_of_a_refused_query_is_not_believed(self):
        self.assertEqual(order(elements={"Response": "Error", "ProcReturnCode": "99"}).outcome, Outcome.NOT_FOUND)

    def test_the_text_says_what_the_elements_leave_out(self):
        text = "\t".join(f"{name}:{value}" for name, value in PAID.items())
        self.assertEqual(read_order(Answer(FOUND, {"ORDERSTATUS": text}), "S1"), order())

    def test_times(self):
        self.assertEqual(order().time, datetime(2026, 4, 17, 19, 28, 9))
        self.assertIsNone(parse_time("today"))


def row(kind="S", state="C", amount="1000", code="00", trans_id="T1"):
    return "\t".join((kind, state, amount, amount, "", "", "", "", "", code, trans_id))


def history(*rows):
    return read_history(Answer(FOUND, {"TRXCOUNT": str(len(rows)), **{f"TRX{n}": r for n, r in enumerate(rows, 1)}}))


class TestHistory(unittest.TestCase):
    def test_a_payment(self):
        found = history(row(), row(state="D", code="05"))
        self.assertEqual((found.sale.trans_id, found.sale.amount, found.returned), ("T1", 10, 0))

    def test_partial_refunds_add_up(self):
        found = history(row(), *(row("C", "C", "300", trans_id=f"R{n}") for n in range(12)))
        self.assertEqual((len(found.steps), found.returned), (13, 36))

    def test_a_refused_or_voided_refund_returned_nothing(self):
        found = history(row(), row("C", "D", "300", "99"), row("C", "C", "300", "99"), row("C", "V", "300"))
        self.assertEqual(found.returned, 0)

    def test_a_voided_payment_returned_everything(self):
        self.assertEqual(history(row(state="V")).returned, 10)

    def test_nothing(self):
        found = history("", "S\tC")
        self.assertEqual((found.steps, found.sale, found.returned), ((), None, 0))


if __name__ == "__main__":
    unittest.main()
