from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .recurrence_common import TODAY, RecurrenceCommon


@tagged("post_install", "-at_install")
class TestRecurrenceRule(RecurrenceCommon):
    """What a person can say in the form, and what is refused with the reason."""

    def assertRefused(self, reason, **values):
        with self.assertRaisesRegex(ValidationError, reason):
            self.make_recurrence(generate=False, **values)

    def get_days(self, **values):
        recurrence = self.make_recurrence(generate=False, **values)
        slots = recurrence._get_slots(recurrence._get_checked_rule(), TODAY, date(2026, 4, 5))
        return [(day.month, day.day) for day in slots]

    # === THE PATTERNS === #
    def test_rec_02_every_monday(self):
        self.assertEqual(self.get_days(mon=True)[:3], [(1, 5), (1, 12), (1, 19)])

    def test_rec_03_tuesday_and_thursday(self):
        self.assertEqual(self.get_days(tue=True, thu=True)[:4], [(1, 6), (1, 8), (1, 13), (1, 15)])

    def test_rec_04_first_tuesday_of_the_month(self):
        days = self.get_days(frequency="monthly", month_by="weekday", weekday="1", weekday_position="1")
        self.assertEqual(days, [(1, 6), (2, 3), (3, 3)])

    def test_rec_09_every_third_day(self):
        self.assertEqual(self.get_days(frequency="daily", interval=3)[:3], [(1, 5), (1, 8), (1, 11)])

    def test_rec_11_day_31_goes_to_the_last_day_or_is_skipped(self):
        monthly = {"frequency": "monthly", "month_by": "date", "day": 31}
        self.assertEqual(self.get_days(**monthly), [(1, 31), (2, 28), (3, 31)])
        self.assertEqual(self.get_days(**monthly, month_end_policy="skip"), [(1, 31), (3, 31)])

    def test_rec_12_once_a_week_for_a_year(self):
        recurrence = self.make_recurrence(end_kind="until", date_end=date(2026, 12, 31))
        self.assertEqual(recurrence.date_last, date(2026, 12, 30))

    def test_a_number_of_times(self):
        recurrence = self.make_recurrence(end_kind="count", count=3)
        self.assertEqual(self.days(recurrence.interaction_ids), [(1, 7), (1, 14), (1, 21)])
        self.assertEqual(recurrence.date_last, date(2026, 1, 21))

    def test_yearly(self):
        recurrence = self.make_recurrence(frequency="yearly", month="3", day=10, today=date(2026, 3, 20))
        self.assertEqual(recurrence.interaction_ids.occurrence_date, date(2027, 3, 10), "the next one is always there")

    def test_the_rule_does_not_depend_on_the_language_of_who_looks(self):
        """Core takes the week start from the language; here it is part of the rule."""
        values = {"interval": 2, "sun": True, "tue": True}
        english = self.get_days(**values)
        self.env["res.lang"]._activate_lang("tr_TR")
        turkish = self.make_recurrence(generate=False, **values).with_context(lang="tr_TR")
        slots = turkish._get_slots(turkish._get_checked_rule(), TODAY, date(2026, 4, 5))
        self.assertEqual([(day.month, day.day) for day in slots], english)

    # === REFUSED === #
    def test_weekly_without_a_day_is_refused(self):
        self.assertRefused("at least one day of the week", wed=False)

    def test_interval_below_one_is_refused(self):
        self.assertRefused("interval must be from 1", interval=0)
        self.assertRefused("interval must be from 1", interval=-2)

    def test_end_before_start_is_refused(self):
        self.assertRefused("before it starts", end_kind="until", date_end=date(2026, 1, 4))

    def test_until_without_a_day_is_refused(self):
        self.assertRefused("last day is missing", end_kind="until")

    def test_a_rule_without_a_date_in_its_range_is_refused(self):
        self.assertRefused("gives no date", end_kind="until", date_end=date(2026, 1, 6))

    def test_impossible_days_are_refused(self):
        self.assertRefused("from 1 to 31", frequency="monthly", day=45)
        self.assertRefused("number of times", end_kind="count", count=0)
        self.assertRefused("gives no date", frequency="yearly", month="2", day=30, month_end_policy="skip")

    def test_a_responsible_who_cannot_see_it_is_refused(self):
        self.caller.active = False
        self.assertRefused("caller.* is archived")
        self.caller.active = True
        self.caller.group_ids = self.env.ref("base.group_user")
        self.assertRefused("may not see interactions")

    def test_a_responsible_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.caller.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertRefused("does not work in company")

    def test_customers_are_required_where_they_are_meant(self):
        self.assertRefused("has no customer", partner_ids=[(5,)])

    def test_a_filter_that_cannot_be_read_is_refused(self):
        with self.assertRaisesRegex(Exception, "cannot be read"):
            self.make_recurrence(generate=False, audience="filter", partner_domain="[('nothing', '=', 1)]")
        with self.assertRaisesRegex(Exception, "cannot be read"):
            self.make_recurrence(generate=False, audience="filter", partner_domain="[(")

    # === WHILE IT IS TYPED === #
    @freeze_time("2026-01-05 10:00:00")
    def test_preview_follows_the_form_before_it_is_saved(self):
        form = Form(self.env["subscription.recurrence"])
        form.name = "Call back"
        self.assertIn("at least one day of the week", form.preview)
        form.frequency = "monthly"
        form.day = 15
        self.assertIn("Thu 15 Jan 2026", form.preview)
        self.assertIn("Every month on day 15", form.preview)
        self.assertIn("January 2026", form.preview, "the small calendar")
        form.interval = 2
        self.assertIn("Sun 15 Mar 2026", form.preview)
        self.assertNotIn("Sun 15 Feb 2026", form.preview)
        form.interval = 0
        self.assertIn("interval must be from 1", form.preview)
        self.assertFalse(self.env["subscription.recurrence"].search([("name", "=", "Call back")]))

    @freeze_time("2026-01-05 10:00:00")
    def test_preview_shows_where_a_date_is_moved_to(self):
        recurrence = self.make_recurrence(generate=False, sat=True, shift_mode="next")
        self.assertIn("Mon 12 Jan 2026", recurrence.preview)
        self.assertIn("instead of Sat 10 Jan", recurrence.preview)

    @freeze_time("2026-01-05 10:00:00")
    def test_sentence_is_said_in_the_language_of_the_user(self):
        for lang in ("tr_TR", "ro_RO"):
            self.env["res.lang"]._activate_lang(lang)
        recurrence = self.make_recurrence(generate=False)
        self.assertIn("Wednesday", recurrence.sentence)
        self.assertIn("Çarşamba", recurrence.with_context(lang="tr_TR").sentence)
        self.assertIn("miercuri", recurrence.with_context(lang="ro_RO").sentence)

    # === RFC 5545 === #
    def test_rule_as_text_out_and_in_again(self):
        recurrence = self.make_recurrence(generate=False, interval=2, tue=True, thu=True, all_day=False, time=9.5)
        text = recurrence.rrule
        self.assertIn("RRULE:FREQ=WEEKLY;INTERVAL=2", text)
        self.assertIn("TZID=Europe/Bucharest", text)
        other = self.make_recurrence(generate=False)
        other.rrule = text
        self.assertEqual(other.rrule, text)
        self.assertEqual((other.tue, other.wed, other.thu, other.time, other.all_day), (True, False, True, 9.5, False))

    def test_text_with_exceptions(self):
        recurrence = self.make_recurrence(generate=False)
        recurrence.rrule = "DTSTART;VALUE=DATE:20260107\nRRULE:FREQ=WEEKLY;BYDAY=WE\nEXDATE;VALUE=DATE:20260114"
        recurrence._generate(TODAY)
        self.assertEqual(self.days(recurrence.interaction_ids)[:2], [(1, 7), (1, 21)])

    def test_text_that_is_no_rule_is_refused_with_the_reason(self):
        recurrence = self.make_recurrence(generate=False)
        for text in (
            "nonsense",
            "FREQ=HOURLY",
            "RRULE:FREQ=WEEKLY;INTERVAL=0;BYDAY=MO",
            "RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO",
        ):
            with self.subTest(text), self.assertRaises(ValidationError) as caught:
                recurrence.rrule = text
            self.assertGreater(len(str(caught.exception)), 20)
        self.assertTrue(recurrence.wed)

    def test_saving_the_form_does_not_touch_the_first_day(self):
        """The text is shown, not sent back: it names the first date, which need not be the first day."""
        recurrence = self.make_recurrence(generate=False, frequency="monthly", day=15)
        with Form(recurrence) as form:
            form.day = 3
        self.assertEqual(recurrence.date_start, TODAY)

    def test_dialog_says_how_a_text_was_understood(self):
        recurrence = self.make_recurrence(generate=False)
        form = Form(self.env["subscription.recurrence.text"].with_context(default_recurrence_id=recurrence.id))
        form.text = "FREQ=HOURLY"
        self.assertFalse(form.is_taken)
        form.text = "DTSTART;VALUE=DATE:20260106\nRRULE:FREQ=MONTHLY;BYMONTHDAY=31"
        self.assertTrue(form.is_taken)
        self.assertIn("day 31", form.meaning)
        self.assertIn("Months without day 31 are skipped", form.meaning)
        form.save().action_confirm()
        self.assertEqual((recurrence.frequency, recurrence.day, recurrence.month_end_policy), ("monthly", 31, "skip"))
