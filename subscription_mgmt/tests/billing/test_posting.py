"""Posting many drafts at once gives what Odoo's own `action_post` gives one by one.

The same drafts are posted twice from the same state of the database, once each way, and everything stored is compared.
"""

from contextlib import closing, contextmanager
from datetime import date
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.subscription_mgmt.models.common.context import QUIET

from ..common import SubscriptionCommon

DAY = date(2026, 3, 5)
# When and by whom a row was written
STAMPS = ("create_date", "create_uid", "write_date", "write_uid")
# How often somebody bought: Odoo adds part of it after the transaction
RANK = "customer_rank"
# Numbers of reconciliations that posting makes: compared is whether there is one
NEW_IDS = ("full_reconcile_id", "matching_number")
# Everything that posting writes, and who is told; rows without an id of their own are compared as they are.
QUERIES = {
    "moves": "SELECT * FROM account_move WHERE id = ANY(%s) ORDER BY id",
    "items": "SELECT * FROM account_move_line WHERE move_id = ANY(%s) ORDER BY id",
    "analytic": "SELECT analytic.* FROM account_analytic_line analytic JOIN account_move_line item "
    "ON item.id = move_line_id WHERE move_id = ANY(%s) ORDER BY move_line_id, amount",
    "partials": "SELECT partial.* FROM account_partial_reconcile partial JOIN account_move_line item "
    "ON item.id IN (debit_move_id, credit_move_id) WHERE move_id = ANY(%s) ORDER BY debit_move_id, credit_move_id",
    "followers": "SELECT * FROM mail_followers WHERE res_model = 'account.move' AND res_id = ANY(%s) "
    "ORDER BY res_id, partner_id",
    "partners": "SELECT partner.* FROM res_partner partner JOIN account_move move ON move.partner_id = partner.id "
    "WHERE move.id = ANY(%s) ORDER BY move.id",
}
# Rows that posting makes: numbered anew each time
MADE = ("analytic", "partials")


class PostingCommon(SubscriptionCommon):
    """Drafts of many kinds, posted both ways from the same state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_sale"]
        cls.partners = cls.env["res.partner"].create([{"name": f"P{n}"} for n in range(4)])
        cls.analytic = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name, plan in zip("AB", cls._make_plans(), strict=True)]
        )

    @classmethod
    def _make_plans(cls):
        return cls.env["account.analytic.plan"].create([{"name": "Plan 1"}, {"name": "Plan 2"}])

    def make_draft(self, n=0, day=DAY, journal=None, move_type="out_invoice", **values):
        """A draft of two lines; every third shares its analytic accounts, every fourth has no tax."""
        first, second = self.analytic.ids
        shares = [{f"{first},{second}": 100.0}, {str(first): 60.0, str(second): 40.0}, False]
        line = {"product_id": self.product.id, "analytic_distribution": shares[n % 3]}
        taxes = [] if n % 4 == 3 else self.tax.ids
        lines = [
            {**line, "name": f"L{i}", "price_unit": 10.0 * (n + i), "tax_ids": [Command.set(taxes)]} for i in (1, 2)
        ]
        return self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.partners[n % 4].id,
                "invoice_date": day,
                "journal_id": (journal or self.journal).id,
                "invoice_line_ids": [Command.create(one) for one in lines],
                **values,
            }
        )

    def make_drafts(self, count=6, **values):
        return self.env["account.move"].union(*(self.make_draft(n, **values) for n in range(count)))

    def make_posted(self, name, **values):
        """A posted invoice that a person gave this number."""
        move = self.make_draft(**values)
        move.name = name
        move.action_post()
        return move

    @contextmanager
    def undone(self):
        """What is done in here is taken back at the end, as if it had never been."""
        self.env.flush_all()
        with closing(self.env.cr.savepoint()):
            yield
        self.env.invalidate_all()

    def read_posted(self, moves):
        """What stands in the database of the moves and of what follows from them."""
        self.env.flush_all()
        return {what: self._read(what, query, moves) for what, query in QUERIES.items()}

    def _read(self, what, query, moves):
        self.env.cr.execute(query, [moves.ids])
        names = [column.name for column in self.env.cr.description]
        left_out = (*STAMPS, RANK, "id") if what in MADE else (*STAMPS, RANK)
        return [
            {
                name: bool(value) if name in NEW_IDS else value
                for name, value in zip(names, row, strict=True)
                if name not in left_out
            }
            for row in self.env.cr.fetchall()
        ]

    def post_ours(self, moves):
        moves._subscription_post(DAY)

    def post_one_by_one(self, moves):
        """As Odoo does."""
        for move in moves:
            move.with_context(**QUIET).action_post()

    def assertPostedAlike(self, moves, order=None):
        """Both ways leave the same in the database; returns the numbers.

        :param order: in which they are posted one by one; default: that in which Odoo numbers a batch.
        """
        order = order or moves.sorted(lambda one: (one.date, one.ref or "", one.id))
        self.env.flush_all()
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")
        with self.undone():
            self.post_one_by_one(order)
            expected = self.read_posted(moves)
        with self.undone():
            self.post_ours(moves)
            found = self.read_posted(moves)
            names = moves.mapped("name")
        for what, rows in expected.items():
            self.assertEqual(len(found[what]), len(rows), what)
            for wanted, got in zip(rows, found[what], strict=True):
                self.assertEqual(got, wanted, what)
        return names


@tagged("post_install", "-at_install")
class TestPosting(PostingCommon):
    def test_first_invoices_of_a_year(self):
        code = self.journal.code
        names = self.assertPostedAlike(self.make_drafts())
        self.assertEqual(names, [f"{code}/2026/{n:05}" for n in range(1, 7)])

    def test_yearly_numbers_go_on_and_turn_with_the_year(self):
        self.make_posted("INV/2025/00041", day=date(2025, 6, 1))
        days = [date(2025, 12, 30), date(2026, 1, 2), date(2025, 12, 31), DAY, date(2026, 1, 2), DAY]
        moves = self.env["account.move"].union(*(self.make_draft(n, day=day) for n, day in enumerate(days)))
        names = self.assertPostedAlike(moves)
        self.assertEqual(names[:3], ["INV/2025/00042", "INV/2026/00001", "INV/2025/00043"])

    def test_monthly_numbers(self):
        self.make_posted("INV/2026/02/0007", day=date(2026, 2, 3))
        days = [DAY, date(2026, 2, 20), DAY, DAY, date(2026, 2, 20), date(2026, 2, 20)]
        moves = self.env["account.move"].union(*(self.make_draft(n, day=day) for n, day in enumerate(days)))
        names = self.assertPostedAlike(moves)
        self.assertEqual(names[0], "INV/2026/03/0001")
        self.assertEqual(names[1], "INV/2026/02/0008")

    def test_numbers_that_never_turn_and_numbers_with_an_end(self):
        for number, name in enumerate(("F-0099", "2026/A/0009/X", "INV/25-26/0012")):
            self.company.fiscalyear_last_month = "3" if "-26" in name else "12"
            with self.subTest(name=name), self.undone():
                journal = self.journal.copy({"code": f"N{number}"})
                self.make_posted(name, journal=journal, day=date(2026, 3, 1))
                self.assertPostedAlike(self.make_drafts(journal=journal))

    def test_gaps_are_not_filled_and_are_told(self):
        self.make_posted("INV/2026/00003")
        gap = self.make_posted("INV/2026/00009")
        self.assertTrue(gap.made_sequence_gap)
        names = self.assertPostedAlike(self.make_drafts(3))
        self.assertEqual(names[0], "INV/2026/00010")

    def test_credit_notes_in_a_sequence_of_their_own_or_in_the_same(self):
        invoice = self.make_posted("INV/2026/00003")
        for is_apart in (True, False):
            with self.subTest(is_apart=is_apart):
                self.journal.refund_sequence = is_apart
                notes = self.make_drafts(3, move_type="out_refund", reversed_entry_id=invoice.id)
                names = self.assertPostedAlike(self.make_drafts(4) + notes + self.make_drafts(2))
                self.assertEqual(names[4].startswith("R"), is_apart)

    def test_several_journals_at_once(self):
        other = self.journal.copy({"code": "TWO"})
        moves = self.env["account.move"].union(
            *(self.make_draft(n, journal=journal) for n in range(3) for journal in (self.journal, other))
        )
        names = self.assertPostedAlike(moves)
        self.assertEqual([name.split("/")[0] for name in names], [self.journal.code, "TWO"] * 3)

    def test_several_companies(self):
        other = self.setup_other_company()
        theirs = self.env["account.move"].with_context(allowed_company_ids=[other["company"].id, self.company.id])
        lines = [Command.create({"name": "L", "price_unit": 5.0, "tax_ids": False})]
        values = {
            "move_type": "out_invoice",
            "partner_id": self.partners[0].id,
            "invoice_date": DAY,
            "company_id": other["company"].id,
            "journal_id": other["default_journal_sale"].id,
            "invoice_line_ids": lines,
        }
        moves = self.make_drafts(3) + theirs.create([dict(values) for _n in range(3)]).with_env(self.env)
        moves = moves.with_context(allowed_company_ids=[self.company.id, other["company"].id])
        self.assertPostedAlike(moves)

    def test_a_name_that_a_person_typed_on_the_first_of_a_sequence(self):
        moves = self.make_drafts(5)
        moves[0].name = "FAC-2026-0100"
        names = self.assertPostedAlike(moves)
        self.assertEqual(names[:2], ["FAC-2026-0100", "FAC-2026-0101"])

    def test_a_name_that_a_person_typed_in_the_middle(self):
        self.make_posted("INV/2026/00003")
        moves = self.make_drafts(5)
        moves[2].name = "INV/2026/00500"
        self.assertPostedAlike(moves)
        moves[2].name = "ODD/2026/00500"
        self.assertPostedAlike(moves)

    def test_a_draft_with_an_earlier_date_and_posted_ones_after_it(self):
        self.make_posted("INV/2026/00003", day=date(2026, 4, 1))
        self.make_posted("INV/2025/00003", day=date(2025, 4, 1))
        days = [DAY, date(2026, 1, 1), date(2025, 1, 1), DAY, date(2024, 5, 5), date(2026, 1, 1)]
        moves = self.env["account.move"].union(*(self.make_draft(n, day=day) for n, day in enumerate(days)))
        self.assertPostedAlike(moves)

    def test_lock_dates_move_the_date_and_all_that_follows(self):
        # How numbers of the journal look decides about the date: Odoo, too, must not find that out in mid-batch.
        self.make_posted("INV/2026/00003")
        euro = self.setup_other_currency("EUR", rates=[(date(2026, 1, 1), 0.5), (date(2026, 2, 1), 0.8)])
        moved = self.make_drafts(4, day=date(2026, 1, 10))
        moved += self.make_draft(2, day=date(2026, 1, 10), currency_id=euro.id)
        stays = self.make_drafts(2)
        # They are given today's date, and numbered by that.
        self.company.sale_lock_date = date(2026, 1, 31)
        self.assertPostedAlike(moved + stays, order=stays + moved)
        self.company.tax_lock_date = date(2026, 2, 28)
        self.assertPostedAlike(moved + stays, order=stays + moved)

    def test_currencies_terms_and_nothing_to_pay(self):
        euro = self.setup_other_currency("EUR", rates=[(date(2020, 1, 1), 0.9173)])
        moves = self.make_draft(0, currency_id=euro.id)
        moves += self.make_draft(1, invoice_payment_term_id=self.env.ref("account.account_payment_term_30days").id)
        moves += self.make_draft(2, invoice_line_ids=[Command.create({"name": "Free", "price_unit": 0.0})])
        moves += self.make_draft(3, ref="B") + self.make_draft(4, ref="A")
        self.assertPostedAlike(moves)

    def test_invoices_chained_by_their_hashes(self):
        self.journal.restrict_mode_hash_table = True
        self.make_posted("INV/2026/00003")
        self.assertPostedAlike(self.make_drafts(4))

    def test_the_comparison_sees_another_number(self):
        """A test that cannot fail proves nothing."""
        moves = self.make_drafts(2)
        original = type(moves)._get_next_sequence_format

        def skip(move):
            template, values = original(move)
            return template, {**values, "seq": values["seq"] + 1}

        def post(_self, ours):
            with patch.object(type(moves), "_get_next_sequence_format", skip):
                ours._subscription_post(DAY)

        with patch.object(type(self), "post_ours", post), self.assertRaises(AssertionError):
            self.assertPostedAlike(moves)


@tagged("post_install", "-at_install")
class TestPostingCosts(PostingCommon):
    def count_queries(self, moves):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.post_ours(moves)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_no_query_more_for_more_invoices(self):
        """But for what is inserted in pieces by size: none of that below a hundred lines."""
        self.make_posted("INV/2026/00003")
        self.count_queries(self.make_drafts(4))  # loads what is loaded once
        first, many, few = (self.make_drafts(count, partner_id=self.partners[0].id) for count in (4, 12, 4))
        self.count_queries(first)  # loads what is loaded once for the customer
        self.assertEqual(self.count_queries(many), self.count_queries(few))

    def test_numbering_passes_by_no_waiting_draft(self):
        """Both queries by which Odoo finds the last number have an index without drafts."""
        self.make_posted("INV/2026/00003")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        # In the few rows of a test any index by date is as good: until the end of the test the others are gone.
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'account_move' AND indexdef LIKE '%date%' "
            "AND indexname NOT LIKE 'account_move_subscription_%'"
        )
        for (name,) in self.env.cr.fetchall():
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        queries = (
            "SELECT sequence_prefix FROM account_move WHERE journal_id = %(id)s AND name != '/' "
            "ORDER BY id DESC LIMIT 1",
            "SELECT id FROM account_move WHERE journal_id IN (%(id)s) AND name NOT IN ('/', '') "
            "AND date <= '2026-05-05' ORDER BY date DESC LIMIT 1",
        )
        for query, index in zip(queries, ("newest", "latest"), strict=True):
            self.env.cr.execute(f"EXPLAIN {query}", {"id": self.journal.id})
            plan = "\n".join(row for (row,) in self.env.cr.fetchall())
            self.assertIn(f"account_move_subscription_{index}", plan)

    @mute_logger("odoo.sql_db")
    def test_localisations_with_rules_of_their_own_are_asked_each_time(self):
        asked = []
        model = type(self.env["account.move"])
        original = model._get_last_sequence_domain

        def ask(move, relaxed=False):
            asked.append(move.id)
            return original(move, relaxed)

        moves = self.make_drafts(6)
        with (
            patch.object(model, "_has_known_numbering", lambda _move: False),
            patch.object(model, "_get_last_sequence_domain", ask),
        ):
            self.post_ours(moves)
        self.assertLessEqual(set(moves.ids), set(asked))
