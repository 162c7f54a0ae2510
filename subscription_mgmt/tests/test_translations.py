import io
import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_open
from odoo.tools.translate import trans_export

PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]")
LANGUAGES = ("tr", "ro")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Every term a user can see is there in Turkish and Romanian, in this add-on and in those installed beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        ours = cls.env.ref("base.module_subscription_mgmt").author
        installed = cls.env["ir.module.module"].search([("author", "=", ours), ("state", "=", "installed")])
        terms = {addon: cls.export(addon) for addon in installed.mapped("name")}
        cls.terms = {addon: found for addon, found in terms.items() if found}

    @classmethod
    def export(cls, addon):
        """The terms of an add-on, as they are now."""
        buffer = io.BytesIO()
        trans_export(False, [addon], buffer, "po", cls.env)
        return {entry.msgid for entry in polib.pofile(buffer.getvalue().decode())}

    def load(self, addon, lang):
        with file_open(f"{addon}/i18n/{lang}.po") as stream:
            return polib.pofile(stream.read())

    def test_turkish_and_romanian_are_complete(self):
        self.assertGreater(len(self.terms["subscription_mgmt"]), 500)
        for addon, terms in self.terms.items():
            for lang in LANGUAGES:
                with self.subTest(addon=addon, lang=lang):
                    done = {entry.msgid for entry in self.load(addon, lang).translated_entries()}
                    self.assertEqual(sorted(terms - done), [], f"not translated in {addon}/i18n/{lang}.po")

    def test_placeholders_are_kept(self):
        for addon in self.terms:
            for lang in LANGUAGES:
                for entry in self.load(addon, lang):
                    self.assertEqual(
                        sorted(PLACEHOLDER.findall(entry.msgstr)), sorted(PLACEHOLDER.findall(entry.msgid)), entry.msgid
                    )
