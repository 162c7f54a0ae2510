"""XML as it should be laid out, and files that are not."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from xml_format import WIDTH, laid_out, main

GOOD = """<?xml version="1.0" encoding="utf-8"?>
<odoo>
    <!-- What this is,
         and why -->
    <record id="a" model="b"
            forcecreate="1">
        <field name="arch" type="xml">
            <p>Some <b>text</b>
               goes on.</p>
            <br/>
        </field>
    </record>
</odoo>
"""


class TestLayout(unittest.TestCase):
    def assert_becomes(self, source, expected):
        self.assertEqual(laid_out(source), expected)
        self.assertEqual(laid_out(expected), expected, "once more changes nothing")

    def test_a_good_file_stays_as_it_is(self):
        self.assert_becomes(GOOD, GOOD)

    def test_tags_stand_in_the_tag_around_them(self):
        self.assert_becomes("<a>\n  <b>\n<c/>\n        </b>\n  </a>\n", "<a>\n    <b>\n        <c/>\n    </b>\n</a>\n")

    def test_attributes_stand_below_the_first(self):
        self.assert_becomes('<a>\n<b x="1"\n  y="2"/>\n</a>\n', '<a>\n    <b x="1"\n       y="2"/>\n</a>\n')

    def test_attributes_of_a_tag_within_a_line_stay(self):
        source = '<a>\n    <b>x <c x="1"\n     y="2"/></b>\n</a>\n'
        self.assert_becomes(source, source)

    def test_tags_in_values_and_comments_are_none(self):
        source = """<a>\n    <b x="1 &lt; 2" y='>'/>\n    <!-- <c>\n  <d> -->\n    <e/>\n</a>\n"""
        self.assert_becomes(source, source)

    def test_long_lines_are_broken_before_an_attribute(self):
        value = "x" * 50
        source = f'<a>\n    <b one="{value}" two="{value}" three="3"/>\n</a>\n'
        expected = f'<a>\n    <b one="{value}" two="{value}"\n       three="3"/>\n</a>\n'
        self.assertGreater(len(source.split("\n")[1]), WIDTH)
        self.assert_becomes(source, expected)

    def test_very_long_lines_are_broken_more_than_once(self):
        value = "x" * 70
        source = f'<b one="{value}" two="{value}" three="{value}"/>\n'
        self.assert_becomes(source, f'<b one="{value}"\n   two="{value}"\n   three="{value}"/>\n')

    def test_a_long_value_is_left(self):
        source = f'<b one="{"x" * WIDTH}"/>\n'
        self.assert_becomes(source, source)

    def test_spaces_that_are_sent_stay(self):
        for start in ('<field type="html">', "<pre>", '<b xml:space="preserve">'):
            end = start.split()[0].strip("<>")
            source = f"<a>\n    {start}\n<p>\n      <i/></p>\n    </{end}>\n</a>\n"
            self.assert_becomes(source, source)

    def test_trailing_spaces_tabs_and_line_ends(self):
        self.assert_becomes("<a>  \n\t<b/>\n</a>\n\n\n", "<a>\n    <b/>\n</a>\n")


class TestFiles(unittest.TestCase):
    def run_on(self, source, *options):
        """Exit code, what was said, and the file afterwards."""
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
            path = Path(folder, "views.xml")
            path.write_text(source, encoding="utf-8")
            return main(*options, str(path)), said.getvalue(), path.read_text(encoding="utf-8")

    def test_a_file_that_is_not_xml_is_named_with_its_line(self):
        code, said, _text = self.run_on("<a>\n<b>\n</a>\n")
        self.assertTrue(code)
        self.assertIn("views.xml:3: not well-formed: mismatched tag", said)

    def test_a_check_changes_nothing(self):
        code, said, text = self.run_on("<a>\n<b/>\n</a>\n")
        self.assertTrue(code)
        self.assertIn("-<b/>\n+    <b/>", said)
        self.assertEqual(text, "<a>\n<b/>\n</a>\n")

    def test_a_mended_file_is_in_order(self):
        self.assertEqual(self.run_on("<a>\n<b/>\n</a>\n", "--fix"), (False, "", "<a>\n    <b/>\n</a>\n"))


if __name__ == "__main__":
    unittest.main()
