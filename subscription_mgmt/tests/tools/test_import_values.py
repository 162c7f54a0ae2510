"""From a cell to a value, without guessing."""

import contextlib
import unittest
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from subscription_mgmt.tools.importing import values
from subscription_mgmt.tools.refusal import Refusal
from subscription_mgmt.tools.workbook.cells import Fault, PaddedNumber, Percent


class ValueCase(unittest.TestCase):
    def assertReads(self, read, table):
        for cell, expected in table:
            with self.subTest(cell=cell):
                value = read(cell)
                self.assertEqual(value, expected)
                self.assertIs(type(value), type(expected))

    def assertRefuses(self, read, table):
        for cell, code in table:
            with self.subTest(cell=cell), self.assertRaises(Refusal) as caught:
                read(cell)
            self.assertEqual(caught.exception.code, code, cell)

    FAULTS = (
        (Fault("error_cell", "#N/A"), "error_cell"),
        (Fault("formula_without_value", "="), "formula_without_value"),
    )


class TestText(ValueCase):
    def test_read(self):
        self.assertReads(
            values.read_text,
            [
                (None, None),
                (" \u00a0\u200b\t", None),
                ("\ufeff\u00a0Işık \u200b", "Işık"),
                ("S\u0327is\u0327li", "Şişli"),
                ("a\r\nb\rc", "a\nb\nc"),
                ("=1+1", "=1+1"),
                (9001, "9001"),
                (12.5, "12.5"),
                (PaddedNumber(123, 5), "00123"),
            ],
        )

    def test_refuse(self):
        self.assertRefuses(
            values.read_text,
            [
                ("a\x00b", "bad_character"),
                ("a\ud800", "bad_character"),
                ("x" * 10_001, "value_too_long"),
                (True, "wrong_kind"),
                (datetime(2025, 1, 2), "wrong_kind"),
                (1e15, "precision_lost"),
                *self.FAULTS,
            ],
        )


class TestCode(ValueCase):
    def test_read(self):
        self.assertReads(
            values.read_code,
            [
                (" 00123 ", "00123"),
                (9001, "9001"),
                ("ŞİŞLİ-1", "ŞİŞLİ-1"),
                ("AB 7/2", "AB 7/2"),
                ("12E4", "12E4"),
                ("A\u200bB\ufeff", "AB"),
                ("A\u00a01", "A 1"),
            ],
        )

    def test_refuse(self):
        self.assertRefuses(
            values.read_code,
            [
                (9001.5, "bad_reference"),
                ("https://example.com/?cpid=4567", "address_reference"),
                ("90\n01", "bad_reference"),
                ("\u202e9001", "bad_character"),
                ("1,23457E+11", "precision_lost"),
                ("1.2E+5", "precision_lost"),
                (12345678901234567890.0, "precision_lost"),
                ("x" * 129, "value_too_long"),
                *self.FAULTS,
            ],
        )


class TestNumber(ValueCase):
    def test_read(self):
        self.assertReads(
            values.read_number,
            [
                (None, None),
                (12, 12.0),
                (0.1 + 0.2, 0.3),
                ("12,5", 12.5),
                ("0,75", 0.75),
                ("0,750", 0.75),
                ("1234.567", 1234.567),
                ("1.234,56", 1234.56),
                ("1,234.56", 1234.56),
                ("1.234.567", 1234567.0),
                ("-7", -7.0),
                ("\u00a012,50 ", 12.5),
                ("1\u00a0234,56", 1234.56),
                ("-1 234 567", -1234567.0),
                ("1'234.567", 1234.567),
                (10**12, 1e12),
            ],
        )

    def test_declared_sign(self):
        self.assertEqual(values.read_number("1.234", ","), 1234.0)
        self.assertEqual(values.read_number("1.234", "."), 1.234)
        self.assertEqual(values.read_number("1.234,5", ","), 1234.5)
        for text, sign in (("1.234,5", "."), ("12.5", ","), ("1,5,5", ",")):
            with self.subTest(text), self.assertRaises(Refusal):
                values.read_number(text, sign)

    def test_refuse(self):
        self.assertRefuses(
            values.read_number,
            [
                ("1.234", "ambiguous_number"),
                ("12,345", "ambiguous_number"),
                ("nan", "bad_number"),
                ("Infinity", "bad_number"),
                ("1e5", "bad_number"),
                ("12 TL", "bad_number"),
                ("1.23.4567", "bad_number"),
                ("1_000", "bad_number"),
                ("12 34", "bad_number"),
                ("1 234\u00a0567", "bad_number"),
                (1e300, "too_big"),
                ("1000000000000,01", "too_big"),
                ("١٢", "bad_number"),
                (True, "bad_number"),
                (datetime(2025, 1, 1), "bad_number"),
                (Percent(0.1), "bad_number"),
                *self.FAULTS,
            ],
        )

    @given(st.integers(-(10**12) + 1, 10**12 - 1), st.integers(0, 99))
    def test_what_a_turkish_sheet_shows_is_read_back(self, whole, cents):
        text = f"{whole:,}".replace(",", ".") + f",{cents:02d}"
        expected = float(f"{whole}.{cents:02d}")
        self.assertEqual(values.read_number(text), expected)


class TestOthers(ValueCase):
    def test_percent(self):
        self.assertReads(
            values.read_percent, [(10, 10.0), ("%10", 10.0), ("12,5 %", 12.5), (Percent(0.125), 12.5), (None, None)]
        )
        self.assertRefuses(values.read_percent, [(101, "bad_percent"), (-1, "bad_percent"), ("x", "bad_number")])

    def test_whole(self):
        self.assertReads(values.read_whole, [(3, 3), (" 12 ", 12), (None, None)])
        self.assertRefuses(
            values.read_whole,
            [(0, "bad_whole"), (1.5, "bad_whole"), ("3,0", "bad_whole"), (True, "bad_whole"), (10_000, "bad_whole")],
        )

    def test_day(self):
        day = date(2025, 1, 31)
        self.assertReads(
            values.read_day,
            [
                (None, None),
                (datetime(2025, 1, 31, 23, 30), day),
                ("31.01.2025", day),
                ("31.1.2025", day),
                ("2025-01-31", day),
                ("2025-01-31T23:30:00Z", day),
                ("31.01.2025 00:00", day),
                (45688, day),
            ],
        )
        self.assertEqual(values.read_day(45688 - 1462, True), day)

    def test_no_day(self):
        self.assertRefuses(
            values.read_day,
            [(text, "bad_date") for text in ("2025-1-1", "dün", "20250131")]
            + [(cell, "bad_date") for cell in (60, 9e6, 7, True, Percent(0.5))]
            + [*self.FAULTS],
        )

    def test_fault_f9_a_day_that_is_none_says_why(self):
        self.assertRefuses(
            values.read_day,
            [
                *((text, "unclear_date") for text in ("01/02/2024", "31/12/2025", "1-2-2024", "2024/02/01")),
                *((text, "short_year") for text in ("1.2.24", "01/02/24")),
                *((text, "no_such_day") for text in ("29.02.2025", "31.02.2026", "0.1.2026", "2025-02-30")),
                *((text, "no_such_month") for text in ("31.13.2025", "2025-00-10")),
                *((cell, "far_date") for cell in ("31.12.9999", "1.1.1949", "0001-01-01", datetime(1900, 1, 1))),
            ],
        )
        self.assertEqual([values.read_day(text).year for text in ("1.1.1950", "31.12.2199")], [1950, 2199])

    def test_fault_f9_the_last_day_of_the_month_is_named(self):
        with self.assertRaises(Refusal) as caught:
            values.read_day("31.02.2024")
        self.assertEqual(caught.exception.params, {"month_end": "29.02.2024"})

    def test_fault_f7_the_address_of_a_page_is_no_code(self):
        addresses = ("https://crm.example.com/customers/9001", "www.example.com/9001", "mailto:a@example.com")
        self.assertRefuses(values.read_code, [(address, "address_reference") for address in addresses])
        for code in ("crm.example.com/9001", "/web#id=9001", "customer.php?id=9001", "view?no=9001"):
            self.assertTrue(values.looks_like_address(code), code)
        for code in ("9001", "AB-0001", "2024/15", "A.1", "base.main_partner", "ŞİŞLİ-1", "7;8", "Ali Veli"):
            self.assertFalse(values.looks_like_address(code), code)

    def test_fault_f3_capitals_and_blanks_make_no_other_number(self):
        for first, second in (
            ("AB-0001", "ab-0001"),
            ("KIRIM-1", "kırım-1"),
            ("KİRİM-1", "kirim-1"),
            ("ŞB 1", "şb\u00a01"),
            ("AB 1", " ab  1 "),
            ("STRASSE", "straße"),
        ):
            self.assertEqual(values.same_number(first), values.same_number(second))
        numbers = ("AB-1", "AB-01", "AB.1", "AB1", "ÂB-1", "AB 1")
        self.assertEqual(len({values.same_number(number) for number in numbers}), len(numbers))

    def test_flag(self):
        for words, expected in (
            (("evet", "E", "DOĞRU", "yes", "da", "1", 1, True), True),
            (("hayır", "HAYIR", "H", "no", "nu", "0", 0, False), False),
        ):
            self.assertReads(values.read_flag, [(word, expected) for word in words])
        self.assertRefuses(
            values.read_flag, [("belki", "bad_boolean"), (2, "bad_boolean"), (datetime(2025, 1, 1), "bad_boolean")]
        )

    def test_unit(self):
        for unit, words in {
            "day": ("gün", "Day", "zi"),
            "week": ("HAFTA", "săptămână"),
            "month": ("ay", "AYLIK", "lună", "luni", "monthly"),
            "year": ("yıl", "YILLIK", "ani"),
        }.items():
            self.assertReads(values.read_unit, [(word, unit) for word in words])
        self.assertRefuses(values.read_unit, [("asır", "bad_unit"), (1, "bad_unit")])

    @given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes()))
    def test_any_cell_is_read_or_refused(self, cell):
        for name in ("text", "code", "number", "percent", "whole", "day", "flag", "unit"):
            with contextlib.suppress(Refusal):
                getattr(values, f"read_{name}")(cell)


if __name__ == "__main__":
    unittest.main()
