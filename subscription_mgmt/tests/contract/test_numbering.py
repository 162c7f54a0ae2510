from contextlib import contextmanager
from itertools import product

from freezegun import freeze_time
from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import SubscriptionCommon
from ..process_common import ProcessCase

CODE = "subscription.contract"


@tagged("post_install", "-at_install")
class TestNumbering(SubscriptionCommon):
    """Numbers of many contracts are taken in one step, and are those that Odoo gives one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sequence = cls.env["ir.sequence"].search([("code", "=", CODE), ("company_id", "=", cls.company.id)])

    def draw(self, count):
        return self.env["subscription.contract"]._draw_numbers(self.company, count)

    def draw_one_by_one(self, count):
        sequences = self.env["ir.sequence"].with_company(self.company)
        return [sequences.next_by_code(CODE) for _number in range(count)]

    @freeze_time("2026-03-05 10:00:00")
    def test_the_same_numbers_as_one_by_one(self):
        kinds = product(("standard", "no_gap"), (False, True), (1, 3), (("S-%(range_year)s-", "/%(month)s"), ("", "")))
        for implementation, use_date_range, step, (prefix, suffix) in kinds:
            values = {
                "implementation": implementation,
                "use_date_range": use_date_range,
                "number_increment": step,
                "prefix": prefix,
                "suffix": suffix,
                "padding": 4,
            }
            with self.subTest(**values):
                self.sequence.date_range_ids.unlink()
                self.sequence.write({**values, "number_next": 7})
                expected = self.draw_one_by_one(5)
                self.sequence.date_range_ids.unlink()
                self.sequence.write({"number_next": 7})
                self.assertEqual(self.draw(3) + self.draw(0) + self.draw_one_by_one(1) + self.draw(1), expected)

    @freeze_time("2026-03-05 10:00:00")
    def test_each_date_range_counts_by_itself(self):
        for implementation in ("standard", "no_gap"):
            with self.subTest(implementation):
                self.sequence.date_range_ids.unlink()
                self.sequence.write(
                    {
                        "implementation": implementation,
                        "use_date_range": True,
                        "prefix": "%(range_year)s-",
                        "padding": 1,
                    }
                )
                self.assertEqual(self.draw(2), ["2026-1", "2026-2"])
                dated = self.env["subscription.contract"].with_context(ir_sequence_date="2027-01-05")
                self.assertEqual(dated._draw_numbers(self.company, 2), ["2027-1", "2027-2"])
                self.assertEqual(self.draw(1), ["2026-3"])

    def test_a_company_without_a_sequence_numbers_nothing(self):
        self.env["ir.sequence"].search([("code", "=", CODE)]).unlink()
        self.assertEqual(self.draw(2), ["/", "/"])

    def test_numbers_that_are_taken_are_passed_over(self):
        self.sequence.write({"prefix": "N", "padding": 1, "number_next": 1})
        self.make_contract(name="N2", activate=False)
        self.assertEqual(self.draw(4), ["N1", "N5", "N3", "N4"], "the sequence goes on after the highest of all")

    def test_a_contract_of_many_costs_less_than_a_query(self):
        partners = self.env["res.partner"].create([{"name": f"Subscriber {number}"} for number in range(40)])

        def make(partners):
            self.env["subscription.contract"].create(
                [
                    {
                        "subject": "Internet",
                        "partner_id": partner.id,
                        "line_ids": [Command.create({"product_id": self.product.id, "price_unit": 10.0})],
                    }
                    for partner in partners
                ]
            )

        make(partners[:1])  # what a server remembers
        few, many = (self.count_queries(lambda part=part: make(part)) for part in (partners[:10], partners[10:]))
        self.assertLess(many - few, 20 * 0.3, "each of twenty more takes a third of a query at most")


@tagged("post_install", "-at_install")
class TestNumberingProcesses(ProcessCase):
    """Two who make contracts at the same time never get the same numbers; what one gives back is no gap."""

    @contextmanager
    def open(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})

    def write(self, implementation):
        with self.open() as env:
            domain = [("code", "=", CODE), ("company_id", "=", self.company_id)]
            env["ir.sequence"].search(domain).write(
                {"implementation": implementation, "prefix": "P", "padding": 1, "number_next": 1}
            )

    def draw(self, env, count):
        return env["subscription.contract"]._draw_numbers(env.company, count)

    def test_blocks_of_two_transactions_do_not_overlap(self):
        self.write("standard")
        with self.open() as one, self.open() as other:
            numbers = [self.draw(env, count) for env, count in ((one, 3), (other, 2), (one, 2))]
            self.assertEqual(numbers, [["P1", "P2", "P3"], ["P4", "P5"], ["P6", "P7"]])

    @mute_logger("odoo.sql_db")
    def test_without_gaps_the_second_waits_for_the_first_to_be_done(self):
        self.write("no_gap")
        with self.open() as one, self.open() as other:
            self.assertEqual(self.draw(one, 3), ["P1", "P2", "P3"])
            with self.assertRaises(OperationalError):
                self.draw(other, 2)
            other.cr.rollback()
            other.invalidate_all(flush=False)
            one.cr.commit()
            self.assertEqual(self.draw(other, 2), ["P4", "P5"])
            other.cr.rollback()  # as when its process is killed
        with self.open() as env:
            self.assertEqual(self.draw(env, 2), ["P4", "P5"])
