from datetime import date, datetime, timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.recurrence.state import GENERATE
from .recurrence_common import TODAY, RecurrenceCommon


@tagged("post_install", "-at_install")
class TestRecurrenceGeneration(RecurrenceCommon):
    """Which interactions are made, and that making them again makes none."""

    def test_rec_01_one_definition_many_interactions(self):
        recurrence = self.make_recurrence()
        rows = recurrence.interaction_ids
        self.assertEqual(len(rows), 13, "90 days hold 13 Wednesdays")
        self.assertEqual(self.days(rows)[:2], [(1, 7), (1, 14)])
        first = rows.sorted("slot_key")[0]
        self.assertEqual((first.name, first.partner_id, first.user_id), ("Call back", self.customer, self.caller))
        self.assertEqual((first.state, first.slot_key), ("planned", date(2026, 1, 7)))
        self.assertEqual(recurrence.state, "running")

    def test_generate_twice_is_once(self):
        recurrence = self.make_recurrence()
        before = recurrence.interaction_ids
        self.assertFalse(recurrence._generate(TODAY))
        self.assertEqual(recurrence.interaction_ids, before)

    def test_horizon_rolls_on_by_the_day(self):
        recurrence = self.make_recurrence()
        self.assertFalse(recurrence._generate(date(2026, 1, 7)))
        self.assertEqual(self.days(recurrence._generate(date(2026, 1, 8))), [(4, 8)])

    def test_the_database_keeps_a_second_one_out(self):
        row = self.make_recurrence().interaction_ids[0]
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            row._create_sealed(
                [{
                    "name": "Twin",
                    "type_id": row.type_id.id,
                    "recurrence_id": row.recurrence_id.id,
                    "slot_key": row.slot_key,
                    "partner_id": row.partner_id.id,
                }]
            )  # fmt: skip

    def test_one_for_each_customer(self):
        other = self.env["res.partner"].create({"name": "Ay A.Ş."})
        recurrence = self.make_recurrence(partner_ids=[(6, 0, (self.customer | other).ids)])
        first = recurrence.interaction_ids.filtered(lambda row: row.slot_key == date(2026, 1, 7))
        self.assertEqual(first.partner_id, self.customer | other)

    def test_for_nobody(self):
        """Check the stock every Monday (REC-02)."""
        recurrence = self.make_recurrence(audience="none", partner_ids=[(5,)], mon=True)
        self.assertEqual(len(recurrence.interaction_ids), 13)
        self.assertFalse(recurrence.interaction_ids.partner_id)

    # === TIME === #
    def test_wall_time_is_constant_over_daylight_saving(self):
        recurrence = self.make_recurrence(all_day=False, time=9.0, duration=0.5)
        starts = {row.slot_key: (row.date_start, row.date_stop) for row in recurrence.interaction_ids}
        self.assertEqual(starts[date(2026, 3, 25)], (datetime(2026, 3, 25, 7), datetime(2026, 3, 25, 7, 30)))
        self.assertEqual(starts[date(2026, 4, 1)], (datetime(2026, 4, 1, 6), datetime(2026, 4, 1, 6, 30)))

    def test_without_a_time_the_date_is_the_same_everywhere(self):
        row = self.make_recurrence().interaction_ids[0]
        self.assertEqual((row.date_start.hour, row.date_start.date()), (12, row.occurrence_date))

    def test_switching_time_zone_loses_nothing(self):
        recurrence = self.make_recurrence(all_day=False, time=9.0)
        before = {row.id: (row.slot_key, row.occurrence_date) for row in recurrence.interaction_ids}
        recurrence.tz = "America/New_York"
        after = {row.id: (row.slot_key, row.occurrence_date) for row in recurrence.interaction_ids}
        self.assertEqual(after, before)
        first = recurrence.interaction_ids.sorted("slot_key")[0]
        self.assertEqual(first.date_start, datetime(2026, 1, 7, 14))
        self.assertFalse(recurrence.rule_outdated)
        self.assertFalse(recurrence._generate(TODAY))

    def test_switching_the_responsible_loses_nothing(self):
        recurrence = self.make_recurrence()
        rows = recurrence.interaction_ids.sorted("slot_key")
        rows[0]._finish("Reached him")
        given_away = rows[1]
        given_away._reassign(self.env.user)
        rows[2]._prepare(TODAY)
        colleague = self.caller.copy({"login": "colleague"})
        recurrence.user_id = colleague
        self.assertEqual(recurrence.interaction_ids, rows)
        self.assertEqual(rows[0].user_id, self.caller, "what was done stays")
        self.assertEqual(given_away.user_id, self.env.user, "what was given away stays")
        self.assertEqual(rows[2:].user_id, colleague)
        self.assertEqual(rows[2].activity_ids.user_id, colleague, "and so does what counts in the systray")

    # === EXCEPTIONS === #
    def test_a_deleted_interaction_does_not_come_back(self):
        recurrence = self.make_recurrence()
        recurrence.interaction_ids.sorted("slot_key")[1].unlink()
        self.assertFalse(recurrence._generate(TODAY))
        self.assertFalse(recurrence._generate(date(2026, 1, 6)))
        self.assertNotIn((1, 14), self.days(recurrence.interaction_ids))
        self.assertFalse(recurrence._get_change(TODAY).added, "nor with a regeneration")
        self.assertIn("Deleted by", recurrence.exception_ids.reason)
        self.assertFalse(recurrence.rule_outdated)

    def test_deleted_for_one_customer_stays_for_the_other(self):
        other = self.env["res.partner"].create({"name": "Ay A.Ş."})
        recurrence = self.make_recurrence(partner_ids=[(6, 0, (self.customer | other).ids)])
        recurrence.interaction_ids.filtered(lambda row: row.partner_id == other)[0].unlink()
        self.assertFalse(recurrence._generate(TODAY))
        self.assertEqual(len(recurrence.interaction_ids), 25)

    def test_a_skipped_one_does_not_come_back(self):
        recurrence = self.make_recurrence()
        recurrence.interaction_ids.sorted("slot_key")[0]._skip("Holiday")
        self.assertFalse(recurrence._generate(TODAY))

    def test_dates_left_out_and_extra_dates(self):
        exceptions = [
            (0, 0, {"date": date(2026, 1, 7), "reason": "Fair"}),
            (0, 0, {"date": date(2026, 1, 9), "kind": "extra"}),
        ]
        recurrence = self.make_recurrence(exception_ids=exceptions, end_kind="count", count=3)
        days = self.days(recurrence.interaction_ids)
        self.assertEqual(days, [(1, 9), (1, 14), (1, 21)], "a date left out counts among the three")

    # === DAYS OFF === #
    def test_shift_away_from_weekend_and_holiday(self):
        calendar = self.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 1, 12, 0, 0),
                "date_to": datetime(2026, 1, 12, 22, 0),
            }
        )
        recurrence = self.make_recurrence(sat=True, shift_mode="next")
        rows = recurrence.interaction_ids.sorted("slot_key")
        self.assertEqual((rows[0].slot_key, rows[0].occurrence_date), (date(2026, 1, 10), date(2026, 1, 13)))
        self.assertEqual((rows[1].slot_key, rows[1].occurrence_date), (date(2026, 1, 17), date(2026, 1, 19)))

    def test_a_daily_rule_has_no_two_on_one_day(self):
        recurrence = self.make_recurrence(frequency="daily", shift_mode="next")
        days = self.days(recurrence.interaction_ids)
        self.assertEqual(len(days), len(set(days)))
        for today in (date(2026, 1, 9), date(2026, 1, 10), date(2026, 1, 11)):
            recurrence._generate(today)
        days = self.days(recurrence.interaction_ids)
        self.assertEqual(len(days), len(set(days)))

    def test_a_holiday_added_later_moves_what_stands(self):
        recurrence = self.make_recurrence(shift_mode="next")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 1, 14, 0, 0),
                "date_to": datetime(2026, 1, 14, 22, 0),
            }
        )
        recurrence._extend(date(2026, 1, 6))
        row = recurrence.interaction_ids.filtered(lambda row: row.slot_key == date(2026, 1, 14))
        self.assertEqual(row.occurrence_date, date(2026, 1, 15))
        self.assertFalse(row.is_moved)

    # === ASKING FIRST === #
    @freeze_time("2026-01-05 10:00:00")
    def test_rec_14_to_17_generate_asks_says_how_many_and_returns_to_the_list(self):
        recurrence = self.make_recurrence(generate=False)
        action = recurrence.action_generate()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((wizard.new_count, wizard.date_first, wizard.goes_on), (13, date(2026, 1, 7), True))
        self.assertFalse(recurrence.interaction_ids, "nothing before OK (REC-15)")
        back = wizard.action_confirm()
        self.assertEqual((back["res_model"], back["view_mode"][:4]), ("subscription.recurrence", "list"))
        self.assertEqual(len(recurrence.interaction_ids), 13)
        near = recurrence.interaction_ids.sorted("slot_key")[0]
        self.assertEqual(near.activity_ids.date_deadline, date(2026, 1, 7), "this week's counts in the systray at once")

    @freeze_time("2026-03-01 10:00:00")
    def test_a_rule_whose_dates_are_all_left_out_is_refused(self):
        left_out = [(0, 0, {"date": date(2026, 1, day)}) for day in (7, 14)]
        recurrence = self.make_recurrence(generate=False, end_kind="count", count=2, exception_ids=left_out)
        with self.assertRaisesRegex(UserError, "gives no date"):
            recurrence.action_generate()

    # === RANGES WITH AN END === #
    def count_made(self, **values):
        """(interactions, queries) of generating a range."""
        recurrence = self.make_recurrence(generate=False, **values)
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        recurrence._generate(TODAY)
        self.env.flush_all()
        return len(recurrence.interaction_ids), self.cr.sql_log_count - start

    def test_fault_e1_range_with_an_end_is_made_as_a_whole(self):
        year = {"end_kind": "until", "date_end": date(2026, 12, 31)}
        few = self.count_made(end_kind="count", count=3)
        self.assertEqual(few[0], 3)
        made, queries = self.count_made(**year)
        self.assertEqual(made, 52, "every Wednesday of the year")
        self.assertLessEqual(queries, few[1], "as many queries as for three")
        self.assertEqual(self.count_made(end_kind="count", count=1000)[0], 1000)

    def test_fault_e1_longer_range_is_made_up_to_the_ceiling_and_goes_on(self):
        recurrence = self.make_recurrence(frequency="daily", end_kind="until", date_end=date(2029, 12, 31))
        self.assertEqual(len(recurrence.interaction_ids), 1000)
        last = max(recurrence.interaction_ids.mapped("slot_key"))
        self.assertEqual(recurrence.filled_until, last)
        made = recurrence._generate(date(2026, 1, 8))
        self.assertEqual((len(made), min(made.mapped("slot_key")) - last), (3, timedelta(days=1)), "without a gap")

    @freeze_time("2026-01-05 10:00:00")
    def test_fault_e1_dialog_says_that_there_is_a_ceiling(self):
        daily = {"frequency": "daily", "end_kind": "until", "generate": False}
        for last, expected in ((date(2029, 12, 31), (1000, True, 1000)), (date(2026, 12, 31), (361, False, 0))):
            wizard = self.open_dialog(self.make_recurrence(date_end=last, **daily))
            self.assertEqual((wizard.new_count, wizard.goes_on, wizard.ceiling), expected)

    def test_many_customers_share_the_ceiling(self):
        customers = self.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(200)])
        recurrence = self.make_recurrence(
            frequency="daily", end_kind="count", count=1000, partner_ids=[(6, 0, customers.ids)]
        )
        self.assertEqual(len(recurrence.interaction_ids), 20000)

    def test_endless_rule_made_of_a_range_keeps_to_the_horizon(self):
        recurrence = self.make_recurrence(end_kind="until", date_end=date(2026, 12, 31))
        recurrence.end_kind = "forever"
        recurrence._regenerate(TODAY)
        self.assertEqual((len(recurrence.interaction_ids), recurrence.filled_until), (13, date(2026, 4, 5)))
        self.assertEqual(len(recurrence._generate(date(2026, 1, 8))), 1)

    # === PAST DATES === #
    def open_dialog(self, recurrence):
        action = recurrence.action_generate()
        return self.env[action["res_model"]].browse(action["res_id"])

    @freeze_time("2026-02-01 10:00:00")
    def test_fault_e2_past_dates_are_offered_and_made_when_asked_for(self):
        recurrence = self.make_recurrence(generate=False, end_kind="count", count=6)
        wizard = self.open_dialog(recurrence)
        self.assertEqual((wizard.new_count, wizard.past_count), (2, 4))
        self.assertEqual((wizard.past_first, wizard.past_until), (date(2026, 1, 7), date(2026, 1, 28)))
        wizard.action_confirm()
        self.assertEqual(self.days(recurrence.interaction_ids), [(2, 4), (2, 11)], "not unless asked for")
        again = self.open_dialog(recurrence)
        self.assertEqual((again.new_count, again.past_count), (0, 4))
        again.with_past = True
        self.assertEqual((again.new_count, again.date_first), (4, date(2026, 1, 7)))
        again.action_confirm()
        self.assertEqual(len(recurrence.interaction_ids), 6)
        self.assertEqual(self.open_dialog(recurrence).past_count, 0)

    @freeze_time("2026-03-01 10:00:00")
    def test_fault_e2_range_that_is_wholly_past_can_be_made(self):
        recurrence = self.make_recurrence(generate=False, end_kind="count", count=2)
        wizard = self.open_dialog(recurrence)
        self.assertEqual((wizard.new_count, wizard.past_count), (0, 2))
        wizard.with_past = True
        wizard.action_confirm()
        self.assertEqual(self.days(recurrence.interaction_ids), [(1, 7), (1, 14)])
        self.assertEqual(recurrence.state, "done")
        self.assertEqual(set(recurrence.interaction_ids.mapped("agenda_group")), {"overdue"})

    @freeze_time("2026-02-01 10:00:00")
    def test_past_dates_that_were_done_or_left_out_are_not_offered(self):
        recurrence = self.make_recurrence(exception_ids=[(0, 0, {"date": date(2026, 1, 14)})])
        recurrence.interaction_ids.sorted("slot_key")[0]._finish()
        recurrence.interaction_ids.sorted("slot_key")[1].unlink()
        self.assertEqual(self.open_dialog(recurrence).past_count, 0)

    # === STATES === #
    def test_rec_07_running_ending_done(self):
        recurrence = self.make_recurrence(end_kind="until", date_end=date(2026, 3, 31))
        self.assertEqual(recurrence.state, "running")
        recurrences = self.env["subscription.recurrence"]
        for today, state in (
            (date(2026, 2, 22), "running"),
            (date(2026, 2, 23), "ending"),
            (date(2026, 3, 25), "ending"),
            (date(2026, 3, 26), "done"),
        ):
            recurrences._refresh_states(self.company, today)
            self.assertEqual(recurrence.state, state, today)

    @freeze_time("2026-01-05 10:00:00")
    def test_the_threshold_is_a_setting(self):
        recurrence = self.make_recurrence(end_kind="until", date_end=date(2026, 3, 31))
        self.env["res.config.settings"].create({"subscription_ending_days": 90}).execute()
        self.assertEqual(recurrence.state, "ending")

    def test_the_list_opens_on_active_ones(self):
        action = self.env.ref("subscription_mgmt.subscription_recurrence_action")
        self.assertIn("'search_default_active': 1", action.context)
        arch = self.env["subscription.recurrence"].get_view(view_type="search")["arch"]
        self.assertIn("('state', 'in', ('running', 'ending'))", arch.replace("&#39;", "'"))

    # === ONE BAD ONE STOPS NOBODY === #
    def test_a_failing_recurrence_is_parked_and_the_others_go_on(self):
        good, bad = self.make_recurrence(), self.make_recurrence(name="Bad")
        day = date(2026, 1, 20)
        original = type(bad)._get_own_missing

        reason = "The calendar is broken."

        def fail(recurrence, *args):
            if recurrence == bad:
                raise UserError(reason)
            return original(recurrence, *args)

        with patch.object(type(bad), "_get_own_missing", fail):
            (good | bad)._extend(day)
            (good | bad)._extend(day)
        self.assertEqual(len(good.interaction_ids), 15)
        self.assertEqual(bad.subscription_error, "The calendar is broken.")
        self.assertEqual(bad.subscription_parking_ids.attempts, 2)
        self.assertEqual(len(bad.activity_ids), 1, "told once")
        self.assertNotIn(bad, bad.search(self.get_domain(GENERATE, date(2026, 1, 21))))
        bad._extend(date(2026, 1, 23))
        self.assertFalse(bad.subscription_error)

    def test_an_archived_responsible_parks_it_and_nothing_is_lost(self):
        recurrence = self.make_recurrence()
        self.caller.active = False
        recurrence._extend(date(2026, 1, 20))
        self.assertIn("is archived. Choose another responsible", recurrence.subscription_error)
        recurrence.user_id = self.env.user
        recurrence._extend(date(2026, 1, 21))
        self.assertFalse(recurrence.subscription_error)
        self.assertEqual(len(recurrence.interaction_ids), 15, "up to 15 April")
        self.assertEqual(recurrence.interaction_ids.user_id, self.env.user)

    def test_query_count_does_not_grow_with_the_number_of_recurrences(self):
        few = self.env["subscription.recurrence"].union(*[self.make_recurrence(generate=False) for _n in range(2)])
        many = self.env["subscription.recurrence"].union(*[self.make_recurrence(generate=False) for _n in range(20)])
        counts = []
        for recurrences in (few, few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            recurrences._get_missing(TODAY)
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2], "the first run looks up what a server remembers")

    @freeze_time("2026-01-20 10:00:00")
    def test_cron_fills_up_and_passes_by_companies_that_are_off(self):
        recurrence = self.make_recurrence()
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_generate_interactions")
        self.company.subscription_enabled = False
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(recurrence.interaction_ids), 13)
        self.company.subscription_enabled = True
        for _again in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(len(recurrence.interaction_ids), 15)

    def test_archiving_stops_it(self):
        recurrence = self.make_recurrence()
        with freeze_time("2026-01-15 10:00:00"):
            recurrence.action_archive()
        self.assertEqual(self.days(recurrence.interaction_ids), [(1, 7), (1, 14)])

    def test_deleting_what_was_worked_on_is_refused(self):
        recurrence = self.make_recurrence()
        recurrence.interaction_ids[0]._finish()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            recurrence.unlink()
        self.make_recurrence().unlink()
