import unittest
from dataclasses import replace
from datetime import date
from string import Formatter

from hypothesis import given, settings
from hypothesis import strategies as st
from recurrence_rules import rules

from subscription_mgmt.tools.recurrence import describe
from subscription_mgmt.tools.recurrence.rule import Rule
from subscription_mgmt.tools.recurrence.sentences import ENDS, MONTH_ENDS, ORDINALS, SENTENCES

START = date(2026, 1, 1)


def rule(frequency, **options):
    return Rule(frequency=frequency, start=START, **options)


def by_weekday(frequency, position, weekday, **options):
    return rule(frequency, month_by="weekday", weekdays=(weekday,), weekday_position=position, **options)


class TestSentences(unittest.TestCase):
    def check_all(self, found, english, turkish, romanian):
        for lang, wanted in (("en_US", english), ("tr_TR", turkish), ("ro_RO", romanian)):
            with self.subTest(lang):
                self.assertEqual(describe(found, lang), wanted)

    def test_days(self):
        self.check_all(rule("daily"), "Every day", "Her gün", "În fiecare zi")
        self.check_all(rule("daily", interval=3), "Every 3 days", "Her 3 günde bir", "La fiecare 3 zile")
        self.check_all(rule("daily", interval=21), "Every 21 days", "Her 21 günde bir", "La fiecare 21 de zile")
        self.check_all(rule("daily", interval=101), "Every 101 days", "Her 101 günde bir", "La fiecare 101 zile")

    def test_weeks(self):
        self.check_all(
            rule("weekly", weekdays=(0, 1, 2, 3, 4)),
            "Every weekday (Monday to Friday)",
            "Hafta içi her gün (Pazartesi–Cuma)",
            "În fiecare zi lucrătoare (luni–vineri)",
        )
        self.check_all(
            rule("weekly", interval=2, weekdays=(4, 0, 2)),
            "Every 2 weeks on Monday, Wednesday, and Friday",
            "Her 2 haftada bir Pazartesi, Çarşamba ve Cuma günleri",
            "La fiecare 2 săptămâni, luni, miercuri și vineri",
        )
        self.check_all(
            rule("weekly", weekdays=(2,), until=date(2026, 12, 31)),
            "Every week on Wednesday, until December 31, 2026",
            "Her hafta Çarşamba günü, 31 Aralık 2026 tarihine kadar (dahil)",
            "În fiecare săptămână, miercuri, până la 31 decembrie 2026 (inclusiv)",
        )
        self.check_all(rule("weekly", weekdays=tuple(range(7))), "Every day", "Her gün", "În fiecare zi")

    def test_a_week_is_listed_from_its_first_day(self):
        found = rule("weekly", interval=2, weekdays=(0, 6), week_start=6)
        self.assertEqual(describe(found, "en"), "Every 2 weeks on Sunday and Monday")

    def test_months(self):
        self.check_all(
            rule("monthly", day=31, interval=3),
            "Every 3 months on day 31 (the last day in shorter months)",
            "Her 3 ayda bir, ayın 31. günü (daha kısa aylarda ayın son günü)",
            "La fiecare 3 luni, în ziua 31 (în lunile mai scurte, în ultima zi)",
        )
        self.check_all(
            rule("monthly", day=30, month_end_policy="skip"),
            "Every month on day 30 (shorter months are skipped)",
            "Her ayın 30. günü (daha kısa aylar atlanır)",
            "În fiecare lună, în ziua 30 (lunile mai scurte sunt omise)",
        )
        self.check_all(
            rule("monthly", day=28), "Every month on day 28", "Her ayın 28. günü", "În fiecare lună, în ziua 28"
        )
        self.check_all(
            by_weekday("monthly", 1, 1),
            "Every month on the first Tuesday",
            "Her ayın ilk Salı günü",
            "În fiecare lună, în prima zi de marți a lunii",
        )
        self.check_all(
            by_weekday("monthly", -1, 0, interval=2),
            "Every 2 months on the last Monday",
            "Her 2 ayda bir, ayın son Pazartesi günü",
            "La fiecare 2 luni, în ultima zi de luni a lunii",
        )
        self.check_all(
            rule("monthly", month_by="workday", weekday_position=-1, count=12),
            "Every month on the last working day, 12 times",
            "Her ayın son iş günü, 12 kez",
            "În fiecare lună, în ultima zi lucrătoare a lunii, de 12 ori",
        )

    def test_years(self):
        self.check_all(
            rule("yearly", day=10, month=3),
            "Every year on 10 March",
            "Her yıl 10 Mart tarihinde",
            "În fiecare an, pe 10 martie",
        )
        self.check_all(
            by_weekday("yearly", 2, 6, month=5, interval=2),
            "Every 2 years on the second Sunday of May",
            "Her 2 yılda bir, Mayıs ayının ikinci Pazar günü",
            "La fiecare 2 ani, în a doua zi de duminică din luna mai",
        )
        self.check_all(
            rule("yearly", day=29, month=2),
            "Every year on 29 February (28 February in other years)",
            "Her yıl 29 Şubat tarihinde (diğer yıllarda 28 Şubat)",
            "În fiecare an, pe 29 februarie (în ceilalți ani, pe 28 februarie)",
        )
        self.check_all(
            rule("yearly", day=29, month=2, month_end_policy="skip", count=1),
            "Every year on 29 February (leap years only), once",
            "Her yıl 29 Şubat tarihinde (yalnızca artık yıllarda), bir kez",
            "În fiecare an, pe 29 februarie (numai în anii bisecți), o singură dată",
        )
        self.check_all(
            rule("yearly", day=31, month=4, count=20),
            "Every year on the last day of April, 20 times",
            "Her yıl Nisan ayının son günü, 20 kez",
            "În fiecare an, în ultima zi din luna aprilie, de 20 de ori",
        )
        self.check_all(
            rule("yearly", month=12, month_by="workday", weekday_position=4),
            "Every year on the fourth working day of December",
            "Her yıl Aralık ayının dördüncü iş günü",
            "În fiecare an, în a patra zi lucrătoare din luna decembrie",
        )

    def test_dates_as_the_country_writes_them_and_english_for_other_languages(self):
        found = rule("daily", until=date(2026, 12, 31))
        self.assertEqual(describe(found, "en_GB"), "Every day, until 31 December 2026")
        for lang in ("de_DE", "sr@latin", "", "xx", "no such language"):
            self.assertEqual(describe(replace(found, until=None), lang), "Every day")


class TestTables(unittest.TestCase):
    def test_the_languages_say_the_same_things(self):
        for table in (SENTENCES, ORDINALS, MONTH_ENDS, ENDS):
            self.assertEqual(table.keys(), {"en", "tr", "ro"})
            for language in table.values():
                self.assertEqual(language.keys(), table["en"].keys())

    def test_a_translation_names_what_the_english_names(self):
        for kind, categories in SENTENCES["en"].items():
            for category, english in categories.items():
                wanted = {name for _text, name, _spec, _conversion in Formatter().parse(english) if name}
                for language in ("tr", "ro"):
                    text = SENTENCES[language][kind][category]
                    self.assertEqual({part[1] for part in Formatter().parse(text) if part[1]}, wanted, text)

    def test_romanian_letters_have_a_comma_below(self):
        texts = str([SENTENCES["ro"], ORDINALS["ro"], MONTH_ENDS["ro"], ENDS["ro"]])
        self.assertFalse(set("şţŞŢ") & set(texts))

    @given(rules, st.sampled_from(("en", "tr", "ro")))
    @settings(max_examples=60, deadline=None)
    def test_every_rule_has_a_sentence_without_holes(self, found, lang):
        sentence = describe(found, lang)
        self.assertTrue(sentence)
        self.assertFalse({"{", "}", "None"} & set(sentence.split()) or "None" in sentence or "  " in sentence)
