import io
import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_open
from odoo.tools.translate import trans_export

PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]")


@tagged("post_install", "-at_install")
class TestHelpdeskTranslations(TransactionCase):
    """Every term a user can see is there in Turkish and Romanian."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        buffer = io.BytesIO()
        trans_export(False, ["subscription_mgmt_helpdesk"], buffer, "po", cls.env)
        cls.terms = {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}

    def load(self, lang):
        with file_open(f"subscription_mgmt_helpdesk/i18n/{lang}.po") as stream:
            return polib.pofile(stream.read())

    def test_turkish_and_romanian_are_complete(self):
        self.assertGreater(len(self.terms), 30)
        for lang in ("tr", "ro"):
            done = {entry.msgid for entry in self.load(lang).translated_entries()}
            self.assertEqual(sorted(self.terms - done), [], f"not translated in {lang}.po")

    def test_placeholders_are_kept(self):
        for lang in ("tr", "ro"):
            for entry in self.load(lang):
                self.assertEqual(
                    sorted(PLACEHOLDER.findall(entry.msgstr)), sorted(PLACEHOLDER.findall(entry.msgid)), entry.msgid
                )
