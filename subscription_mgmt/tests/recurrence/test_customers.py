from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .recurrence_common import RecurrenceCommon


@tagged("post_install", "-at_install")
class TestCustomers(RecurrenceCommon):
    """Customers of a recurrence who are merged, or deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Birch Cafe"})
        cls.both = cls.customer | cls.other

    def make_visits(self, partners=None):
        return self.make_recurrence(partner_ids=[Command.set((partners or self.both).ids)])

    def visits(self, recurrence, partner):
        return recurrence.interaction_ids.filtered(lambda row: row.partner_id == partner).sorted("slot_key")

    def merge(self):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(self.both.ids, self.customer)
        self.env.invalidate_all()

    def test_fault_d7_customer_with_interactions_is_not_deleted_whichever_comes_first(self):
        recurrence = self.make_visits()
        for partner in self.both:
            with self.assertRaisesRegex(UserError, f"{partner.name} has interactions .* Archive"):
                partner.unlink()
        self.assertFalse(recurrence.interaction_ids.filtered(lambda row: not row.partner_id))

    def test_fault_d7_only_customer_of_a_recurrence_that_goes_on_is_not_deleted(self):
        recurrence = self.make_recurrence(generate=False, partner_ids=[Command.set(self.other.ids)])
        with self.assertRaisesRegex(UserError, "Birch Cafe is the only customer of “Call back”. Archive that"):
            self.other.unlink()
        recurrence.partner_ids |= self.customer
        self.other.unlink()
        self.assertEqual(recurrence.partner_ids, self.customer)

    def test_customer_without_interactions_goes_with_his_exceptions(self):
        recurrence = self.make_visits(self.customer)
        dates = {"recurrence_id": recurrence.id, "date": date(2026, 1, 7)}
        exceptions = self.env["subscription.recurrence.exception"].create(
            [{**dates, "partner_id": self.other.id}, {**dates, "partner_id": False}]
        )
        self.other.unlink()
        self.assertEqual(exceptions.exists(), exceptions[1], "what held for one does not hold for all")

    def test_fault_d5_merged_customers_of_one_recurrence_have_one_visit_a_date(self):
        recurrence = self.make_visits()
        done = self.visits(recurrence, self.other)[0]
        done._finish("Said hello")
        count = len(self.visits(recurrence, self.customer))
        self.merge()
        rows = self.visits(recurrence, self.customer)
        self.assertEqual((len(recurrence.interaction_ids), len(rows), len(set(rows.mapped("slot_key")))), (count,) * 3)
        self.assertEqual((rows[0], rows[0].state), (done, "done"), "what was done is kept, not what is planned")
        self.assertEqual((recurrence.partner_ids, recurrence.rule_outdated), (self.customer, False))
        recurrence._generate(date(2026, 1, 6))
        self.assertEqual(len(recurrence.interaction_ids), count, "nothing is made again")

    def test_what_was_done_with_both_is_kept_as_history(self):
        recurrence = self.make_visits()
        first = self.visits(recurrence, self.customer)[0] | self.visits(recurrence, self.other)[0]
        first._finish("Said hello")
        self.merge()
        self.assertEqual((first.exists(), first.partner_id), (first, self.customer))
        self.assertEqual(len(first.recurrence_id), 1)
        self.assertEqual(len(first.filtered("recurrence_id")), 1)

    def test_merged_exceptions(self):
        recurrence = self.make_visits()
        for partner, number in ((self.customer, 0), (self.other, 0), (self.other, 1)):
            self.visits(recurrence, partner).filtered(
                lambda row, day=date(2026, 1, 7 + 7 * number): row.slot_key == day
            ).unlink()
        self.merge()
        self.assertEqual(recurrence.exception_ids.mapped("date"), [date(2026, 1, 7)], "his own dates hold")
