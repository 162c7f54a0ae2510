import io

import openpyxl

from odoo.tests import Form, tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportColumns(ImportCommon):
    """Which heading is which column, which sheet is read, and how the ids of each column are read."""

    def foreign(self, *headings, name="a.xlsx", **values):
        """A file with these headings over the cells of a simple row; returns the wizard, checked."""
        cells = ["AB-1", "9001", "Hat", "2026-01-01", "NET", 100, "x"]
        book = openpyxl.Workbook()
        book.active.append(list(headings))
        book.active.append(cells[: len(headings)])
        stream = io.BytesIO()
        book.save(stream)
        wizard = self.wizard(stream.getvalue(), name, **values)
        wizard.action_check()
        return wizard

    KNOWN = ("Abone No", "Kurumsal Müşteri ID", "Tanım", "Başlangıç Tarihi", "Ürün Kodu", "Birim Fiyat")

    def column(self, wizard, heading):
        return wizard.column_ids.filtered(lambda column: column.heading == heading)

    # === RECOGNISED === #
    def test_every_heading_is_shown_with_its_first_values(self):
        wizard = self.check(self.row(), self.row(number="AB-2", price=7), self.row(number="AB-3", price=7))
        first = wizard.column_ids[0]
        self.assertEqual((first.heading, first.key, first.how), ("Abone No*", "number", "exact"))
        self.assertEqual(first.samples, "AB-1 | AB-2 | AB-3")
        self.assertEqual(self.column(wizard, "Birim Fiyat*").samples, "100 | 7")

    def test_a_similar_heading_is_taken_and_said(self):
        wizard = self.foreign(
            "Abone No", "Kurumsal Musteri Id", "Tanım", "Baslangıc Tarhi", "Ürün Kodu", "Birim Fiyatı"
        )
        self.assertEqual(wizard.state, "checked")
        self.assertIssues(
            wizard,
            [(1, "Baslangıc Tarhi", "similar_heading"), (1, "Birim Fiyatı", "similar_heading")],
            level="warning",
        )
        self.assertEqual(self.column(wizard, "Birim Fiyatı").how, "similar")
        wizard.action_import()
        self.assertEqual(wizard.batch_id.contract_ids.line_ids.price_unit, 100)

    def test_a_heading_that_is_like_two_is_not_guessed(self):
        wizard = self.foreign(*self.KNOWN[:1], "Müşteri ID", *self.KNOWN[2:])
        self.assertEqual(self.column(wizard, "Müşteri ID").how, "unknown")
        self.assertIn("unknown_column", wizard.issue_ids.mapped("code"))

    # === BY HAND === #
    def test_a_heading_is_mapped_by_hand_and_remembered(self):
        headings = ("Dosya", *self.KNOWN[1:], "Renk")
        wizard = self.foreign(*headings)
        self.assertEqual(wizard.issue_ids.mapped("code"), ["unknown_column", "unknown_column", "missing_column"])
        self.column(wizard, "Dosya").key = "number"
        self.column(wizard, "Renk").key = "-"
        wizard.action_check()
        self.assertEqual(wizard.state, "checked")
        self.assertEqual(wizard.column_ids.mapped("how").count("chosen"), 2)
        wizard.action_import()
        self.assertEqual(wizard.batch_id.contract_ids.name, "AB-1")
        self.assertEqual(self.foreign(*headings).unchanged_count, 1, "the next file is read the same way")
        other = self._make_company()
        self.env.user.company_ids += other
        wizard = self.foreign(*headings, company_id=other.id)
        self.assertIn("unknown_column", wizard.issue_ids.mapped("code"), "but not in another company")

    def test_nothing_is_remembered_before_it_was_imported(self):
        wizard = self.foreign("Dosya", *self.KNOWN[1:])
        self.column(wizard, "Dosya").key = "number"
        wizard.action_check()
        self.assertFalse(self.env["subscription.import.heading"].search([("company_id", "=", self.company.id)]))

    def test_a_file_of_which_no_heading_is_known_can_be_mapped(self):
        wizard = self.foreign("A1", "B1", "C1", "D1", "E1", "F1")
        self.assertEqual(wizard.issue_ids.mapped("code"), ["missing_header"])
        keys = ("number", "corporate_customer", "subject", "date_start", "product", "price")
        for column, key in zip(wizard.column_ids, keys, strict=True):
            column.key = key
        wizard.action_check()
        self.assertEqual((wizard.state, wizard.contract_count), ("checked", 1))

    def test_two_headings_for_one_column_are_refused(self):
        wizard = self.foreign(*self.KNOWN, "Renk")
        self.column(wizard, "Renk").key = "price"
        wizard.action_check()
        self.assertEqual(wizard.issue_ids.mapped("code"), ["duplicate_column"])

    def test_the_choice_is_that_of_the_layout(self):
        column = self.check(self.row()).column_ids[0]
        self.assertIn("price", column.keys)
        self.assertNotIn("member_kind", column.keys)

    # === IDS === #
    def test_ids_of_one_column_by_name(self):
        wizard = self.check(self.row(corporate_customer="Yıldız Ltd.", product="NET"))
        self.assertEqual(wizard.issue_ids.code, "unknown_reference")
        self.column(wizard, "Kurumsal Müşteri ID*").id_mode = "name"
        wizard.action_check()
        self.assertEqual(wizard.state, "checked")
        wizard.action_import()
        self.assertEqual(wizard.batch_id.contract_ids.partner_id, self.customer)
        wizard = self.check(self.row(corporate_customer="Yıldız Ltd."))
        self.assertEqual(wizard.unchanged_count, 1, "the next file is read the same way")
        self.assertEqual(self.column(wizard, "Kurumsal Müşteri ID*").id_mode, "name")

    def test_a_name_that_two_have_is_not_guessed(self):
        self.customer.copy({"name": "Yıldız Ltd.", "ref": False})
        wizard = self.check(self.row(corporate_customer="Yıldız Ltd."), id_mode="name")
        self.assertIssues(wizard, [(2, "Kurumsal Müşteri ID*", "ambiguous_reference")])

    def test_names_of_another_company_are_not_found(self):
        self.customer.company_id = self._make_company()
        wizard = self.check(self.row(corporate_customer="Yıldız Ltd."), id_mode="name")
        self.assertIssues(wizard, [(2, "Kurumsal Müşteri ID*", "unknown_reference")])

    def test_database_ids_in_one_column_only(self):
        project = self.env["project.project"].create({"name": "P", "company_id": self.company.id})
        wizard = self.check(self.row(project=str(project.id)))
        self.column(wizard, "Proje ID").id_mode = "database"
        wizard.action_check()
        wizard.action_import()
        self.assertEqual(wizard.batch_id.contract_ids.project_id, project)
        self.assertEqual(wizard.batch_id.id_modes, {"project": "database"})

    # === SHEETS === #
    def two_sheets(self):
        book = openpyxl.load_workbook(io.BytesIO(self.workbook(self.row())))
        book.active.title = "Ocak"
        copy = book.copy_worksheet(book.active)
        copy.title = "Şubat"
        copy["A2"] = "AB-2"
        stream = io.BytesIO()
        book.save(stream)
        return self.wizard(stream.getvalue())

    def test_the_sheet_is_chosen(self):
        wizard = self.two_sheets()
        wizard.action_check()
        self.assertIssues(wizard, [(0, "", "several_sheets")])
        self.assertEqual(wizard.sheet_ids.mapped("name"), ["Ocak", "Şubat"])
        with Form(wizard) as form:
            form.sheet_id = wizard.sheet_ids[1]
        wizard.action_check()
        self.assertEqual((wizard.state, wizard.sheet_id.name), ("checked", "Şubat"))
        self.assertEqual(wizard.sheet_ids.mapped("name"), ["Ocak", "Şubat"])
        wizard.action_import()
        self.assertEqual(wizard.batch_id.contract_ids.name, "AB-2")

    def test_a_sheet_that_is_not_there(self):
        wizard = self.two_sheets()
        wizard.sheet_name = "Mart"
        wizard.action_check()
        self.assertIssues(wizard, [(0, "", "unknown_sheet")])

    def test_headings_are_kept_once(self):
        values = {"company_id": self.company.id, "layout": "contracts", "heading": "A", "folded": "a", "key": "price"}
        self.env["subscription.import.heading"].create(values)
        self.env["subscription.import.heading"]._remember(self.company, "contracts", {"a": ("A", "number", False)})
        self.assertEqual(
            self.env["subscription.import.heading"]._get_columns(self.company, "contracts"), {"a": "number"}
        )
        self.assertEqual(self.env["subscription.import.heading"]._get_columns(self._make_company(), "contracts"), {})
