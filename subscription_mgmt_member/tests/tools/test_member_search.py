import importlib.util
import unittest
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "tools" / "search.py"
spec = importlib.util.spec_from_file_location("member_search", PATH)
search = importlib.util.module_from_spec(spec)
spec.loader.exec_module(search)


class TestMemberSearch(unittest.TestCase):
    def test_words_are_one_in_every_spelling(self):
        for text in ("ÇINAR Enerji A.Ş.", "çınar enerji a.ş", "Cinar-Enerji (A/S)"):
            self.assertEqual(search.fold(text), ["cinar", "enerji", "a", "s"])
        self.assertEqual(search.fold("IŞIK ışık İŞİK"), ["isik"] * 3)

    def test_nothing_that_was_typed_is_a_pattern(self):
        self.assertEqual(search.fold("%_*\\'["), [])

    def test_every_word_has_a_space_before_it(self):
        self.assertEqual(search.index_words("Öz Demir", None, "K-77"), " oz demir k 77")

    def test_what_is_a_number(self):
        for text in ("0532 111 22 33", "+90 (532) 111-22-33", "532", " 0532.111 "):
            self.assertTrue(search.is_phone(text), text)
        for text in ("12", "K-77", "3M Türkiye", "info@x.example", "1 2 3"):
            self.assertFalse(search.is_phone(text), text)

    def test_numbers_are_one_in_every_spelling(self):
        for text in ("+90 532 111 22 33", "0090 532 111 22 33", "905321112233"):
            self.assertEqual(search.possible_codes(text), [9, 90, 905])
            self.assertEqual(search.national(text, [90]), "5321112233")
        for text in ("0532 111 22 33", "532-111-22-33", "5321112233"):
            self.assertEqual(search.possible_codes(text), [])
            self.assertEqual(search.national(text, []), "5321112233")
        self.assertEqual(search.national("+40 0721 234 567", [40]), "721234567")

    def test_zeros_alone_are_looked_for_as_they_are(self):
        self.assertEqual(search.national("000", []), "000")
