"""Faults that were found on imports; each by its id."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ...tools.importing.plans import PLANS
from .import_common import ImportCommon

NUMBER = "Abone No*"


@tagged("post_install", "-at_install")
class TestImportNumbers(ImportCommon):
    """One number, one contract; and the numbering goes on after what was imported."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._make_company(name="Şube", parent_id=cls.company.id)
        cls.env.user.company_ids += cls.branch
        cls._map(cls.branch, "29")
        cls.sequence = cls.env["ir.sequence"].search(
            [("code", "=", "subscription.contract"), ("company_id", "=", cls.company.id)]
        )

    def make(self, **values):
        """A contract made by hand."""
        return self.env["subscription.contract"].create({"subject": "x", "partner_id": self.customer.id, **values})

    # === THE SAME NUMBER === #
    def test_fault_f3_one_number_written_two_ways_in_a_file(self):
        for other in ("ab-0001", "Ab-0001"):
            wizard = self.check(self.row(number="AB-0001"), self.row(number="K-1"), self.row(number=other, price=5))
            self.assertIssues(wizard, [(4, NUMBER, "same_number")])
            self.assertEqual(wizard.skipped_count, 1)
        for other in (" AB-0001\u00a0", "AB-0001\u200b"):
            wizard = self.check(self.row(number="AB-0001"), self.row(number=other, price=5))
            self.assertEqual((wizard.state, wizard.contract_count), ("checked", 1))

    def test_fault_f3_the_letters_i_of_turkish(self):
        wizard = self.check(self.row(number="KIRIM"), self.row(number="kırım"))
        self.assertIssues(wizard, [(3, NUMBER, "same_number")])

    def test_fault_f3_a_contract_that_is_there_with_other_capitals(self):
        for there, number in (("AB-0001", "ab-0001"), ("ŞIK\u00a01", "şık 1"), ("iğne", "İĞNE")):
            contract = self.make(name=there)
            for on_existing in ("refuse", "update"):
                wizard = self.check(self.row(number=number), on_existing=on_existing)
                self.assertIssues(wizard, [(2, NUMBER, "number_taken")])
                self.assertIn(there, wizard.issue_ids.message)
            contract.active = False
            self.assertIssues(self.check(self.row(number=number)), [(2, NUMBER, "number_taken")])

    def test_fault_f3_an_exact_number_comes_before_one_that_is_only_alike(self):
        alike, exact = self.make(name="ab-1"), self.load(self.row(number="X-1"))
        exact.name = exact.external_ref = "AB-1"
        wizard = self.check(self.row(number="AB-1"))
        self.assertEqual((wizard.state, wizard.unchanged_count), ("checked", 1))
        self.assertNotEqual(alike, exact)

    def test_fault_f3_rows_of_a_plan_find_their_contract(self):
        contract = self.load(self.row(number="AB-1"))
        row = {"contract": "ab-1", "period_start": date(2026, 1, 1), "period_end": date(2026, 1, 31), "price": 7}
        wizard = self.wizard(self.workbook(row, layout=PLANS), layout="plans")
        wizard.action_import()
        self.assertEqual(contract.installment_ids.price_unit, 7)

    def test_fault_f4_a_number_that_a_branch_has_is_said(self):
        self.make(name="ab-1", company_id=self.branch.id)
        wizard = self.check(self.row(number="AB-1"))
        self.assertIssues(wizard, [(2, NUMBER, "number_elsewhere")], level="warning")
        self.assertIn("Şube", wizard.issue_ids.message)
        self.assertEqual((wizard.state, wizard.contract_count), ("checked", 1))

    def test_fault_f4_a_number_that_the_mother_company_has_is_said(self):
        self.make(name="AB-1")
        for wizard in (self.check(self.row(branch="29")), self.check(self.row(), company_id=self.branch.id)):
            self.assertIssues(wizard, [(2, NUMBER, "number_elsewhere")], level="warning")

    # === THE NEXT NUMBER === #
    def test_fault_f5_the_next_contract_gets_the_number_after_those_imported(self):
        self.sequence.write({"prefix": "SUB", "padding": 6, "number_next": 1})
        self.load(*(self.row(number=f"SUB{n:06d}") for n in (1, 2, 3, 41)), self.row(number="SUB-X"))
        self.assertEqual([self.make().name, self.make().name], ["SUB000042", "SUB000043"])

    def test_fault_f5_whatever_the_padding_and_the_capitals(self):
        self.sequence.write({"prefix": "SUB", "padding": 6, "number_next": 1})
        self.load(self.row(number="sub7"), self.row(number="SUB" + "9" * 12))
        self.assertEqual(self.make().name, "SUB000008")

    def test_fault_f5_suffix_step_and_no_prefix(self):
        self.sequence.write({"prefix": False, "suffix": "/TR", "padding": 0, "number_next": 5, "number_increment": 10})
        self.load(self.row(number="17/TR"))
        self.assertEqual([self.make().name, self.make().name], ["25/TR", "35/TR"])

    def test_fault_f5_never_back(self):
        self.sequence.write({"prefix": "SUB", "padding": 6, "number_next": 90})
        self.load(self.row(number="SUB000012"))
        self.assertEqual(self.make().name, "SUB000090")

    def test_fault_f5_without_gaps(self):
        self.sequence.write({"prefix": "G", "padding": 3, "number_next": 1, "implementation": "no_gap"})
        self.load(self.row(number="G009"))
        self.assertEqual(self.make().name, "G010")

    def test_fault_f5_ranges_of_dates(self):
        self.sequence.write({"prefix": "%(range_year)s-", "padding": 4, "use_date_range": True})
        year = date.today().year
        self.load(self.row(number=f"{year}-0008"), self.row(number=f"{year + 1}-0003"))
        self.assertEqual(self.make().name, f"{year}-0009")
        later = self.env["subscription.contract"].with_context(ir_sequence_date=f"{year + 1}-02-01")
        contract = later.create([{"subject": "x", "partner_id": self.customer.id} for _n in range(5)])
        self.assertEqual(
            sorted(contract.mapped("name")),
            [f"{year + 1}-{n:04d}" for n in (1, 2, 4, 5, 6)],
        )

    def test_fault_f5_each_company_for_itself(self):
        sequence = self.sequence.search([("code", "=", self.sequence.code), ("company_id", "=", self.branch.id)])
        (self.sequence | sequence).write({"prefix": "SUB", "padding": 6, "number_next": 1})
        self.load(self.row(number="SUB000005"), self.row(number="SUB000070", branch="29"))
        self.assertEqual(self.make().name, "SUB000006")
        self.assertEqual(self.make(company_id=self.branch.id).name, "SUB000071")

    def test_fault_f5_numbers_that_people_wrote(self):
        self.sequence.write({"prefix": "SUB", "padding": 6, "number_next": 1})
        self.make(name="SUB000002")
        names = self.env["subscription.contract"].create(
            [{"subject": "x", "partner_id": self.customer.id} for _n in range(3)]
        )
        self.assertEqual(sorted(names.mapped("name")), ["SUB000001", "SUB000003", "SUB000004"])


@tagged("post_install", "-at_install")
class TestImportBranches(ImportCommon):
    """A branch works with what its company has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._make_company(name="Şube", parent_id=cls.company.id)
        cls.env.user.company_ids += cls.branch
        cls.records = cls._make_references()
        del cls.records["branch"]
        cls._map(cls.branch, "29")
        cls.codes = {key: code for key, (code, _record) in cls.records.items()}

    def assertNames(self, contract):
        """The contract of the branch names every record of its mother company."""
        self.assertEqual(contract.company_id, self.branch)
        found = {
            "project": contract.project_id,
            "asset": contract.equipment_id,
            "sales_rep": contract.employee_id,
            "payment_method": contract.payment_method_line_id,
            "category": contract.category_id,
        }
        self.assertEqual(found, {key: self.records[key][1] for key in found})

    def test_fault_f6_rows_for_a_branch(self):
        self.records["category"][1].company_id = self.company
        self.assertNames(self.load(self.row(branch="29", **self.codes)))

    def test_fault_f6_an_import_of_the_branch(self):
        self.assertNames(self.load(self.row(**self.codes), company_id=self.branch.id))

    def test_fault_f6_rows_that_change_a_contract_of_a_branch(self):
        contract = self.load(self.row(branch="29"))
        self.load(self.row(branch="29", **self.codes), on_existing="update")
        self.assertNames(contract)

    def test_fault_f6_not_the_other_way_round_nor_beside(self):
        sister = self._make_company(name="Kardeş", parent_id=self.company.id)
        self.env.user.company_ids += sister
        project = self.records["project"][1]
        for company, values in ((self.branch, {}), (sister, {"branch": "29"})):
            project.company_id = company
            wizard = self.check(self.row(project="1", **values))
            self.assertIssues(wizard, [(2, "Proje ID", "other_company_reference")])

    def test_fault_f6_on_the_form(self):
        self.records["category"][1].company_id = self.company
        names = {
            "project_id": "project",
            "equipment_id": "asset",
            "employee_id": "sales_rep",
            "category_id": "category",
        }
        contracts = self.env["subscription.contract"].with_context(
            allowed_company_ids=[self.branch.id, self.company.id]
        )
        with Form(contracts) as form:
            form.company_id, form.subject, form.partner_id = self.branch, "x", self.customer
            for name, key in names.items():
                form[name] = self.records[key][1]
        companies = ((self.branch, True), (self.company, True), (self._make_company(), False))
        for name, key in names.items():
            self.assertEqual(form.record[name], self.records[key][1])
            domain = contracts.fields_get([name])[name]["domain"]
            for company, offered in companies:
                found = self.records[key][1].search(safe_eval(domain, {"company_id": company.id}))
                self.assertEqual(self.records[key][1] in found, offered, (name, company.name))

    def test_fault_f6_a_record_of_a_branch_is_not_its_companys(self):
        project = self.env["project.project"].create({"name": "P", "company_id": self.branch.id})
        values = {"subject": "x", "partner_id": self.customer.id, "project_id": project.id}
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.env["subscription.contract"].create(values)
        contract = self.env["subscription.contract"].create({**values, "company_id": self.branch.id})
        project.company_id = self._make_company(parent_id=self.company.id)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            contract.project_id = project


@tagged("post_install", "-at_install")
class TestImportWords(ImportCommon):
    """What is wrong is said."""

    def test_fault_f7_the_address_of_a_page_in_an_id_cell(self):
        for address in ("https://crm.example.com/9001", "crm.example.com/customers/9001", "/odoo/contacts?id=9001"):
            wizard = self.check(self.row(corporate_customer=address))
            self.assertIssues(wizard, [(2, "Kurumsal Müşteri ID*", "address_reference")])

    def test_fault_f7_a_code_that_looks_like_an_address_is_taken(self):
        self.customer.ref = "crm.example.com/9001"
        self.assertEqual(self.load(self.row(corporate_customer="crm.example.com/9001")).partner_id, self.customer)

    def test_fault_f8_a_record_that_is_hidden_from_the_user(self):
        """Equipment is shown to its owner and to the people of maintenance."""
        self._make_references()
        user = self._make_user("manager")
        wizard = self.wizard(self.workbook(self.row(asset="1"), self.row(number="AB-2", asset="2")))
        self.hand_over(wizard, user).action_check()
        self.assertIssues(wizard, [(2, "Fiziki Varlık ID", "no_access"), (3, "Fiziki Varlık ID", "unknown_reference")])

    def test_fault_f8_another_company_s_record_stays_unknown(self):
        asset = self._make_references()["asset"][1]
        asset.company_id = self._make_company()
        wizard = self.wizard(self.workbook(self.row(asset="1")))
        self.hand_over(wizard, self._make_user("manager")).action_check()
        self.assertIssues(wizard, [(2, "Fiziki Varlık ID", "unknown_reference")])

    def test_fault_f9_a_day_that_is_none(self):
        for day, code, words in (
            ("31.02.2026", "no_such_day", "28.02.2026"),
            ("31.12.9999", "far_date", "9999.*1950.*2199"),
            ("01.02.26", "short_year", "four digits"),
            ("01/02/2026", "unclear_date", "2025-12-31"),
            ("01.13.2026", "no_such_month", "13"),
        ):
            wizard = self.check(self.row(date_end=day))
            self.assertIssues(wizard, [(2, "Bitiş Tarihi", code)])
            self.assertRegex(wizard.issue_ids.message, words)

    def test_fault_f10_a_contact_of_another_account(self):
        row = self.row(corporate_customer=None, individual_customer="4001", contact="77")
        for on_existing in ("refuse", "update"):
            wizard = self.check(row, on_existing=on_existing)
            self.assertIssues(wizard, [(2, "Referans Müşteri Çalışan ID", "contact_elsewhere")])
            self.load(self.row(corporate_customer=None, individual_customer="4001"))
        self.assertEqual(self.load(self.row(number="AB-2", contact="77")).contact_id, self.contact)
