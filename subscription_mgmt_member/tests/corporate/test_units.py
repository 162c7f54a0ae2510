from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .corporate_common import CorporateCase


@tagged("post_install", "-at_install")
class TestUnits(CorporateCase):
    # === UNITS === #
    def test_wmm_09_a_subsidiary_is_a_commercial_entity_of_its_own(self):
        self.firm.vat = "TR1234567890" if self.firm.country_id else "1234567890"
        self.assertTrue(self.firm.is_company)
        self.assertEqual(self.firm.commercial_partner_id, self.firm)
        self.assertFalse(self.group.vat)

    def test_wmm_09_units_of_a_company_belong_to_its_commercial_entity(self):
        for unit in (self.division, self.branch, self.department):
            self.assertEqual((unit.commercial_partner_id, unit.is_company), (self.firm, False))

    def test_wmm_25_a_branch_keeps_its_own_address(self):
        self.firm.write({"street": "Atatürk Bulvarı 1", "city": "Ankara"})
        self.assertEqual((self.branch.city, self.branch.street), ("Bornova", "Bornova"))
        self.assertEqual((self.group.street, self.firm.type), ("Çınar Holding", "other"))

    def test_wmm_25_the_address_of_a_unit_is_never_that_of_its_company(self):
        self.branch.city = "Karşıyaka"
        self.assertEqual((self.firm.city, self.division.city), ("Ankara", "İzmir"))

    def test_wmm_25_letters_and_goods_go_to_the_unit_not_to_one_of_its_people(self):
        for unit in (self.firm, self.branch):
            found = unit.address_get(["invoice", "delivery"])
            self.assertEqual(found, {"contact": unit.id, "invoice": unit.id, "delivery": unit.id})
        gate = self.make_person("Gate 3", self.branch, type="delivery")
        self.assertEqual(self.branch.address_get(["delivery"])["delivery"], gate.id)

    def test_wmm_13_there_is_no_last_floor(self):
        unit = self.department
        for floor in range(30):
            unit = self.make_unit(f"Floor {floor}", "office", unit)
        self.assertEqual(unit.commercial_partner_id, self.firm)
        self.assertIn(unit, self.firm.member_unit_ids)

    def test_wmm_13_a_circle_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "Ege cannot stand below Depo"):
            self.division.parent_id = self.department
        with self.assertRaisesRegex(ValidationError, "does not run in a circle"):
            self.group.parent_id = self.firm

    def test_wmm_13_nothing_stands_below_itself(self):
        with self.assertRaisesRegex(ValidationError, "does not run in a circle"):
            self.branch.parent_id = self.branch

    def test_units_stand_below_companies_only(self):
        for above in (self.person, self.clerk, self.env["res.partner"]):
            with self.subTest(above=above.name), self.assertRaisesRegex(ValidationError, "stands below a company"):
                self.make_unit("Lost", "branch", above)

    def test_a_branch_is_no_company(self):
        with self.assertRaisesRegex(ValidationError, "other units are not"):
            self.branch.is_company = True

    def test_wmm_14_the_units_are_listed_each_after_the_one_above(self):
        other = self.make_unit("Akdeniz", "division", self.firm)
        units = self.firm.member_unit_ids
        self.assertEqual(units, other + self.division + self.branch + self.department)
        labels = units.mapped("member_unit_label")
        self.assertEqual([len(label) - len(label.lstrip()) for label in labels], [3, 3, 6, 9])
        self.assertEqual(self.group.member_unit_ids, self.firm + units)

    def test_the_units_of_a_hundred_cost_as_many_queries_as_those_of_one(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.firm.member_unit_ids.mapped("member_unit_label")
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(50):
            self.make_unit(f"Office {number}", "office", self.branch)
        self.assertEqual(count(), few)

    # === MANAGERS, PLACES === #
    def test_wmm_25_the_manager_is_one_of_the_members_people(self):
        self.branch.member_manager_id = self.employee
        for wrong, why in ((self.person, "same member"), (self.department, "is a person")):
            with self.subTest(wrong=wrong.name), self.assertRaisesRegex(ValidationError, why):
                self.branch.member_manager_id = wrong

    def test_wmm_26_a_branch_has_its_own_representative(self):
        ours = self.make_user("contribute")
        self.branch.with_user(ours).user_id = ours
        self.assertFalse(self.firm.user_id)
        self.assertEqual(self.branch.user_id, ours)

    def test_wmm_31_who_stands_below_a_department_works_there(self):
        self.assertEqual((self.clerk.member_department_id, self.clerk.member_branch_id), (self.department, self.branch))

    def test_wmm_31_who_stands_below_the_company_is_told_where_he_works(self):
        self.employee.write({"member_branch_id": self.branch.id, "member_department_id": self.department.id})
        self.assertEqual(self.employee.parent_id, self.firm)
        self.employee.function = "Buyer"
        self.assertEqual(self.employee.member_branch_id, self.branch)

    def test_wmm_31_who_moves_to_another_member_works_there_no_longer(self):
        self.employee.member_branch_id = self.branch
        self.employee.parent_id = self.group
        self.assertFalse(self.employee.member_branch_id)

    def test_wmm_31_nobody_works_in_a_branch_of_others(self):
        other = self.env["res.partner"].create({"name": "Rakip", "is_company": True})
        strange = self.make_unit("Merkez", "branch", other)
        with self.assertRaisesRegex(ValidationError, "same member"):
            self.employee.member_branch_id = strange

    def test_wmm_27_the_people_of_a_branch_wherever_they_stand(self):
        self.employee.member_branch_id = self.branch
        other = self.make_person("Ela Kurt", self.firm)
        self.assertEqual(set(self.branch.member_employee_ids), {self.clerk, self.employee})
        self.assertEqual(set(self.firm.member_employee_ids), {self.clerk, self.employee, other})
        self.assertFalse(self.group.member_employee_ids)

    # === FORM === #
    def test_a_unit_is_added_from_its_company(self):
        action = self.firm.action_add_member_unit()
        partners = self.env["res.partner"].with_context(**action["context"])
        unit = partners.create({**partners.default_get(["parent_id", "member_unit", "type"]), "name": "Çankaya"})
        self.assertEqual((unit.member_unit, unit.parent_id, unit.type), ("branch", self.firm, "other"))

    def test_view_changes_no_unit(self):
        with self.assertRaises(AccessError):
            self.branch.with_user(self.make_user("view")).name = "Mine"
