"""What is translated stays translated when the terms change."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

import polib

sys.path.insert(0, str(Path(__file__).parents[1]))
from translations import main, merged

HEAD = """msgid ""
msgstr ""
"Language: tr\\n"
"POT-Creation-Date: {day}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"""
FRESH = """
#. module: one
#: code:addons/one/models/two.py:0
msgid "The day of the first invoice must be after the start."
msgstr ""

#. module: one
#: model:ir.model.fields,name:one.field
msgid "Name"
msgstr ""

#. module: one
msgid "Something else"
msgstr ""
"""
OLD = """
#. module: one
#: model:ir.model.fields,name:one.field
msgid "Name"
msgstr "Ad"

#. module: one
msgid "Nothing like it"
msgstr "Hiç"

#. module: one
#: code:addons/one/models/one.py:0
msgid "The day of the first invoice must be before the start."
msgstr "İlk fatura günü başlangıçtan önce olmalı."
"""


class TestTranslations(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name, "i18n")
        self.folder.mkdir()
        self.export = Path(folder.name, "one.pot")
        self.export.write_text(HEAD.format(day="new") + FRESH, encoding="utf-8")
        self.old = self.folder / "tr.po"
        self.old.write_text(HEAD.format(day="old") + OLD, encoding="utf-8")

    def run_main(self, *options):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = main(str(self.export), str(self.folder), *options)
        return code, said.getvalue()

    def merge(self):
        return merged(polib.pofile(self.old), polib.pofile(self.export))

    def test_translations_stay_and_follow_the_order_of_the_export(self):
        result, new, changed, gone = self.merge()
        self.assertEqual([entry.msgid[:9] for entry in result], ["The day o", "Name", "Something"])
        self.assertEqual(result[1].msgstr, "Ad")
        self.assertEqual((new, changed), (["Something else"], [result[0].msgid]))
        self.assertEqual([msgid[:9] for msgid in gone], ["Nothing l", "The day o"])

    def test_a_changed_sentence_is_missing_and_remembers_what_it_was(self):
        entry = self.merge()[0][0]
        self.assertFalse(entry.translated())
        self.assertIn("İlk fatura günü başlangıçtan önce olmalı.", entry.tcomment)

    def test_it_remembers_until_it_is_translated(self):
        self.run_main()
        self.run_main()
        self.assertIn("başlangıçtan önce", self.old.read_text(encoding="utf-8"))
        file = polib.pofile(self.old)
        file[0].msgstr = "İlk fatura günü başlangıçtan sonra olmalı."
        file.save()
        self.run_main()
        self.assertNotIn("başlangıçtan önce", self.old.read_text(encoding="utf-8"))

    def test_a_run_without_news_leaves_no_trace(self):
        self.run_main()
        before = self.old.read_bytes(), (self.folder / "one.pot").read_bytes()
        self.export.write_text(HEAD.format(day="later") + FRESH, encoding="utf-8")
        self.run_main()
        self.assertEqual((self.old.read_bytes(), (self.folder / "one.pot").read_bytes()), before)

    def test_a_check_fails_for_what_is_missing_and_writes_nothing(self):
        before = self.old.read_bytes()
        code, said = self.run_main("--check")
        self.assertTrue(code)
        self.assertIn("tr.po: 1 new, 1 changed, 2 gone; 2 of 3 missing", said)
        self.assertEqual(self.old.read_bytes(), before)
        self.assertFalse((self.folder / "one.pot").exists())

    def test_a_check_is_content_when_all_is_translated(self):
        file = self.merge()[0]
        for entry in file:
            entry.msgstr = "x"
        file.save(str(self.old))
        self.assertFalse(self.run_main("--check")[0])


if __name__ == "__main__":
    unittest.main()
