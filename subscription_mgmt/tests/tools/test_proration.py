import unittest
from datetime import date, timedelta
from decimal import Decimal

from cases import case, until
from hypothesis import given
from hypothesis import strategies as st

from subscription_mgmt.tools.proration import days_in, prorate, rounded, split

amounts = st.decimals(-100000, 100000, places=2)


@st.composite
def wholes(draw):
    start = draw(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
    return start, start + timedelta(days=draw(st.integers(0, 800)))


@st.composite
def cut_wholes(draw):
    whole = draw(wholes())
    days = draw(st.sets(st.integers(1, 800), max_size=6))
    return whole, sorted(whole[0] + timedelta(days=n) for n in days if whole[0] + timedelta(days=n) <= whole[1])


class TestProrationCases(unittest.TestCase):
    """(case, price, used, whole, amount): the end dates of the cases are exclusive, ours are included."""

    def check(self, case_id, price, used, whole, amount):
        case(case_id)  # the case is part of the shared set
        self.assertEqual(prorate(Decimal(price), until(*used), until(*whole)), Decimal(amount), case_id)

    def test_charges(self):
        self.check("LP-03", "1188.00", ("2023-11-19", "2024-07-19"), ("2023-07-19", "2024-07-19"), "788.75")
        self.check("LP-07", "249.95", ("2016-02-01", "2016-02-15"), ("2016-02-01", "2016-03-01"), "120.67")
        self.check("CH-02", "69.95", ("2012-05-12", "2012-08-01"), ("2012-05-01", "2012-08-01"), "61.59")
        self.check("CH-04", "5999.95", ("2015-03-15", "2016-03-01"), ("2015-03-01", "2016-03-01"), "5770.44")
        self.check("CH-08", "249.95", ("2016-05-01", "2016-05-15"), ("2016-04-15", "2016-05-15"), "116.64")
        self.check("CH-10", "1999.95", ("2016-07-01", "2016-07-04"), ("2016-06-04", "2016-07-04"), "200.00")
        self.check("CH-12", "29.95", ("2018-08-15", "2018-08-21"), ("2018-07-21", "2018-08-21"), "5.80")
        self.check("CH-20", "1000.00", ("2018-01-24", "2018-01-25"), ("2017-12-25", "2018-01-25"), "32.26")
        self.check("CA-03", "900.00", ("2023-08-11", "2023-08-15"), ("2023-08-11", "2023-09-11"), "116.13")

    def test_credits_use_the_same_rule(self):
        self.check("CH-02", "-29.95", ("2012-05-12", "2012-06-01"), ("2012-05-01", "2012-06-01"), "-19.32")
        self.check("CH-04", "-2399.95", ("2015-03-15", "2016-01-01"), ("2015-01-01", "2016-01-01"), "-1919.96")
        self.check("CH-20", "-10000", ("2018-01-24", "2018-07-27"), ("2017-07-27", "2018-07-27"), "-5041.10")
        self.check("CA-01", "-2399.95", ("2013-09-17", "2014-08-18"), ("2013-08-18", "2014-08-18"), "-2202.69")
        self.check("CA-09", "50.00", ("2023-02-09", "2023-03-08"), ("2023-02-08", "2023-03-08"), "48.21")
        self.check("PA-01", "-2399.95", ("2012-05-12", "2013-05-01"), ("2012-05-01", "2013-05-01"), "-2327.62")
        self.check("PA-05", "-249.95", ("2012-03-05", "2012-04-02"), ("2012-03-02", "2012-04-02"), "-225.76")
        self.check("DU-03", "-249.95", ("2012-07-10", "2012-07-20"), ("2012-07-01", "2012-08-01"), "-80.63")

    def test_pr13_quarter_of_91_days(self):
        _inputs, expected = case("PR-13")
        used = (date(2024, 5, 20), date(2024, 6, 20))
        fee = prorate(Decimal(910), used, until("2024-04-15", "2024-07-15"))
        self.assertEqual(int(fee * 100), expected["fee_cents"])

    def test_pr15_net_and_tax_are_rounded_apart(self):
        _inputs, expected = case("PR-15")
        net = prorate(Decimal("15.00"), (date(2024, 3, 8), date(2024, 3, 31)), (date(2024, 3, 1), date(2024, 3, 31)))
        self.assertEqual(int(net * 100), expected["net_cents"])
        self.assertEqual(int((net + rounded(net * 25 / 100)) * 100), expected["credit_total_cents"])

    def test_half_a_cent_rounds_away_from_zero(self):
        two_days, one_day = (date(2026, 1, 1), date(2026, 1, 2)), (date(2026, 1, 1), date(2026, 1, 1))
        self.assertEqual(prorate(Decimal("0.01"), one_day, two_days), Decimal("0.01"))
        self.assertEqual(prorate(Decimal("-0.01"), one_day, two_days), Decimal("-0.01"))
        self.assertEqual(prorate(Decimal("0.001"), one_day, two_days, 3), Decimal("0.001"))


class TestProrationProperties(unittest.TestCase):
    @given(amounts, cut_wholes())
    def test_parts_sum_to_the_whole(self, amount, cut_whole):
        parts = split(amount, *cut_whole)
        self.assertEqual(len(parts), len(cut_whole[1]) + 1)
        self.assertEqual(sum(parts), rounded(amount))

    @given(amounts, cut_wholes())
    def test_parts_are_within_a_cent_of_their_proration(self, amount, cut_whole):
        whole, cuts = cut_whole
        edges = [whole[0], *cuts, whole[1] + timedelta(days=1)]
        for part, start, stop in zip(split(amount, whole, cuts), edges, edges[1:], strict=False):
            alone = prorate(amount, (start, stop - timedelta(days=1)), whole)
            self.assertLessEqual(abs(part - alone), Decimal("0.01"))

    @given(amounts, wholes())
    def test_the_whole_costs_the_whole(self, amount, whole):
        self.assertEqual(prorate(amount, whole, whole), rounded(amount))

    @given(amounts, cut_wholes())
    def test_a_credit_is_a_charge_with_the_other_sign(self, amount, cut_whole):
        whole, cuts = cut_whole
        used = (cuts[0], whole[1]) if cuts else whole
        self.assertEqual(prorate(-amount, used, whole), -prorate(amount, used, whole))


class TestProrationRefusals(unittest.TestCase):
    def test_days_outside_the_period(self):
        january = (date(2026, 1, 1), date(2026, 1, 31))
        for used in ((date(2025, 12, 31), date(2026, 1, 5)), (date(2026, 1, 5), date(2026, 2, 1))):
            with self.assertRaisesRegex(ValueError, "not all inside"):
                prorate(Decimal(1), used, january)

    def test_end_before_start(self):
        with self.assertRaisesRegex(ValueError, "before it starts"):
            days_in((date(2026, 1, 2), date(2026, 1, 1)))

    def test_cuts_must_rise_inside_the_period(self):
        january = (date(2026, 1, 1), date(2026, 1, 31))
        for cuts in ([date(2026, 1, 1)], [date(2026, 2, 1)], [date(2026, 1, 9), date(2026, 1, 9)]):
            with self.assertRaisesRegex(ValueError, "cuts must rise"):
                split(Decimal(1), january, cuts)
