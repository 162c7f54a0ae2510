"""Keys by which records of one organisation find one another."""

import unittest

from subscription_mgmt_member.tools import matching


class TestMatching(unittest.TestCase):
    def check(self, function, *groups):
        """All spellings of a group have one key, and no two groups the same one."""
        keys = []
        for group in groups:
            found = {function(text) for text in group}
            self.assertEqual(len(found), 1, f"{group}: {found}")
            keys += found
        self.assertEqual(len(set(keys)), len(keys), keys)
        self.assertTrue(all(keys), keys)

    def test_names(self):
        self.check(
            matching.get_name_key,
            ["Çınar Enerji A.Ş.", "ÇINAR ENERJİ AŞ", "cinar  enerji anonim şirketi", "Çınar Enerji San. ve Tic. A. Ş."],
            ["Işık Gıda Ltd. Şti.", "IŞIK GIDA LTD.ŞTİ.", "isik gida limited sirketi"],
            ["Țiglă Roșie S.R.L.", "Tigla Rosie SRL"],
            ["Müller GmbH", "MÜLLER gmbh", "muller"],
        )

    def test_a_name_of_nothing_but_legal_words_is_kept(self):
        self.assertEqual(matching.get_name_key("Limited Company"), "limited company")

    def test_phones(self):
        self.check(
            matching.get_phone_key,
            ["+90 532 111 22 33", "0532 111 22 33", "532 1112233", "0090-532-111-22-33", "(0532) 111 22 33 ext 4"],
            ["+40 721 123 456", "0721.123.456", "721123456", "0040721123456"],
            ["+49 30 901820", "+49 (30) 901820"],
        )

    def test_tax_numbers(self):
        self.check(matching.get_vat_key, ["TR1234567890", "1234567890", "123 456 78 90"], ["RO12345674", "12345674"])

    def test_domains(self):
        self.check(matching.get_domain_key, ["a@cinar.example", "Defne <DEFNE@Cinar.Example>"], ["a@b.cinar.example"])

    def test_what_tells_nothing_has_no_key(self):
        for function, texts in {
            matching.get_domain_key: ("x@gmail.com", "x@hotmail.com.tr", "nobody", "", None),
            matching.get_phone_key: ("112", "0000000000", "", None),
            matching.get_vat_key: ("/", "11111111111", "", None),
            matching.get_name_key: ("", None, "X"),
        }.items():
            for text in texts:
                with self.subTest(function.__name__, text=text):
                    self.assertEqual(function(text), "")


if __name__ == "__main__":
    unittest.main()
