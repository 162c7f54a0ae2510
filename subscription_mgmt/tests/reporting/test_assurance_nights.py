from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from ...models.reporting.comparison import COMPARE
from ...models.reporting.subscription_assurance import BEGIN, CHECK
from .assurance_common import AssuranceCommon

DAY = date(2026, 1, 10)
NEXT = DAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestAssuranceNights(AssuranceCommon):
    """A night looks at what was written since the one before, and nothing is lost in between."""

    @freeze_time("2026-01-10")
    def setUp(self):
        super().setUp()
        self.contract = self.make_contract(date_end=date(2026, 12, 31))
        self.other = self.make_contract(date_end=date(2026, 12, 31))
        self.bill(DAY)
        self.now = self.env.cr.now()

    @property
    def checks(self):
        return self.env["subscription.assurance.check"].sudo()

    @property
    def look(self):
        return self.env["subscription.assurance"]._get_look(self.company)

    def night(self, day=DAY, *jobs):
        """What the cron does, with its rights."""
        frame = self.env["subscription.batches"].sudo().with_company(self.company)
        with freeze_time(day):
            for job in jobs or (BEGIN, COMPARE, CHECK):
                found = frame.env[job.model].search(frame._get_domain(job, day))
                frame._carry_out(job, found, day)
        self.assertFalse(self.company.sudo().subscription_parking_ids)

    def pass_hours(self, hours):
        """Let everything that was written by now, and looked at, be so many hours ago."""
        tables = (
            "subscription_contract",
            "subscription_contract_line",
            "subscription_installment",
            "subscription_pause",
            "account_move",
            "subscription_assurance_check",
        )
        for table in tables:
            self.tamper(f"UPDATE {table} SET write_date = write_date - %s * interval '1 hour'", hours)
        self.tamper(
            "UPDATE subscription_assurance SET look_until = look_until - %s * interval '1 hour',"
            " look_begun = look_begun - %s * interval '1 hour'",
            hours,
            hours,
        )

    def write(self, record, hours=0):
        """As if the record had been written so many hours ago."""
        self.tamper(
            f"UPDATE {record._table} SET write_date = %s WHERE id = ANY(%s)",
            self.now - timedelta(hours=hours),
            record.ids,
        )

    def find(self, day=NEXT):
        frame = self.env["subscription.batches"].with_company(self.company)
        return self.env["subscription.contract"].search(frame._get_domain(COMPARE, day)) & (self.contract | self.other)

    def rest(self):
        """As if nothing had been written since the last night."""
        self.pass_hours(24)
        self.tamper("UPDATE subscription_assurance_check SET write_date = write_date + interval '2 hours'")
        self.tamper("UPDATE subscription_assurance SET look_until = look_until + interval '2 hours'")

    # === WHAT WAITS === #
    def test_what_is_late_is_looked_at_every_night_but_not_in_a_pause(self):
        later = date(2026, 2, 5)
        months = self.env["subscription.assurance.month"]
        with freeze_time(DAY):
            self.contract.action_pause(date(2026, 1, 5))
        self.night()
        self.rest()
        self.assertTrue(
            self.contract.installment_ids.filtered(lambda row: row.state == "planned"), "its days given back"
        )
        self.assertEqual(self.find(later), self.other, "late, and running")
        self.tamper("UPDATE subscription_contract SET state = 'paused' WHERE id = %s", self.other.id)
        self.assertFalse(self.find(later))
        with freeze_time(later):
            self.assertFalse(months._find_touched(self.company, later, self.now + timedelta(days=1)))

    def test_a_draft_is_not_worth_a_look(self):
        draft = self.make_contract(activate=False)
        self.night()
        self.rest()
        self.assertNotIn(draft.id, self.checks._find_worth_a_look(self.company, NEXT))

    # === HOW FAR BACK === #
    def test_a_night_that_is_done_is_where_the_next_one_begins(self):
        self.night()
        self.assertEqual(self.look.look_until, self.now - timedelta(hours=1))
        self.assertFalse(self.look.look_begun)
        self.rest()
        self.assertFalse(self.find())
        self.write(self.contract.installment_ids[:1])
        self.assertEqual(self.find(), self.contract)

    def test_a_night_that_was_interrupted_goes_on_from_its_beginning(self):
        self.night(DAY, BEGIN)
        self.pass_hours(3)
        self.night(DAY, BEGIN, COMPARE, CHECK)
        self.assertEqual(self.look.look_until, self.now - timedelta(hours=4))

    def test_what_could_not_be_looked_at_is_looked_at_later(self):
        self.night()
        self.pass_hours(48)
        self.write(self.contract.line_ids, hours=30)
        self.contract.sudo()._park("check", "Broken", NEXT)
        self.night(NEXT)
        self.assertEqual(self.look.look_until, self.now - timedelta(hours=31), "it waits since it was last written")
        self.pass_hours(24)
        self.contract.sudo()._unpark("check")
        self.assertIn(self.contract, self.find(NEXT + timedelta(days=1)))

    def test_what_was_written_after_a_look_in_the_morning_is_looked_at_the_night_after(self):
        self.night()
        self.pass_hours(48)
        self.compare(self.contract, NEXT)
        mine = "UPDATE subscription_assurance_check SET write_date = %s WHERE contract_id = %s"
        self.tamper(mine, self.now - timedelta(hours=8), self.contract.id)
        self.write(self.contract.line_ids, hours=5)
        self.night(NEXT)
        self.pass_hours(24)
        self.assertIn(self.contract, self.find(NEXT + timedelta(days=1)))

    # === WHAT IS WRONG STAYS FOUND === #
    def get_counts(self, *kinds):
        checks = self.env["subscription.assurance"].search([("company_id", "=", self.company.id)])
        counts = {check.kind: check.count for check in checks}
        return tuple(counts[kind] for kind in kinds)

    def test_invoices_and_log_that_are_wrong_are_found_every_night_until_they_are_mended(self):
        line = self.contract.installment_ids.filtered("invoice_line_id")[:1].invoice_line_id
        self.tamper("UPDATE account_move_line SET price_subtotal = price_subtotal - 1 WHERE id = %s", line.id)
        self.tamper(
            "UPDATE subscription_mrr_event SET amount_currency = amount_currency + 3 WHERE contract_id = %s",
            self.other.id,
        )
        for nights in range(4):
            day = DAY + timedelta(days=nights)
            self.night(day)
            self.assertEqual(self.get_counts("differs", "mrr"), (1, 1), day)
            self.pass_hours(24)
        doubtful = self.checks.search([("is_doubtful", "=", True)]).contract_id
        self.assertEqual(doubtful, self.contract | self.other)
        self.tamper("UPDATE account_move_line SET price_subtotal = price_subtotal + 1 WHERE id = %s", line.id)
        self.night(DAY + timedelta(days=4))
        self.assertEqual(self.get_counts("differs", "mrr"), (0, 1))
        self.assertEqual(self.checks.search([("is_doubtful", "=", True)]).contract_id, self.other)

    def test_what_nothing_was_written_of_is_not_read_again(self):
        for nights in range(3):
            self.night(DAY + timedelta(days=nights))
            self.pass_hours(24)
        day = DAY + timedelta(days=5)
        mine = {self.contract.id, self.other.id}
        self.assertFalse(mine & set(self.checks._find_worth_a_look(self.company, day)))
        self.write(self.other.installment_ids.invoice_id)
        self.assertEqual(mine & set(self.checks._find_worth_a_look(self.company, day)), {self.other.id})
        self.assertLessEqual(mine, set(self.checks._find_worth_a_look(self.company, DAY + timedelta(days=2))))

    # === MONTHS === #
    def get_months(self, day):
        return self.env["subscription.assurance.month"]._find_touched(self.company, day, self.look.look_until)

    def test_months_are_reckoned_up_when_something_of_them_was_written(self):
        self.assertEqual(len(self.get_months(DAY)), 13, "nothing was looked at yet")
        self.night()
        self.pass_hours(24)
        self.tamper("UPDATE subscription_assurance SET look_until = look_until + interval '2 hours'")
        with freeze_time(NEXT):
            self.assertEqual(self.get_months(NEXT), [])
            self.write(self.contract.installment_ids.invoice_id)
            self.assertEqual(self.get_months(NEXT), [date(2026, 1, 1)])
            self.write(self.contract.installment_ids.invoice_id, hours=72)
            self.assertEqual(self.get_months(NEXT), [])
        with freeze_time(date(2026, 2, 12)):
            months = [date(2026, 2, 1), date(2026, 1, 1)]
            self.assertEqual(self.get_months(date(2026, 2, 12)), months, "one waits, one was reckoned up a month ago")

    def test_the_verdict_of_some_months_is_that_of_all(self):
        with freeze_time(date(2026, 2, 1)):
            self.bill(date(2026, 2, 1))
        months = self.env["subscription.assurance.month"].sudo()
        day, february, january, other = date(2026, 2, 2), date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1)
        whole = months._sum_rows(self.company, day, [february, january, other])
        self.assertEqual(set(whole), {february, january})
        for month in whole:
            self.assertEqual(months._sum_rows(self.company, day, [month]), {month: whole[month]})
        self.assertEqual(months._sum_rows(self.company, day, [february, other]), {february: whole[february]})
