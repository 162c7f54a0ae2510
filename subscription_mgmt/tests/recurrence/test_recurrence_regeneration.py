import random
from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .recurrence_common import TODAY, RecurrenceCommon


@tagged("post_install", "-at_install")
class TestRecurrenceRegeneration(RecurrenceCommon):
    """REC-19..21: change the day, look at the difference, confirm; done, past and hand-moved ones stay."""

    def set_thursday(self, recurrence):
        recurrence.write({"wed": False, "thu": True})

    def count(self, change):
        return [len(part) for part in (change.kept, change.moved, change.removed, change.added)]

    def open_dialog(self, recurrence):
        action = recurrence.action_regenerate()
        return self.env[action["res_model"]].browse(action["res_id"])

    @freeze_time("2026-01-05 10:00:00")
    def test_rec_19_to_21_wednesday_becomes_thursday(self):
        recurrence = self.make_recurrence()
        ids = recurrence.interaction_ids
        self.set_thursday(recurrence)
        self.assertTrue(recurrence.rule_outdated)
        self.assertEqual(recurrence.interaction_ids.mapped("occurrence_date")[0].weekday(), 2, "nothing before OK")
        dialog = self.open_dialog(recurrence)
        self.assertEqual((dialog.kept_count, dialog.moved_count), (0, 13))
        self.assertEqual((dialog.removed_count, dialog.added_count), (0, 0))
        dialog.action_confirm()
        self.assertEqual(recurrence.interaction_ids, ids, "moved, not made anew: notes and files stay")
        self.assertEqual({day.weekday() for day in ids.mapped("occurrence_date")}, {3}, "no Wednesday is left")
        self.assertEqual(ids.mapped("slot_key"), ids.mapped("occurrence_date"))
        self.assertFalse(recurrence.rule_outdated)
        self.assertIn("13 moved", recurrence.message_ids[0].body)

    def test_the_example_of_the_specification(self):
        """Wednesday to Thursday on 23 Nov: one done early, one moved by hand."""
        start, today = date(2026, 11, 4), date(2026, 11, 23)
        recurrence = self.make_recurrence(date_start=start, today=start, end_kind="until", date_end=date(2026, 12, 25))
        rows = {row.slot_key.day * 100 + row.slot_key.month: row for row in recurrence.interaction_ids}
        for key in (411, 1111, 1811, 2511):
            rows[key]._finish()
        rows[912]._postpone(date(2026, 12, 8))
        self.set_thursday(recurrence)
        change = recurrence._regenerate(today)
        self.assertEqual(self.count(change), [5, 3, 0, 0])
        days = self.days(recurrence.interaction_ids)
        self.assertEqual(days, [(11, 4), (11, 11), (11, 18), (11, 25), (12, 3), (12, 8), (12, 17), (12, 24)])
        self.assertEqual((rows[2511].covers_key, rows[912].covers_key), (date(2026, 11, 26), date(2026, 12, 10)))
        self.assertFalse(recurrence._generate(today), "the night makes no twin of what is covered")
        self.assertEqual(self.count(recurrence._regenerate(today)), [8, 0, 0, 0], "again: nothing to do")

    def test_past_open_ones_stay(self):
        recurrence = self.make_recurrence()
        self.set_thursday(recurrence)
        recurrence._regenerate(date(2026, 1, 20))
        days = self.days(recurrence.interaction_ids)
        self.assertEqual(days[:3], [(1, 7), (1, 14), (1, 22)])

    def test_the_night_goes_on_with_the_old_rule_until_somebody_regenerates(self):
        recurrence = self.make_recurrence()
        self.set_thursday(recurrence)
        made = recurrence._generate(date(2026, 1, 14))
        self.assertEqual({day.weekday() for day in made.mapped("occurrence_date")}, {2})

    @freeze_time("2026-01-05 10:00:00")
    def test_what_has_changed_since_it_was_shown_is_not_done(self):
        recurrence = self.make_recurrence()
        self.set_thursday(recurrence)
        dialog = self.open_dialog(recurrence)
        self.assertTrue(dialog.digest)
        recurrence.interaction_ids[0]._finish()
        with self.assertRaisesRegex(UserError, "have changed since"):
            dialog.action_confirm()
        self.assertTrue(recurrence.rule_outdated)

    @freeze_time("2026-01-05 10:00:00")
    def test_fewer_times_removes_and_more_adds(self):
        recurrence = self.make_recurrence(end_kind="count", count=4)
        recurrence.count = 2
        self.assertEqual(self.count(recurrence._regenerate(TODAY)), [2, 0, 2, 0])
        recurrence.count = 5
        self.assertEqual(self.count(recurrence._regenerate(TODAY)), [2, 0, 0, 3])

    def test_what_somebody_wrote_on_is_not_thrown_away(self):
        recurrence = self.make_recurrence(end_kind="count", count=3)
        row = recurrence.interaction_ids.sorted("slot_key")[2]
        row.message_post(body="He asked for a later date", message_type="comment")
        recurrence.count = 2
        recurrence._regenerate(TODAY)
        self.assertEqual((row.state, row.outcome), ("cancelled", "The rule was changed."))

    def test_customers_come_and_go(self):
        other = self.env["res.partner"].create({"name": "Ay A.Ş."})
        recurrence = self.make_recurrence(end_kind="count", count=3)
        recurrence.interaction_ids.sorted("slot_key")[0]._finish()
        recurrence.partner_ids = other
        self.assertTrue(recurrence.rule_outdated)
        self.assertEqual(self.count(recurrence._regenerate(TODAY)), [1, 0, 2, 3])
        self.assertEqual(recurrence.interaction_ids.filtered(lambda row: row.state == "planned").partner_id, other)

    def test_an_exception_added_later_takes_the_date_out(self):
        recurrence = self.make_recurrence()
        recurrence.exception_ids = [(0, 0, {"date": date(2026, 1, 14), "reason": "Fair"})]
        self.assertTrue(recurrence.rule_outdated)
        self.assertEqual(self.count(recurrence._regenerate(TODAY)), [12, 0, 1, 0])
        self.assertNotIn((1, 14), self.days(recurrence.interaction_ids))
        recurrence.exception_ids.unlink()
        recurrence._regenerate(TODAY)
        self.assertIn((1, 14), self.days(recurrence.interaction_ids))

    def test_a_shift_added_later_moves_the_days_and_keeps_the_slots(self):
        recurrence = self.make_recurrence(sat=True)
        slots = sorted(recurrence.interaction_ids.mapped("slot_key"))
        recurrence.shift_mode = "previous"
        change = recurrence._regenerate(TODAY)
        self.assertEqual(self.count(change), [0, 13, 0, 0])
        self.assertEqual(sorted(recurrence.interaction_ids.mapped("slot_key")), slots)
        self.assertEqual({day.weekday() for day in recurrence.interaction_ids.mapped("occurrence_date")}, {4})

    def test_regenerating_what_was_never_generated_is_refused(self):
        with self.assertRaisesRegex(UserError, "not generated yet"):
            self.make_recurrence(generate=False).action_regenerate()

    def test_random_changes_keep_the_promises(self):
        """Whatever the change: frozen ones untouched, the target reached, no key twice, again changes nothing."""
        dice = random.Random(34)
        frequencies = (
            {"frequency": "daily", "interval": 2},
            {"frequency": "weekly", "mon": True, "thu": True},
            {"frequency": "weekly", "fri": True},
            {"frequency": "monthly", "month_by": "date", "day": 31},
            {"frequency": "monthly", "month_by": "weekday", "weekday": "2", "weekday_position": "-1"},
        )
        off = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), False)
        for _round in range(12):
            recurrence = self.make_recurrence(**dice.choice(frequencies))
            today = TODAY + timedelta(days=dice.randrange(40))
            for row in recurrence.interaction_ids:
                action = dice.random()
                if action < 0.2:
                    row._finish()
                elif action < 0.3:
                    row._postpone(row.occurrence_date + timedelta(days=dice.randrange(1, 5)))
                elif action < 0.35:
                    row.unlink()
            frozen = {
                row: (row.state, row.occurrence_date, row.slot_key)
                for row in recurrence.interaction_ids
                if row._is_frozen() or row.slot_key < today
            }
            recurrence.write({**off, "interval": 1, **dice.choice(frequencies)})
            recurrence._regenerate(today)
            for row, before in frozen.items():
                self.assertEqual((row.state, row.occurrence_date, row.slot_key), before)
            rows = recurrence.interaction_ids
            self.assertEqual(len(rows), len(set(rows.mapped("slot_key"))))
            covered = set(rows.mapped("slot_key")) | set(rows.mapped("covers_key"))
            left_out = set(recurrence.exception_ids.mapped("date"))
            wanted = recurrence._get_wanted_days(recurrence._get_checked_rule(), today, today)
            self.assertLessEqual(set(wanted) - left_out, covered)
            again = recurrence._get_change(today)
            self.assertEqual(self.count(again)[1:], [0, 0, 0])
            self.assertFalse(recurrence._generate(today))


@tagged("post_install", "-at_install")
class TestInteractionMove(RecurrenceCommon):
    """Another day for this one, for this and the following, or for all."""

    def move(self, row, day, scope):
        dialog = self.env["subscription.interaction.move"].create(
            {"interaction_ids": [(6, 0, row.ids)], "date": day, "scope": scope}
        )
        action = dialog.action_confirm()
        if action.get("res_model"):
            shown = self.env[action["res_model"]].browse(action["res_id"])
            shown.action_confirm()
            return shown
        return None

    @freeze_time("2026-01-05 10:00:00")
    def test_this_one_keeps_its_slot_and_is_left_alone_from_then_on(self):
        recurrence = self.make_recurrence()
        row = recurrence.interaction_ids.sorted("slot_key")[1]
        self.move(row, date(2026, 1, 16), "one")
        self.assertEqual(
            (row.slot_key, row.occurrence_date, row.is_moved), (date(2026, 1, 14), date(2026, 1, 16), True)
        )
        self.assertEqual(row.date_start.date(), date(2026, 1, 16))
        recurrence._generate(TODAY)
        recurrence.write({"wed": False, "mon": True})
        recurrence._regenerate(TODAY)
        self.assertEqual(row.occurrence_date, date(2026, 1, 16))

    @freeze_time("2026-01-05 10:00:00")
    def test_all_shows_the_difference_and_changes_the_rule(self):
        recurrence = self.make_recurrence()
        row = recurrence.interaction_ids.sorted("slot_key")[1]
        shown = self.move(row, date(2026, 1, 15), "all")
        self.assertIn("Thursday", shown.sentence)
        self.assertEqual(shown.moved_count, 13)
        self.assertEqual((recurrence.wed, recurrence.thu), (False, True))
        self.assertEqual(row.occurrence_date, date(2026, 1, 15))
        self.assertEqual({day.weekday() for day in recurrence.interaction_ids.mapped("occurrence_date")}, {3})

    @freeze_time("2026-01-05 10:00:00")
    def test_this_and_following_splits_with_the_count_shared_out(self):
        recurrence = self.make_recurrence(end_kind="count", count=10)
        rows = recurrence.interaction_ids.sorted("slot_key")
        rows[8].unlink()
        shown = self.move(rows[3], date(2026, 1, 30), "following")
        self.assertEqual(shown.moved_count, 6)
        following = self.env["subscription.recurrence"].search([("previous_id", "=", recurrence.id)])
        self.assertEqual(self.days(recurrence.interaction_ids), [(1, 7), (1, 14), (1, 21)])
        self.assertEqual(recurrence.date_last, date(2026, 1, 21))
        self.assertEqual((following.count, following.fri, following.wed), (7, True, False))
        self.assertEqual(following.interaction_ids, rows.exists()[3:], "the same interactions go on")
        self.assertEqual(following.exception_ids.date, date(2026, 3, 6), "what was deleted stays deleted")
        self.assertEqual(rows[3].occurrence_date, date(2026, 1, 30))
        for one in (recurrence, following):
            self.assertFalse(one.rule_outdated)
            self.assertFalse(one._generate(TODAY))

    @freeze_time("2026-01-05 10:00:00")
    def test_following_from_the_first_one_on_means_all(self):
        recurrence = self.make_recurrence()
        self.move(recurrence.interaction_ids.sorted("slot_key")[0], date(2026, 1, 8), "following")
        self.assertFalse(self.env["subscription.recurrence"].search([("previous_id", "=", recurrence.id)]))
        self.assertTrue(recurrence.thu)

    @freeze_time("2026-01-05 10:00:00")
    def test_every_day_has_no_other_day(self):
        recurrence = self.make_recurrence(frequency="daily")
        with self.assertRaisesRegex(ValidationError, "every day"):
            self.move(recurrence.interaction_ids[0], date(2026, 1, 20), "all")

    @freeze_time("2026-01-05 10:00:00")
    def test_a_drop_in_the_calendar_moves_day_and_time(self):
        recurrence = self.make_recurrence()
        row = recurrence.interaction_ids.sorted("slot_key")[0]
        row.write({"date_start": "2026-01-09", "date_stop": "2026-01-09", "all_day": True, "name": row.name})
        self.assertEqual((row.occurrence_date, row.date_start.hour, row.is_moved), (date(2026, 1, 9), 12, True))
        timed = self.make_recurrence(all_day=False, time=9.0).interaction_ids.sorted("slot_key")[0]
        timed.write({"date_start": "2026-01-08 22:30:00", "date_stop": "2026-01-08 23:30:00", "all_day": False})
        self.assertEqual(timed.occurrence_date, date(2026, 1, 9), "half past midnight in Bucharest")

    @freeze_time("2026-01-05 10:00:00")
    def test_what_is_done_is_not_moved(self):
        row = self.make_recurrence().interaction_ids[0]
        row._finish()
        with self.assertRaisesRegex(UserError, "not planned any more"):
            self.move(row, date(2026, 1, 20), "one")
        with self.assertRaisesRegex(UserError, "stays where it is"):
            row.date_start = "2026-01-20 10:00:00"

    @freeze_time("2026-01-05 10:00:00")
    def test_an_extra_date_that_stands_is_left_alone(self):
        extra_date = [(0, 0, {"kind": "extra", "date": "2026-02-02"})]
        recurrence = self.make_recurrence(generate=False, exception_ids=extra_date)
        recurrence._generate(TODAY)
        extra = recurrence.interaction_ids.filtered(lambda row: row.slot_key == date(2026, 2, 2))
        self.assertTrue(extra)
        recurrence.write({"end_kind": "until", "date_end": "2026-01-20"})
        change = recurrence._regenerate(TODAY)
        self.assertFalse(change.moved or change.added)
        days = recurrence.interaction_ids.mapped("occurrence_date")
        self.assertEqual(sorted(days), [date(2026, 1, 7), date(2026, 1, 14), date(2026, 2, 2)])
        self.assertTrue(extra.exists())
