import base64
import io
from types import SimpleNamespace

import openpyxl

from odoo import models
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...tools.importing.layout import Layout
from .import_common import ImportCommon

ADDON = "subscription_tags"  # an add-on beside ours; no database has it, so that nothing loads it but this test


class Tags(Layout):
    """A row is a tag."""

    def check_row(self, row, header):
        """Yield a color that nobody can see."""
        if row.values.get("color") == 9:
            yield header.problem("odd_color", row, "color")


class TagsLayout(models.AbstractModel):
    """All that an add-on has to say to have its own files imported."""

    _module = ADDON
    _name = "subscription.import.layout.tags"
    _inherit = "subscription.import.layout"
    _description = "Tags"

    _label = "Tags of contracts"
    _shape = Tags(
        """
tag*; code; line; Etiket; Tag; Etichetă
color; whole; line; Renk; Color; Culoare
""",
        key="tag",
    )
    _models = {"subscription.tag": "Tag"}
    _shown = ("color",)
    _differs = "tag_differs"
    _problems = {"odd_color": "Nobody can see color 9.", "tag_differs": "Tag %(number)s is another one: %(columns)s."}
    _hints = {"odd_color": "Take another color."}
    _notes = {"tag": "Its name.", "color": "A number."}

    def _find(self, result, group):
        return self.env["subscription.tag"].search([("name", "=", group.number)])

    def _prepare_values(self, result, group):
        return {"name": group.number, "color": group.values.get("color", 0)}


@tagged("post_install", "-at_install")
class TestImportLayout(ImportCommon):
    """A layout of another add-on is one model: page, check, import, receipt and undo know it by that alone."""

    layout = TagsLayout._shape

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        registry = cls.env.registry
        registry.load(SimpleNamespace(name=ADDON))
        cls.addClassCleanup(registry.__delitem__, TagsLayout._name)
        registry._setup_models__(cls.env.cr, [TagsLayout._name])

    @classmethod
    def row(cls, **values):
        return {"tag": "Red", "color": 1, **values}

    @classmethod
    def wizard(cls, content, filename="tags.xlsx", **values):
        return super().wizard(content, filename, layout="tags", **values)

    def load(self, *rows, **values):
        wizard = self.wizard(self.workbook(*rows), **values)
        wizard.action_import()
        return wizard

    def colors(self):
        tags = self.env["subscription.tag"].search([("name", "in", ["Red", "Blue"])])
        return {tag.name: tag.color for tag in tags}

    def test_it_is_offered_with_its_template(self):
        wizard = self.env["subscription.import"].create({"layout": "tags"})
        offered = dict(wizard.fields_get(["layout"])["layout"]["selection"])
        self.assertEqual((next(iter(offered)), offered["tags"]), ("contracts", "Tags of contracts"))
        self.assertIn("Its name.", wizard.layout_html)
        self.assertIn("tags_en.xlsx", wizard.action_download_template()["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.template)))
        self.assertEqual([cell.value for cell in book.worksheets[0][1]], ["Tag*", "Color"])

    def test_its_own_rules_and_sentences(self):
        wizard = self.check(self.row(), self.row(tag="Blue", color=9), self.row(tag=None))
        self.assertIssues(wizard, [(3, "Renk", "odd_color"), (4, "Etiket*", "required_empty")])
        self.assertEqual(wizard.issue_ids[0].message, "Nobody can see color 9.")
        self.assertIn("Take another color.", wizard.problem_html)
        with self.assertRaisesRegex(UserError, "Row 3, Renk, 9: Nobody can see color 9."):
            wizard.action_import()
        self.assertFalse(self.colors())

    def test_it_is_imported_and_the_second_time_changes_nothing(self):
        wizard = self.check(self.row(), self.row(tag="Blue", color=2))
        preview = [(line.kind, line.name, line.detail) for line in wizard.preview_ids]
        self.assertEqual(preview, [("new", "Red", "1"), ("new", "Blue", "2")])
        wizard.action_import()
        self.assertEqual(self.colors(), {"Red": 1, "Blue": 2})
        self.assertFalse(wizard.makes_contracts)
        changes = wizard.batch_id.change_ids
        kinds = dict(changes._fields["model"]._description_selection(self.env))
        self.assertEqual([(c.row_number, kinds[c.model], c.record_name) for c in changes], [
            (2, "Tag", "Red"),
            (3, "Tag", "Blue"),
        ])  # fmt: skip
        again = self.check(self.row(), self.row(tag="Blue", color=2))
        self.assertEqual((again.contract_count, again.update_count, again.unchanged_count), (0, 0, 2))

    def test_in_the_background(self):
        wizard = self.check(self.row())
        wizard._start_in_background()
        wizard.batch_id._carry_out()
        self.assertEqual((wizard.batch_id.state, self.colors()), ("done", {"Red": 1}))

    def test_one_that_is_there_with_other_values(self):
        self.load(self.row())
        wizard = self.check(self.row(color=3))
        self.assertIssues(wizard, [(2, "Etiket*", "tag_differs")])
        self.assertEqual(wizard.issue_ids.message, "Tag Red is another one: Color.")

    def test_it_is_undone(self):
        self.env["subscription.tag"].create({"name": "Blue", "color": 7})
        batch = self.load(self.row(), self.row(tag="Blue", color=2), on_existing="update").batch_id
        self.assertEqual(self.colors(), {"Red": 1, "Blue": 2})
        batch.action_undo()
        self.assertEqual((batch.state, self.colors()), ("undone", {"Blue": 7}))

    def test_the_receipt_of_an_add_on_that_is_gone(self):
        batch = self.load(self.row()).batch_id
        batch._write_sealed({"layout": "gone"})
        batch.change_ids._write_sealed({"model": "gone.tag"})
        self.assertFalse(batch.makes_contracts)
        self.assertFalse(batch.change_ids.action_open_record() or batch.change_ids.field_label)
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            batch.action_undo()
