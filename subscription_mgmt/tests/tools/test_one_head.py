"""The head of an invoice is decided in one place: nobody else writes its values down."""

import ast
import unittest
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2]
HEAD = Path("models/billing/head.py")
# Fields of a head that only invoices have
FIELDS = {"invoice_payment_term_id", "invoice_date_due", "partner_shipping_id", "preferred_payment_method_line_id"}
KINDS = {"out_invoice", "out_refund"}


def find_heads(source):
    """Lines on which a dict holds values of the head of an invoice."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            kinds = {part.value for value in node.values for part in ast.walk(value) if isinstance(part, ast.Constant)}
            if keys & FIELDS or ("move_type" in keys and kinds & KINDS):
                yield node.lineno


class TestOneHead(unittest.TestCase):
    def test_values_of_a_head_stand_in_one_file(self):
        files = [path for layer in ("models", "wizards", "controllers") for path in (ADDON / layer).rglob("*.py")]
        found = {path.relative_to(ADDON) for path in files if list(find_heads(path.read_text()))}
        self.assertEqual(found, {HEAD})

    def test_the_check_sees_a_second_head(self):
        self.assertTrue(list(find_heads('{"move_type": "out_invoice", "partner_id": 1}')))
        self.assertTrue(list(find_heads('{"invoice_date_due": day}')))
        self.assertFalse(list(find_heads('{"move_type": "spend"}')))
