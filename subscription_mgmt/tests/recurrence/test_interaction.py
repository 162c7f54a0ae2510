from datetime import date, datetime

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, freeze_time, tagged

from ...models.recurrence import audience
from ...models.recurrence.preparation import PREPARE
from .recurrence_common import TODAY, RecurrenceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-05 10:00:00")
class TestAgenda(RecurrenceCommon):
    """My day: what is made of interactions when their day is near, and what a person does with them."""

    def make_near(self, **values):
        """The first interaction of a recurrence, on Wednesday 7 January, prepared."""
        row = self.make_recurrence(**values).interaction_ids.sorted("slot_key")[0]
        row.sudo()._prepare(TODAY)
        return row

    def open(self, action, **values):
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.write(values)
        return wizard

    # === WHAT IS MADE === #
    def test_call_makes_an_activity_that_counts_in_the_systray(self):
        row = self.make_near(note="Is it solved?")
        activity = row.activity_ids
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual((activity.date_deadline, activity.user_id), (date(2026, 1, 7), self.caller))
        self.assertEqual((activity.summary, row.note), ("Call back", "Is it solved?"))
        groups = self.env["res.users"].with_user(self.caller)._get_activity_groups()
        counted = [group for group in groups if group["model"] == "subscription.interaction"]
        self.assertEqual(counted[0]["planned_count"], 1)

    def test_preparing_many_takes_few_queries(self):
        for kind, most in ((self.type_call, 0.2), (self.type_meeting, 1.5), (self.type_task, 6)):
            partners = self.env["res.partner"].create([{"name": f"Customer {n}"} for n in range(25)])
            rows = self.interactions.create(
                [
                    {"name": "Visit", "type_id": kind.id, "partner_id": partner.id, "user_id": self.caller.id,
                     "occurrence_date": TODAY}
                    for partner in partners
                ]
            ).sudo()  # fmt: skip
            rows[0]._prepare(TODAY)  # what a server remembers
            few, many = (self.count_queries(lambda part=part: part._prepare(TODAY)) for part in (rows[1:5], rows[5:]))
            with self.subTest(kind.name):
                self.assertLessEqual(many - few, 16 * most, "of sixteen more")
                self.assertEqual(rows.mapped("is_prepared"), [True] * 25)

    def test_nobody_gets_an_e_mail_for_each_task(self):
        before = self.env["mail.mail"].sudo().search([])
        row = self.make_near(type_id=self.type_task.id)
        self.assertIn(self.caller, row.task_id.user_ids)
        self.assertFalse(self.env["mail.mail"].sudo().search([]) - before)

    def test_only_what_is_near_is_prepared_and_only_once(self):
        recurrence = self.make_recurrence()
        domain = self.interactions._get_unprepared_domain(self.company, TODAY)
        due = self.interactions.search(domain & Domain("recurrence_id", "=", recurrence.id))
        self.assertEqual(self.days(due), [(1, 7)])
        for _again in range(2):
            due._prepare(TODAY)
        self.assertEqual(len(due.activity_ids), 1)
        self.assertFalse(self.interactions.search(domain & Domain("recurrence_id", "=", recurrence.id)))

    def test_meeting_makes_a_calendar_event(self):
        row = self.make_near(type_id=self.type_meeting.id, all_day=False, time=14.0, duration=1.5)
        event = row.event_id
        self.assertEqual((event.start, event.stop), (datetime(2026, 1, 7, 12), datetime(2026, 1, 7, 13, 30)))
        self.assertEqual(event.user_id, self.caller)
        self.assertIn(self.customer, event.partner_ids)
        event.write({"start": datetime(2026, 1, 8, 8), "stop": datetime(2026, 1, 8, 9)})
        self.assertEqual((row.occurrence_date, row.is_moved), (date(2026, 1, 8), True), "the interaction goes along")
        row._postpone(date(2026, 1, 9))
        self.assertEqual(event.start, datetime(2026, 1, 9, 12), "and the event goes along with it")
        row._skip("Ill")
        self.assertFalse(event.exists())

    def test_meeting_without_a_time_lasts_the_day(self):
        event = self.make_near(type_id=self.type_meeting.id).event_id
        self.assertEqual((event.allday, event.start_date, event.stop_date), (True, date(2026, 1, 7), date(2026, 1, 7)))

    def test_task_makes_a_task_and_is_done_with_it(self):
        project = self.env["project.project"].sudo().create({"name": "Follow-up"})
        self.type_task.project_id = project
        row = self.make_near(type_id=self.type_task.id)
        self.assertEqual((row.task_id.project_id, row.task_id.user_ids), (project, self.caller))
        row.task_id.sudo().state = "1_done"
        self.assertEqual(row.state, "done")
        self.assertFalse(row.activity_ids)

    def test_done_interaction_closes_its_task(self):
        row = self.make_near(type_id=self.type_task.id)
        row._finish("Sorted")
        self.assertEqual(row.task_id.state, "1_done")

    def test_own_type_that_makes_nothing(self):
        """REC-33: own types."""
        kind = self.env["subscription.interaction.type"].create({"name": "Look", "makes": "nothing"})
        row = self.make_near(type_id=kind.id)
        self.assertFalse(row.activity_ids or row.event_id or row.task_id)
        self.assertTrue(row.is_prepared)

    def test_a_failure_is_kept_with_its_reason_and_does_not_stop_the_others(self):
        bad, good = (self.make_recurrence().interaction_ids.sorted("slot_key")[0] for _n in range(2))
        kind = self.env["subscription.interaction.type"].create({"name": "T", "makes": "task"})
        bad.type_id = kind
        original = type(bad)._make_tasks

        reason = "No room."

        def fail(rows):
            raise UserError(reason)

        self.patch(type(bad), "_make_tasks", fail)
        (bad | good)._prepare(TODAY)
        self.assertEqual((bad.subscription_error, bad.is_prepared), ("No room.", False))
        self.assertTrue(good.activity_ids)
        self.assertNotIn(bad, bad.search(self.get_domain(PREPARE, TODAY)))
        self.patch(type(bad), "_make_tasks", original)
        bad._prepare(date(2026, 1, 6))
        self.assertFalse(bad.subscription_error)

    # === WHAT A PERSON DOES === #
    def test_done_with_a_note_and_a_next_step(self):
        row = self.make_near()
        wizard = self.open(row.action_open_done(), outcome="Wants a second line", has_next=True)
        wizard.write({"next_name": "Send an offer", "next_date": date(2026, 1, 9), "next_type_id": self.type_todo.id})
        wizard.action_confirm()
        self.assertEqual((row.state, row.outcome), ("done", "Wants a second line"))
        self.assertFalse(row.activity_ids, "the activity is done with it")
        following = self.interactions.search([("name", "=", "Send an offer")])
        self.assertEqual((following.partner_id, following.user_id), (self.customer, self.caller))
        self.assertEqual((following.occurrence_date, following.recurrence_id.id), (date(2026, 1, 9), False))

    def test_activity_marked_done_in_the_systray_finishes_the_interaction(self):
        row = self.make_near()
        row.activity_ids.with_user(self.caller).action_feedback(feedback="Reached him")
        self.assertEqual((row.state, row.outcome), ("done", "Reached him"))

    def test_activity_of_a_person_is_left_alone(self):
        row = self.make_near()
        own = row.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.user.id, summary="Mine")
        own.action_feedback()
        self.assertEqual(row.state, "planned")

    def test_skip_needs_a_reason_and_keeps_it(self):
        row = self.make_near()
        wizard = self.env["subscription.interaction.skip"].create({"interaction_ids": [(6, 0, row.ids)], "reason": " "})
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_confirm()
        wizard.reason = "On holiday"
        wizard.action_confirm()
        self.assertEqual((row.state, row.outcome), ("cancelled", "On holiday"))
        self.assertFalse(row.activity_ids)
        self.assertIn("On holiday", row.message_ids[0].body)

    def test_postpone_takes_the_activity_along(self):
        row = self.make_near()
        wizard = self.open(row.action_open_move(), date=date(2026, 1, 12))
        wizard.action_confirm()
        self.assertEqual(row.activity_ids.date_deadline, date(2026, 1, 12))

    def test_reassign_takes_the_activity_along_and_needs_somebody_who_can(self):
        row = self.make_near()
        colleague = self.caller.copy({"login": "colleague"})
        wizard = self.env["subscription.interaction.reassign"].create(
            {"interaction_ids": [(6, 0, row.ids)], "user_id": colleague.id}
        )
        wizard.action_confirm()
        self.assertEqual((row.user_id, row.activity_ids.user_id), (colleague, colleague))
        colleague.group_ids = self.env.ref("base.group_user")
        with self.assertRaisesRegex(ValidationError, "may not see"):
            wizard.action_confirm()

    def test_reopen_puts_it_back(self):
        row = self.make_near()
        row._finish()
        row.action_reopen()
        row._prepare(TODAY)
        self.assertEqual((row.state, len(row.activity_ids)), ("planned", 1))

    def test_agenda_groups(self):
        rows = self.make_recurrence(frequency="daily").interaction_ids.sorted("slot_key")
        rows[1]._postpone(date(2026, 1, 2))
        rows[2]._finish()
        counts = dict(
            self.interactions._read_group(
                [("recurrence_id", "=", rows.recurrence_id.id)], ["agenda_group"], ["__count"]
            )
        )
        self.assertEqual(counts, {"overdue": 1, "today": 1, "near": 5, "later": 83, "closed": 1})
        for group, count in counts.items():
            found = self.interactions.search(
                [("recurrence_id", "=", rows.recurrence_id.id), ("agenda_group", "=", group)]
            )
            self.assertEqual((len(found), set(found.mapped("agenda_group"))), (count, {group}))

    def test_today_is_the_day_of_the_company(self):
        row = self.make_recurrence().interaction_ids.sorted("slot_key")[0]
        with freeze_time("2026-01-06 22:30:00"):
            self.env.invalidate_all()
            self.assertEqual(row.agenda_group, "today", "half past midnight in Bucharest")

    def test_by_hand(self):
        form = Form(self.interactions)
        form.name = "Ask for the signed copy"
        form.partner_id = self.customer
        form.occurrence_date = date(2026, 1, 8)
        row = form.save()
        self.assertEqual((row.date_start, row.is_moved), (datetime(2026, 1, 8, 12), False))
        row._prepare(TODAY)
        self.assertTrue(row.activity_ids)

    def test_rec_06_from_interaction_customer_and_contract_to_recurrences(self):
        contract = self.make_contract()
        recurrence = self.make_recurrence(contract_id=contract.id)
        row = recurrence.interaction_ids[0]
        self.assertEqual(row.action_view_recurrences()["res_id"], recurrence.id)
        for record in (self.customer, contract):
            action = record.action_view_recurrences()
            self.assertIn(recurrence, self.env["subscription.recurrence"].search(action["domain"]))
            new = Form(self.env["subscription.recurrence"].with_context(**action["context"]))
            self.assertEqual(new.partner_ids.ids, self.customer.ids)
        self.assertEqual((self.customer.subscription_recurrence_count, contract.recurrence_count), (1, 1))
        manual = self.interactions.create({"name": "By hand", "partner_id": self.customer.id})
        self.assertIn(recurrence, recurrence.search(manual.action_view_recurrences()["domain"]))

    def test_cron_prepares(self):
        row = self.make_recurrence().interaction_ids.sorted("slot_key")[0]
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_prepare_interactions")
        for _again in range(2):
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(len(row.activity_ids), 1)


@tagged("post_install", "-at_install")
class TestCustomerFilter(RecurrenceCommon):
    """“Customers with an offer sent in the last 14 days and no answer” (REC-03), looked at when the day comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.others = cls.env["res.partner"].create(
            [{"name": f"Müşteri {n}", "email": f"m{n}@example.com"} for n in range(4)]
        )

    def send_offer(self, partner, day):
        with freeze_time(f"{day} 09:00:00"):
            order = self.env["sale.order"].create(
                {"partner_id": partner.id, "order_line": [(0, 0, {"product_id": self.product.id})]}
            )
            order.action_quotation_sent()
        return order

    def make_filtered(self, **values):
        return self.make_recurrence(
            audience="filter",
            partner_ids=[(5,)],
            filter_id=self.env.ref("subscription_mgmt.filter_unanswered_offers").id,
            mon=True,
            **values,
        )

    def test_the_day_before_nobody_is_named(self):
        recurrence = self.make_filtered()
        self.assertEqual(len(recurrence.interaction_ids), 13)
        self.assertFalse(recurrence.interaction_ids.partner_id)

    def test_on_the_day_one_for_each_customer_without_an_answer(self):
        waiting, answered, old, wrote = self.others
        recurrence = self.make_filtered()
        self.send_offer(waiting, "2026-01-02")
        self.send_offer(answered, "2026-01-02").action_confirm()
        self.send_offer(old, "2025-12-01")
        offer = self.send_offer(wrote, "2026-01-02")
        offer.message_post(body="Too dear", author_id=wrote.id, message_type="email", date=datetime(2026, 1, 3, 8))
        with freeze_time("2026-01-05 10:00:00"):
            rows = self.prepare(recurrence)
        self.assertEqual(rows.partner_id, waiting)
        self.assertEqual(rows.activity_ids.date_deadline, date(2026, 1, 5))

    def prepare(self, recurrence, today=TODAY):
        due = self.interactions.search(self.interactions._get_unprepared_domain(self.company, today))
        due.filtered(lambda row: row.recurrence_id == recurrence)._prepare(today)
        return recurrence.interaction_ids.filtered(lambda row: row.slot_key == today)

    def test_again_makes_no_twin(self):
        recurrence = self.make_filtered()
        for partner in self.others[:3]:
            self.send_offer(partner, "2026-01-02")
        with freeze_time("2026-01-05 10:00:00"):
            rows = self.prepare(recurrence)
            self.assertEqual(rows.partner_id, self.others[:3])
            self.assertEqual(self.prepare(recurrence), rows)
            self.assertFalse(recurrence._generate(TODAY))
            change = recurrence._get_change(TODAY)
            self.assertFalse(change.added or change.removed or change.moved)
        self.assertEqual(len(recurrence.interaction_ids), 15)

    def test_nobody_matches(self):
        recurrence = self.make_filtered()
        with freeze_time("2026-01-05 10:00:00"):
            rows = self.prepare(recurrence)
        self.assertEqual((rows.state, rows.outcome), ("cancelled", "No customer matched the filter on the day."))

    def test_too_many_are_refused_with_the_reason(self):
        recurrence = self.make_recurrence(audience="filter", partner_ids=[(5,)], partner_domain="[]", mon=True)
        self.patch(audience, "MAX_CUSTOMERS", 2)
        with freeze_time("2026-01-05 10:00:00"):
            rows = self.prepare(recurrence)
        self.assertIn("more than 2 customers", rows.subscription_error)
        self.assertEqual(rows.state, "planned")

    def test_rights_of_the_responsible_decide(self):
        """A filter shows no customer that the responsible may not see."""
        secret = self.env["res.company"].create({"name": "Secret"})
        hidden = self.env["res.partner"].create({"name": "Hidden", "company_id": secret.id, "ref": "F1"})
        shown = self.env["res.partner"].create({"name": "Shown", "ref": "F1"})
        recurrence = self.make_recurrence(audience="filter", partner_domain="[('ref', '=', 'F1')]", mon=True)
        self.assertEqual(recurrence._get_filtered_partners(), shown)
        self.assertNotIn(hidden, recurrence._get_filtered_partners())
        self.assertEqual(recurrence.filtered_count, 1)

    def test_days_since_the_offer_on_the_customer(self):
        self.send_offer(self.others[0], "2026-01-02")
        with freeze_time("2026-01-05 10:00:00"):
            partners = self.env["res.partner"].with_company(self.company)
            self.assertEqual(self.others[0].with_company(self.company).subscription_offer_days, 3)
            for operator, value, expected in (("<=", 3, True), ("<", 3, False), (">", 2, True), (">=", 4, False)):
                found = partners.search([("subscription_offer_days", operator, value)])
                self.assertEqual(self.others[0] in found, expected, (operator, value))
