"""Where rows are locked: acts of people go through the one helper that says what is going on (E6)."""

import ast
import unittest
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2]
# The helper itself, and what nobody waits for: the night and the queue leave to others what others hold.
BACKGROUND = {
    "models/billing/delivery.py",
    "models/billing/gateway.py",
    "models/billing/posting.py",
    "models/billing/mail_mail.py",
    "models/billing/network.py",
    "models/billing/subscription_billing_run.py",
    "models/charging/sending.py",
    "models/common/batches.py",
    "models/common/subscription_mixin.py",
    "models/importing/job.py",
}


def find_calls(*names):
    """Files of the add-on in which methods of these names are called."""
    found = set()
    for layer in ("models", "wizards", "controllers"):
        for path in (ADDON / layer).rglob("*.py"):
            calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
            if any(isinstance(call, ast.Attribute) and call.attr in names for call in calls):
                found.add(str(path.relative_to(ADDON)))
    return found


class TestLocks(unittest.TestCase):
    def test_fault_e6_nobody_reads_a_message_about_locks(self):
        self.assertEqual(find_calls("lock_for_update"), set(), 'it says "Cannot grab a lock on records"')

    def test_fault_e6_acts_of_people_lock_by_the_helper(self):
        self.assertEqual(find_calls("try_lock_for_update"), BACKGROUND)
