"""Which tests a name means; no test lost and none started twice when they are divided."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from choose_tests import ROOT, Suite, measured

FILES = {
    "one/tests/__init__.py": "from . import test_top\nfrom .billing import *\n",
    "one/tests/test_top.py": "class TestTop(Case):\n    def test_it(self): ...\n",
    "one/tests/billing/__init__.py": "from . import test_bill, test_pages\n",
    "one/tests/billing/test_bill.py": "class TestBill(Case):\n    def test_once(): ...\n    def test_again(): ...\n",
    "one/tests/billing/test_pages.py": "class TestPages(HttpCase):\n    def test_page(self): ...\n",
    "one/tests/tools/test_money.py": "class TestMoney(TestCase):\n    def test_sum(self): ...\n",
    "two/tests/__init__.py": "from .billing import *\n",
    "two/tests/billing/__init__.py": "from . import test_bridge\n",
    "two/tests/billing/test_bridge.py": "class TestBridge(Case):\n    def test_it(self): ...\n",
}

STATS = """\tone: 12.00s 90 queries
\tone.billing.test_bill.TestBill: 7.50s 40 queries
\tone.billing.test_bill.TestBill.test_once: 7.50s 40 queries
\tone.billing.test_bill.TestMore: 2.00s 40 queries
\tone.billing.test_gone.TestGone: 2.50s 10 queries
"""


class TestChoose(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def suite(self, **options):
        return Suite(["one", "two"], self.root, **options)

    def test_an_add_on(self):
        self.assertEqual(self.suite().named("two"), ["odoo /two"])

    def test_an_add_on_with_its_plain_tests(self):
        self.assertEqual(self.suite().named("one"), ["odoo /one", "plain one/tests/tools test_*.py -"])

    def test_a_part_of_the_name_of_an_add_on(self):
        self.write("payment_three/tests/test_three.py", "")
        suite = Suite(["one", "payment_three"], self.root)
        self.assertEqual(suite.named("three"), ["odoo /payment_three"])
        self.assertEqual(suite.named("thr"), ["error no test is named thr"])

    def test_a_room_of_every_add_on_that_has_it(self):
        self.assertEqual(
            self.suite().named("billing"),
            [
                "odoo /one/tests/billing/test_bill.py",
                "odoo /one/tests/billing/test_pages.py",
                "odoo /two/tests/billing/test_bridge.py",
            ],
        )

    def test_a_file_by_name_or_path(self):
        for name in ("test_bill", "test_bill.py", "one/tests/billing/test_bill.py"):
            self.assertEqual(self.suite().named(name), ["odoo /one/tests/billing/test_bill.py"])

    def test_a_class(self):
        self.assertEqual(self.suite().named("TestBill"), ["odoo /one/tests/billing/test_bill.py:TestBill"])

    def test_one_test(self):
        self.assertEqual(
            self.suite().named("TestBill.test_once"), ["odoo /one/tests/billing/test_bill.py:TestBill.test_once"]
        )

    def test_a_plain_test(self):
        self.assertEqual(
            self.suite().named("TestMoney.test_sum"), ["plain one/tests/tools test_money.py TestMoney.test_sum"]
        )

    def test_a_name_of_nothing_is_an_error(self):
        for name in ("TestBill.test_never", "test_nothing", "Test", "", "."):
            self.assertEqual(self.suite().named(name), [f"error no test is named {name}"])

    def test_every_file_is_in_one_share(self):
        for besides in ([0], [0, 0], [500, 0], [0, 0, 0]):
            files = [file for share in self.suite().shares(besides) for file in share]
            self.assertEqual(
                sorted(map(str, files)),
                sorted(path for path, text in FILES.items() if "Case):" in text and "tools" not in path),
            )

    def test_shares_end_together(self):
        seconds = {
            "one/tests/billing/test_bill.py": 70,
            "one/tests/test_top.py": 40,
            "two/tests/billing/test_bridge.py": 20,
        }
        (first, second) = self.suite(seconds=seconds).shares([0, 0])
        self.assertEqual([file.stem for file in first], ["test_bill"])
        self.assertEqual({file.stem for file in second}, {"test_top", "test_bridge", "test_pages"})

    def test_a_process_with_work_besides_gets_less(self):
        first, second = self.suite().shares([100, 0])
        self.assertFalse(first)
        self.assertEqual(len(second), 4)

    def test_what_calls_pages_stays_together(self):
        for number in range(5):
            self.write(
                f"one/tests/test_tour_{number}.py", "class TestTour(Base):\n    def test_it(self): self.start_tour()\n"
            )
        shares = self.suite().shares([0, 0])
        self.assertEqual(len([share for share in shares if any("tour" in file.stem for file in share)]), 1)

    def test_a_file_that_is_not_imported_is_an_error(self):
        self.write("one/tests/billing/test_bill_late.py", "")
        self.assertEqual(len(list(self.suite().overlooked())), 1)

    def test_a_room_that_is_not_imported_is_an_error(self):
        self.write("two/tests/charging/__init__.py", "from . import test_charge\n")
        self.write("two/tests/charging/test_charge.py", "")
        self.assertEqual(len(list(self.suite().overlooked())), 1)

    def test_two_files_of_one_name_are_an_error(self):
        self.write("one/tests/charging/test_bill.py", "")
        self.write("one/tests/charging/__init__.py", "from . import test_bill\n")
        self.write("one/tests/__init__.py", FILES["one/tests/__init__.py"] + "from .charging import *\n")
        self.assertEqual(len(list(self.suite().overlooked())), 1)

    def test_a_suite_in_order_has_no_errors(self):
        self.assertEqual(list(self.suite().overlooked()), [])

    def test_seconds_are_read_from_the_log(self):
        self.write("log", f"Detailed Tests Report:\n{STATS}")
        self.assertEqual(list(measured(self.suite(), [self.root / "log"])), [(9.5, "one/tests/billing/test_bill.py")])

    def test_the_files_of_this_project_are_all_seen(self):
        addons = [path.parent.name for path in ROOT.glob("*/__manifest__.py")]
        suite = Suite(addons)
        self.assertTrue(suite.files)
        self.assertEqual(list(suite.overlooked()), [])


if __name__ == "__main__":
    unittest.main()
