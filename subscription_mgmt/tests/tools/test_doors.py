"""Doors that need no database: what a caller's words must not open, and texts that keep the server busy."""

import ast
import time
import unittest
from pathlib import Path

from subscription_mgmt.tools import card_numbers
from subscription_mgmt.tools.recurrence import literal_domain
from subscription_mgmt.tools.refusal import Refusal
from subscription_mgmt.tools.storable import storable
from subscription_mgmt.tools.workbook.number_formats import format_kind

ADDON = Path(__file__).resolve().parents[2]
# Words of a context that a caller may send: they choose what is proposed or shown, and change no rule.
HARMLESS = {"active_model", "active_ids", "recurring_invoice", "subscription_line_days", "subscription_shown"}
# Odoo's own: by which day a number is drawn, as `next_by_code` has it
HARMLESS |= {"ir_sequence_date"}
# Read once it is known to be an object of this process
LOOKED_AT_BEFORE = {"subscription_call", "subscription_profit_lines", "subscription_shared"}
LAYERS = ("models", "wizards", "controllers")


def reads_of_context():
    """(file and line, key, whether the value must be an object of this process) for every read of a context."""
    for path in sorted(path for layer in LAYERS for path in (ADDON / layer).rglob("*.py")):
        tree = ast.parse(path.read_text())
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            place = f"{path.relative_to(ADDON)}:{getattr(node, 'lineno', '')}"
            if isinstance(node, ast.Compare) and any(_is_context(part) for part in node.comparators):
                yield place, ast.literal_eval(node.left), False
            elif isinstance(node, ast.Subscript) and _is_context(node.value):
                yield place, ast.literal_eval(node.slice), node.slice.value in LOOKED_AT_BEFORE
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_context(node.func.value):
                parent = parents[node]
                sealed = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], (ast.Is, ast.IsNot))
                typed = isinstance(parent, ast.Call) and getattr(parent.func, "id", "") == "isinstance"
                yield place, ast.literal_eval(node.args[0]), sealed or typed


def _is_context(node):
    return isinstance(node, ast.Attribute) and node.attr == "context" and getattr(node.value, "attr", "") == "env"


class TestDoors(unittest.TestCase):
    # === CONTEXTS === #
    def test_fault_b12_no_word_of_a_caller_changes_a_rule(self):
        found = list(reads_of_context())
        self.assertGreater(len(found), 10)
        self.assertEqual([(place, key) for place, key, sealed in found if not sealed and key not in HARMLESS], [])

    # === DOMAINS === #
    def test_fault_b8_a_filter_is_fixed_values(self):
        domain = "['|', ('city', '=', 'Iaşi'), ('id', 'in', [1, 2]), ('child_ids', 'any', [('active', '=', True)])]"
        self.assertEqual(literal_domain.parse(domain), ast.literal_eval(domain))
        self.assertEqual(literal_domain.parse(""), [])

    def test_fault_b8_nothing_in_a_filter_runs(self):
        for text in ("[('id', '=', time.sleep(9))]", "[('id', 'in', range(10**9))]", "[('id', 'in', [0] * 10**9)]",
                     "[('id', '=', 9**9**9)]", "[('id', '=', uid)]", "[(", "[" * 5000, "-" * 9000 + "1"):  # fmt: skip
            with self.subTest(text[:40]), self.assertRaises(Refusal) as refusal:
                literal_domain.parse(text)
            self.assertEqual(refusal.exception.code, "not_fixed")

    def test_fault_b8_a_filter_has_a_ceiling(self):
        for text, code in (
            (" " * literal_domain.MAX_LENGTH + "[]", "too_long"),
            (str([("id", "=", 1)] * (literal_domain.MAX_TERMS + 1)), "too_many"),
            (str([("id", "in", [1] * (literal_domain.MAX_VALUES + 1))]), "too_many"),
            ("{'id': 1}", "no_condition"),
            ("[('id', '=')]", "no_condition"),
            ("[('id', '=', {1, 2})]", "no_condition"),
            ("[('id', 'in', [[1]])]", "no_condition"),
        ):
            with self.subTest(text[:40]), self.assertRaises(Refusal) as refusal:
                literal_domain.parse(text)
            self.assertEqual(refusal.exception.code, code)

    # === CARD NUMBERS === #
    def test_fault_b21_card_numbers_however_they_are_written(self):
        for number in ("4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "5555555555554444",
                       "378282246310005", "3782 822463 10005", "6011000990139424"):  # fmt: skip
            self.assertEqual(card_numbers.mask(f"Card {number} refused (51)"), "Card •••• refused (51)")

    def test_fault_b21_a_card_number_among_other_digits(self):
        self.assertEqual(card_numbers.mask("2026 4111 1111 1111 1111 12/27"), "2026 •••• 12/27")
        self.assertNotIn("4111111111111111", card_numbers.mask("000099994111111111111111000099990000"))

    def test_fault_b21_other_numbers_stay(self):
        for text in ("Order 1234567890123456", "+40 721 234 567", "2026-01-31 12:00", "", "0000 0000 0000 0000"):
            self.assertEqual(card_numbers.mask(text), text)

    def test_fault_b21_a_long_text_is_looked_through_at_once(self):
        start = time.process_time()
        card_numbers.mask("4-" * 200_000)
        card_numbers.mask("41" * 50_000)
        self.assertLess(time.process_time() - start, 10)

    # === TEXTS === #
    def test_fault_b16_what_no_database_takes_is_left_out(self):
        self.assertEqual(storable("a\x00b\n\tc\ud800"), "ab\n\tc")
        self.assertEqual(storable(None), "")

    def test_fault_b17_a_number_format_of_a_megabyte_costs_nothing(self):
        start = time.process_time()
        for unit in ("[", '"', "\\", "[h", "_", "*", '[a"'):
            self.assertIsNone(format_kind(unit * 1_000_000))
        self.assertLess(time.process_time() - start, 2)

    def test_fault_b17_formats_that_spreadsheets_write_are_read_as_ever(self):
        self.assertEqual(format_kind("[$-41F]dd.mm.yyyy;@"), "date")
        self.assertEqual(format_kind('0000"-"00'), (None, None, None, None, "-", None, None))
