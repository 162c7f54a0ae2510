"""Rules of billing packages, by example, by property, and by the wallet cases of other systems."""

import json
import unittest
from datetime import date, timedelta
from decimal import Decimal

from cases import DATA, case, day
from hypothesis import given
from hypothesis import strategies as st

from subscription_mgmt.tools import wallet
from subscription_mgmt.tools.wallet import CREDIT, PERIOD, Grant, Held, NotEnoughCredit

TODAY = date(2026, 3, 10)

dates = st.dates(date(2025, 1, 1), date(2027, 12, 31))
grants = st.lists(
    st.builds(
        Grant,
        key=st.integers(),
        left=st.integers(0, 200),
        date_start=dates,
        date_end=st.none() | dates,
    ),
    max_size=8,
).map(lambda found: [Grant(n, g.left, g.date_start, g.date_end) for n, g in enumerate(found)])
kinds = st.sampled_from([CREDIT, PERIOD])


def of(*lefts):
    """Grants without end, the oldest first, with these credits left."""
    return [Grant(n, left) for n, left in enumerate(lefts)]


def after(before, parts):
    """What is left of each grant after these parts were taken."""
    taken = dict(parts)
    return [grant.left - taken.get(grant.key, 0) for grant in before]


class TestSpend(unittest.TestCase):
    def test_earliest_expiry_first_then_oldest(self):
        found = [
            Grant("for ever", 10),
            Grant("old, late", 10, date_end=date(2026, 6, 1)),
            Grant("new, early", 10, date_end=date(2026, 4, 1)),
            Grant("newest, early", 10, date_end=date(2026, 4, 1)),
        ]
        self.assertEqual(
            wallet.spend(found, 32, TODAY),
            [("new, early", 10), ("newest, early", 10), ("old, late", 10), ("for ever", 2)],
        )

    def test_last_day_counts_and_the_next_does_not(self):
        found = [Grant("a", 5, date_end=TODAY)]
        self.assertEqual(wallet.spend(found, 5, TODAY), [("a", 5)])
        with self.assertRaises(NotEnoughCredit):
            wallet.spend(found, 1, TODAY + timedelta(days=1))

    def test_not_before_its_first_day(self):
        with self.assertRaises(NotEnoughCredit):
            wallet.spend([Grant("a", 5, date_start=TODAY + timedelta(days=1))], 1, TODAY)

    def test_nothing_costs_nothing(self):
        self.assertEqual(wallet.spend(of(3), 0, TODAY), [])
        self.assertEqual(wallet.spend([], 0, TODAY), [])

    def test_negative_price_is_refused(self):
        with self.assertRaises(ValueError):
            wallet.spend(of(3), -1, TODAY)

    @given(grants, st.integers(0, 500), dates)
    def test_parts_sum_to_the_price_and_no_grant_goes_below_zero(self, found, amount, on):
        try:
            parts = wallet.spend(found, amount, on)
        except NotEnoughCredit as error:
            self.assertLess(wallet.balance(found, on), amount)
            self.assertEqual((error.needed, error.left), (amount, wallet.balance(found, on)))
            return
        self.assertEqual(sum(taken for _key, taken in parts), amount)
        self.assertTrue(all(taken > 0 for _key, taken in parts))
        self.assertTrue(all(left >= 0 for left in after(found, parts)))
        self.assertTrue(all(found[key].is_usable(on) for key, _taken in parts))

    @given(grants, st.integers(1, 500), dates)
    def test_nothing_that_ends_earlier_is_left_behind(self, found, amount, on):
        try:
            parts = wallet.spend(found, amount, on)
        except NotEnoughCredit:
            return
        left = after(found, parts)
        last = max((found[key].date_end or date.max, key) for key, _taken in parts)
        for grant in found:
            if grant.is_usable(on) and (grant.date_end or date.max, grant.key) < last:
                self.assertEqual(left[grant.key], 0)

    @given(grants, st.integers(0, 100), st.integers(0, 100), dates)
    def test_two_spends_are_as_good_as_one(self, found, first, second, on):
        try:
            whole = after(found, wallet.spend(found, first + second, on))
        except NotEnoughCredit:
            return
        between = after(found, wallet.spend(found, first, on))
        rest = [Grant(g.key, left, g.date_start, g.date_end) for g, left in zip(found, between, strict=True)]
        self.assertEqual(after(rest, wallet.spend(rest, second, on)), whole)


class TestPurchase(unittest.TestCase):
    def test_lim_15_to_18(self):
        until = date(2026, 12, 31)
        for kind, held, on, expected in (
            (CREDIT, [], TODAY, wallet.BUY),
            (PERIOD, [], TODAY, wallet.BUY),
            (CREDIT, [Held(CREDIT)], TODAY, wallet.TOP_UP),
            (PERIOD, [Held(PERIOD, until)], TODAY, wallet.TOO_EARLY),
            (PERIOD, [Held(PERIOD, until)], date(2026, 11, 30), wallet.TOO_EARLY),
            (PERIOD, [Held(PERIOD, until)], date(2026, 12, 1), wallet.RENEW),  # 30 days to go, included
            (PERIOD, [Held(PERIOD, until)], until, wallet.RENEW),
            (PERIOD, [Held(PERIOD, until)], date(2027, 1, 1), wallet.BUY),
            (CREDIT, [Held(PERIOD, until)], TODAY, wallet.SWITCH),
            (PERIOD, [Held(CREDIT)], TODAY, wallet.SWITCH),
            (CREDIT, [Held(PERIOD, until)], date(2027, 1, 1), wallet.BUY),
        ):
            with self.subTest(kind=kind, held=held, on=on):
                self.assertEqual(wallet.judge(kind, held, on), expected)

    def test_the_last_of_several_periods_decides(self):
        held = [Held(PERIOD, date(2026, 3, 31)), Held(PERIOD, date(2026, 4, 30))]
        self.assertEqual(wallet.judge(PERIOD, held, date(2026, 3, 30)), wallet.TOO_EARLY)
        self.assertEqual(wallet.judge(PERIOD, held, date(2026, 3, 31)), wallet.RENEW)

    @given(kinds, st.lists(st.builds(Held, kinds, st.none() | dates), max_size=4), dates)
    def test_never_both_kinds(self, kind, held, on):
        verdict = wallet.judge(kind, held, on)
        present = {one.kind for one in held if one.date_end is None or one.date_end >= on}
        self.assertEqual(verdict == wallet.SWITCH, bool(present - {kind}))
        self.assertEqual(verdict == wallet.BUY, not present)
        self.assertTrue(verdict != wallet.TOP_UP or kind == CREDIT)
        self.assertTrue(verdict not in (wallet.RENEW, wallet.TOO_EARLY) or kind == PERIOD)

    def test_new_period(self):
        self.assertEqual(wallet.new_period(TODAY, 30), (TODAY, date(2026, 4, 8)))
        self.assertEqual(wallet.new_period(TODAY, 1), (TODAY, TODAY))
        self.assertEqual(wallet.new_period(TODAY, 0), (TODAY, None))
        # A renewal begins at the old end; once that is over it is a new purchase.
        self.assertEqual(wallet.new_period(TODAY, 30, date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30)))
        self.assertEqual(wallet.new_period(TODAY, 30, TODAY), (date(2026, 3, 11), date(2026, 4, 9)))
        self.assertEqual(wallet.new_period(TODAY, 30, date(2026, 3, 9)), (TODAY, date(2026, 4, 8)))

    @given(dates, st.integers(1, 400), st.integers(1, 400), st.data())
    def test_renewing_within_the_window_loses_no_day(self, start, first_days, second_days, data):
        first, end = wallet.new_period(start, first_days)
        opens = max(start, wallet.renewal_opens(end))
        bought = data.draw(st.dates(opens, end))
        self.assertEqual(wallet.judge(PERIOD, [Held(PERIOD, end)], bought), wallet.RENEW)
        second, last = wallet.new_period(bought, second_days, end)
        self.assertEqual((last - first).days + 1, first_days + second_days)
        self.assertEqual((second - end).days, 1)

    @given(dates, st.integers(1, 400), dates)
    def test_days_left_are_the_days_to_come(self, start, days, on):
        first, end = wallet.new_period(start, days)
        to_come = sum(1 for n in range(days) if first + timedelta(days=n) >= on)
        self.assertEqual(wallet.days_left(first, end, on), to_come)


class TestRefund(unittest.TestCase):
    def test_all_money_back_takes_all_that_is_unused(self):
        self.assertEqual(wallet.take_back(100, 40, Decimal(120), Decimal(120)), 40)
        self.assertEqual(wallet.take_back(100, 0, Decimal(120), Decimal(120)), 0)

    def test_part_of_the_money_takes_its_part(self):
        self.assertEqual(wallet.take_back(100, 80, Decimal(120), Decimal(30)), 25)
        self.assertEqual(wallet.take_back(100, 10, Decimal(120), Decimal(30)), 10)
        self.assertEqual(wallet.take_back(3, 3, Decimal(10), Decimal(5)), 2)

    @given(st.integers(1, 1000), st.data())
    def test_never_more_than_unused_and_more_for_more_money(self, whole, data):
        unused = data.draw(st.integers(0, whole))
        paid = Decimal(data.draw(st.integers(1, 100000))) / 100
        less, more = sorted(data.draw(st.lists(st.integers(0, int(paid * 100)), min_size=2, max_size=2)))
        taken = [wallet.take_back(whole, unused, paid, Decimal(cents) / 100) for cents in (less, more)]
        self.assertLessEqual(0, taken[0])
        self.assertLessEqual(taken[0], taken[1])
        self.assertLessEqual(taken[1], unused)

    @given(st.integers(0, 10**6), st.integers(1, 1000), st.data())
    def test_unused_price_is_a_part_of_the_price(self, cents, whole, data):
        unused = data.draw(st.integers(0, whole))
        price = Decimal(cents) / 100
        value = wallet.unused_price(price, whole, unused)
        self.assertLessEqual(abs(value - price * unused / whole), Decimal("0.005"))
        self.assertEqual(wallet.unused_price(price, whole, whole), price)
        self.assertEqual(wallet.unused_price(price, whole, 0), 0)

    def test_nothing_bought_is_worth_nothing(self):
        self.assertEqual(wallet.unused_price(Decimal(10), 0, 0), 0)


class TestWalletCases(unittest.TestCase):
    """The cases of other systems. Where ours decides otherwise, the test says what and why."""

    def test_wa_01_oldest_first(self):
        given_, expected = case("WA-01")
        found = of(*given_["inbound"])
        parts = wallet.spend(found, given_["outbound"], TODAY)
        self.assertEqual([taken for _key, taken in parts], expected["consumed"])
        self.assertEqual(after(found, parts), expected["remaining"])

    def test_wa_03_granted_before_purchased(self):
        """Ours: what was granted first is spent first, so a free grant that stood before the purchase goes first."""
        given_, expected = case("WA-03")
        granted, purchased = wallet.spend(of(given_["granted"], given_["purchased"]), given_["outbound"], TODAY)
        self.assertEqual((granted[1], purchased[1]), (expected["granted_used"], expected["purchased_used"]))
        self.assertEqual(given_["purchased"] - purchased[1], expected["purchased_left"])

    def test_wa_05_each_request_is_paid_from_the_grants_it_is_offered(self):
        given_, expected = case("WA-05")
        taken = [
            wallet.spend(of(left), used, TODAY)[0][1]
            for left, used in zip(given_["wallets"], given_["usage"], strict=True)
        ]
        self.assertEqual(taken, expected["taken"])
        self.assertEqual([w - t for w, t in zip(given_["wallets"], taken, strict=True)], expected["left"])
        self.assertEqual(sum(taken), expected["invoice_prepaid_total"])

    def test_wa_07_more_than_there_is_takes_nothing(self):
        given_, expected = case("WA-07")
        found = of(given_["balance"])
        with self.assertRaises(NotEnoughCredit):
            wallet.spend(found, given_["void"], TODAY)
        self.assertEqual(wallet.balance(found, TODAY), expected["balance_after"])

    def test_wa_09_top_up_to_the_target(self):
        given_, expected = case("WA-09")
        left = given_["balance"] - given_["usage"]
        gap = wallet.top_up(left, given_["threshold"], given_["target"])
        self.assertEqual(gap, expected["top_up"])
        self.assertEqual(given_["balance"] + gap, expected["balance_after"])
        self.assertEqual(wallet.top_up(given_["threshold"] + 1, given_["threshold"], given_["target"]), 0)

    def test_wa_11_ours_charges_at_once_so_that_nothing_is_only_projected(self):
        """There: usage is deducted when its invoice is final. Ours: when the request is opened (reading 9)."""
        given_, expected = case("WA-11")
        found = of(given_["credits"])
        for used, projected in zip((5, 6), expected["ongoing_credits"], strict=False):
            self.assertEqual(after(found, wallet.spend(found, used, TODAY)), [projected])

    def test_wa_13_no_more_than_the_rounded_total_is_taken(self):
        given_, expected = case("WA-13")
        parts = wallet.spend(of(given_["wallet_cents"]), expected["invoice_total_cents"], TODAY)
        self.assertEqual(parts, [(0, expected["prepaid_used_cents"])])
        self.assertEqual(after(of(given_["wallet_cents"]), parts), [expected["wallet_after_cents"]])

    def test_wa_17_what_comes_back_after_its_expiry_cannot_be_spent(self):
        _given, expected = case("WA-17")
        restored = [Grant(0, 10, date_end=TODAY - timedelta(days=1))]
        self.assertEqual(wallet.balance(restored, TODAY) > 0, expected["usable"])

    def test_wa_19_the_rest_of_a_month_carries_over_when_its_expiry_says_so(self):
        given_, expected = case("WA-19")
        start, units = day(given_["start"]), given_["units_per_month"]
        january = Grant("january", units, start, date(2022, 2, 28))
        ((_key, used),) = wallet.spend([january], given_["usage_january"], start)
        rest = Grant("january", units - used, start, date(2022, 2, 28))
        february = Grant("february", units, date(2022, 2, 1), date(2022, 3, 31))
        total = wallet.balance([rest, february], day(given_["bill_run"]))
        self.assertEqual(total, expected["february_after_bill_run"]["total"])
        self.assertEqual(wallet.balance([rest, february], date(2022, 3, 1)), units)

    def test_wa_21_each_month_has_its_own_expiry(self):
        given_, _expected = case("WA-21")
        months = [date(2026, month, 1) for month in range(1, 13)]
        found = [Grant(n, given_["allowance"], start, start + timedelta(days=183)) for n, start in enumerate(months)]
        self.assertEqual(wallet.balance(found, date(2026, 7, 1)), 7 * given_["allowance"])
        self.assertEqual(wallet.balance(found, date(2026, 7, 4)), 6 * given_["allowance"])

    def test_wa_23_ours_refuses_instead_of_invoicing_the_rest(self):
        """There: the overage is invoiced. Ours: not enough credit refuses the request (LIM-19)."""
        given_, _expected = case("WA-23")
        charge, left = int(given_["charge"]), int(given_["balance"])
        with self.assertRaises(NotEnoughCredit) as caught:
            wallet.spend(of(left), charge, TODAY)
        self.assertEqual((caught.exception.needed, caught.exception.left), (charge, left))

    def test_every_wallet_case_has_its_test(self):
        """WA-15, the same top-up sent twice, needs the ledger: tests/test_package_purchase.py."""
        cases = json.loads((DATA / "billing_cases.json").read_text())["cases"]
        wanted = {c["id"] for c in cases if c["category"] == "wallet"} - {"WA-15"}
        tested = {name[5:10].upper().replace("_", "-") for name in dir(self) if name.startswith("test_wa_")}
        self.assertEqual(tested, wanted)


if __name__ == "__main__":
    unittest.main()
