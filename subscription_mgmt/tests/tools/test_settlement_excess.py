"""What accounting gives back, or lowers, of a row of which we gave days back before."""

from decimal import Decimal

from settlement_case import SettlementCase, billed, credit, terms

GIVEN = credit("2026-01-11", "2026-01-31", "-67.74")


class TestExcess(SettlementCase):
    """No more is given back than was charged, whoever gives it back and in whatever order."""

    closed = staticmethod(lambda: terms(end="2026-01-10"))

    def test_what_we_gave_of_a_row_that_is_cancelled_then_is_charged_again(self):
        row = billed("2026-01-01", "2026-01-31", returned=100)
        self.assertEqual(self.corrections(self.closed(), row, credits=[GIVEN]), ["01-01..01-31 67.74"])

    def test_it_is_charged_again_once(self):
        row, ours = billed("2026-01-01", "2026-01-31", returned=100), [GIVEN, credit("2026-01-01", "2026-01-31", 67.74)]
        self.assertEqual(self.corrections(self.closed(), row, credits=ours), [])
        self.assertEqual(self.corrections(terms(), row, credits=ours), [], "nor with days that are served again")

    def test_only_as_much_as_both_gave_too_much(self):
        row = billed("2026-01-01", "2026-01-31", returned=50)
        self.assertEqual(self.corrections(self.closed(), row, credits=[GIVEN]), ["01-01..01-31 17.74"])

    def test_of_a_lowered_invoice_its_own_share_stays(self):
        row = billed("2026-01-01", "2026-01-31", charged=20)
        self.assertEqual(self.corrections(self.closed(), row, credits=[GIVEN]), ["01-01..01-31 54.19"], "to 6.45")

    def test_days_that_are_served_again_later_cost_what_is_left_to_charge_again(self):
        row = billed("2026-01-01", "2026-01-31", returned=50)
        ours = [GIVEN, credit("2026-01-01", "2026-01-31", "17.74")]
        self.assertEqual(self.corrections(self.closed(), row, credits=ours), [])
        self.assertEqual(self.corrections(terms(), row, credits=ours), ["01-11..01-31 50.00"])

    def test_what_accounting_takes_back_of_it_is_not_charged_once_more(self):
        row = billed("2026-01-01", "2026-01-31", returned=100)
        ours = [GIVEN, credit("2026-01-01", "2026-01-31", "67.74", undone=Decimal("67.74"))]
        self.assertEqual(self.corrections(self.closed(), row, credits=ours), [])

    def test_an_invoice_that_stands_again_gives_its_days_back_again(self):
        row, ours = billed("2026-01-01", "2026-01-31"), [GIVEN, credit("2026-01-01", "2026-01-31", "67.74")]
        self.assertEqual(self.corrections(self.closed(), row, credits=ours), ["01-11..01-31 -67.74"])

    def test_without_proration_only_what_is_below_nothing(self):
        row = billed("2026-01-01", "2026-01-31", returned=100, prorate=False)
        self.assertEqual(self.corrections(terms(prorate=False), row, credits=[GIVEN]), ["01-01..01-31 67.74"])
