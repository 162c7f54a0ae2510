from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportIds(ImportCommon):
    """Which record an id of the file means, and who may reach it."""

    def test_unknown_ids_are_told_with_the_known_ones(self):
        category = self.env["subscription.category"]
        category.create([{"name": ref, "usage": "subscriber", "external_ref": ref} for ref in ("1", "3", "5")])
        category.create({"name": "S", "usage": "service", "external_ref": "9"})
        wizard = self.check(self.row(category="8", product="XX", corporate_customer="1"))
        self.assertIssues(
            wizard,
            [
                (2, "Kurumsal Müşteri ID*", "unknown_reference"),
                (2, "Ürün Kodu*", "unknown_reference"),
                (2, "Abone Özel Tanım ID", "unknown_reference_known"),
            ],
        )
        self.assertIn("Known: 1, 3, 5.", wizard.issue_ids[2].message)
        self.assertEqual(wizard.issue_ids[2].value, "8")

    def test_the_kind_of_customer_must_fit_the_column(self):
        wizard = self.check(self.row(corporate_customer="4001"))
        self.assertIssues(wizard, [(2, "Kurumsal Müşteri ID*", "wrong_kind_reference")])

    def test_persons_and_companies_may_have_the_same_number(self):
        self.person.ref = "9001"
        [corporate] = self.load(self.row())
        [individual] = self.load(self.row(number="AB-2", corporate_customer=None, individual_customer="9001"))
        self.assertEqual((corporate.partner_id, individual.partner_id), (self.customer, self.person))

    def test_the_mapping_comes_first_and_knows_the_numbering(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self._map(other, "9001", kind="corporate")
        self._map(self.person, "9001", kind="individual")
        [contract] = self.load(self.row())
        self.assertEqual(contract.partner_id, other)

    def test_two_records_with_one_id_are_not_guessed(self):
        self.customer.copy({"ref": "9001"})
        self.assertIssues(self.check(self.row()), [(2, "Kurumsal Müşteri ID*", "ambiguous_reference")])

    def test_archived_records(self):
        self.customer.active = False
        self.assertIssues(self.check(self.row()), [(2, "Kurumsal Müşteri ID*", "archived_reference")])

    def test_xml_ids(self):
        self.env["ir.model.data"].create(
            {"module": "old", "name": "k1", "model": "res.partner", "res_id": self.customer.id}
        )
        row = self.row(corporate_customer="old.k1")
        self.assertEqual(self.load(row, id_mode="xmlid").partner_id, self.customer)
        self.assertEqual(self.check(row).unchanged_count, 1)  # can be nothing else in the default mode
        self.assertIssues(self.check(self.row(), id_mode="xmlid"), [(2, "Kurumsal Müşteri ID*", "unknown_reference")])

    def test_database_ids_only_when_they_were_chosen(self):
        row = self.row(corporate_customer=str(self.customer.id))
        self.assertEqual(self.load(row, id_mode="database").partner_id, self.customer)
        self.assertIssues(self.check(row), [(2, "Kurumsal Müşteri ID*", "unknown_reference")])

    def test_no_database_id(self):
        for code in ("9" * 30, "-1", "x", "²"):
            wizard = self.check(self.row(corporate_customer=code), id_mode="database")
            self.assertIssues(wizard, [(2, "Kurumsal Müşteri ID*", "unknown_reference")])

    # === COMPANIES AND RIGHTS === #
    def test_a_company_that_is_switched_off(self):
        self.company.subscription_enabled = False
        wizard = self.wizard(self.workbook(self.row()))
        for action in (wizard.action_check, wizard.action_import):
            with self.assertRaisesRegex(UserError, f"{self.company.name}.*Settings"):
                action()

    def test_records_of_another_company_are_not_found(self):
        other = self.company_data_2["company"] if hasattr(self, "company_data_2") else self._make_company()
        self.customer.company_id = other
        self.assertIssues(self.check(self.row()), [(2, "Kurumsal Müşteri ID*", "unknown_reference")])
        self._map(self.customer, "K9", company_id=False)
        wizard = self.check(self.row(corporate_customer="K9"))
        self.assertIssues(wizard, [(2, "Kurumsal Müşteri ID*", "unknown_reference")])

    def test_a_branch(self):
        branch = self._make_company(name="Şube", parent_id=self.company.id)
        self.env.user.company_ids += branch
        self._map(branch, "29")
        employee = self.env["hr.employee"].create({"name": "R", "company_id": branch.id})
        self._map(employee, "1095")
        [contract] = self.load(self.row(branch="29", sales_rep="1095"))
        self.assertEqual((contract.company_id, contract.employee_id), (branch, employee))
        wizard = self.check(self.row(number="AB-2", branch=None, sales_rep="1095"))
        self.assertIssues(wizard, [(2, "Satış Temsilcisi ID", "other_company_reference")])
        branch.subscription_enabled = False
        wizard = self.check(self.row(number="AB-3", branch="29"))
        self.assertIssues(wizard, [(2, "Şube ID", "branch_disabled")])

    def test_numbers_of_another_company_do_not_count(self):
        other = self._make_company()
        self.env["subscription.contract"].create(
            {"name": "AB-1", "subject": "x", "partner_id": self.person.id, "company_id": other.id}
        )
        self.assertEqual(len(self.load(self.row())), 1)

    def test_only_managers_may_import(self):
        wizard = self.wizard(self.workbook(self.row()))
        for group in ("editor", "viewer"):
            user = self._make_user(group)
            for action in ("action_check", "action_import"):
                with self.assertRaises(AccessError):
                    getattr(wizard.with_user(user), action)()
        self.hand_over(wizard, self._make_user("manager")).action_import()
        self.assertEqual(wizard.state, "done")

    def test_a_company_the_user_does_not_work_in(self):
        wizard = self.wizard(self.workbook(self.row()), company_id=self._make_company().id)
        with self.assertRaises(AccessError):
            wizard.with_user(self._make_user("manager")).action_check()

    def test_a_manager_needs_no_right_on_employees_or_projects(self):
        records = self._make_references()
        del records["branch"], records["asset"]  # equipment is shown to its owner and to the people of maintenance
        wizard = self.wizard(self.workbook(self.row(**{key: code for key, (code, _record) in records.items()})))
        self.hand_over(wizard, self._make_user("manager")).action_import()
        self.assertEqual(wizard.batch_id.contract_ids.employee_id, records["sales_rep"][1])

    def test_records_the_user_may_not_read(self):
        self._make_references()
        self.env["ir.model.access"].search([("model_id.model", "=", "maintenance.equipment")]).sudo().unlink()
        wizard = self.wizard(self.workbook(self.row(asset="1")))
        self.hand_over(wizard, self._make_user("manager")).action_check()
        self.assertIssues(wizard, [(2, "Fiziki Varlık ID", "no_access")])
