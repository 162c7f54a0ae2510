from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import MemberCase

NAMES = ("properties", "member_employee_properties", "member_person_properties")


@tagged("post_install", "-at_install")
class TestAdditional(MemberCase):
    def define(self, member, name, label, user=None):
        """Do what the form does when a field is added to the additional information."""
        value = [{"name": label.lower(), "string": label, "type": "char", "value": "x", "definition_changed": True}]
        member.with_user(user or self.env.user).write({name: value})

    def test_companies_employees_and_individuals_have_their_own_fields(self):
        """WMM-23, WMM-33, WIM-06"""
        members = (self.firm, self.employee, self.person)
        for member, name, label in zip(members, NAMES, ("Registry", "Badge", "Hobby"), strict=True):
            self.define(member, name, label)
        self.env.invalidate_all()
        labels = {name: [one["string"] for one in self.firm.read([name])[0][name]] for name in NAMES}
        self.assertEqual([labels[name][-1] for name in NAMES], ["Registry", "Badge", "Hobby"])
        self.assertEqual([len(labels[name]) for name in NAMES[1:]], [1, 1])

    def test_managers_alone_add_and_remove_fields(self):
        """CUB-13, CUB-14: on the server, whatever the form shows."""
        for level in ("contribute", "edit"):
            with self.assertRaises(AccessError):
                self.define(self.person, "member_person_properties", "Hobby", self.make_user(level))
        manager = self.make_user("manage")
        self.define(self.person, "member_person_properties", "Hobby", manager)
        self.define(self.employee, "member_employee_properties", "Badge", manager)
        self.define(self.firm, "properties", "Registry", manager)
        gone = [{"name": "hobby", "string": "Hobby", "type": "char", "definition_deleted": True}]
        self.person.with_user(manager).write({"member_person_properties": gone})
        self.env.invalidate_all()
        self.assertFalse(self.person.read(["member_person_properties"])[0]["member_person_properties"])

    def test_managers_of_customers_define_nothing_of_other_models(self):
        field = self.env["ir.model.fields"]._get("res.users", "properties")
        self.assertTrue(field, "users have properties of their contact")
        other = self.env["properties.base.definition"].create({"properties_field_id": field.id})
        with self.assertRaises(AccessError):
            other.with_user(self.make_user("manage")).properties_definition = []

    def test_clerks_fill_the_fields(self):
        """CUB-73"""
        self.define(self.person, "member_person_properties", "Hobby")
        clerk = self.make_user("contribute")
        self.person.with_user(clerk).write({"member_person_properties": {"hobby": "Chess"}})
        self.assertIn(self.person, self.env["res.partner"].search([("member_person_properties.hobby", "=", "Chess")]))

    def test_people_get_the_default_values_of_their_own_fields(self):
        value = [
            {"name": "badge", "string": "Badge", "type": "char", "default": "none yet", "definition_changed": True}
        ]
        self.employee.write({"member_employee_properties": value})
        colleague, company = self.env["res.partner"].create(
            [{"name": "Ece", "parent_id": self.firm.id}, {"name": "Company", "is_company": True}]
        )
        self.assertEqual(colleague.member_employee_properties["badge"], "none yet")
        self.assertFalse(company.member_employee_properties["badge"])

    def test_the_four_default_fields_cannot_be_deleted(self):
        """CUB-14"""
        for name in ("name", "complete_name", "phone", "email"):
            field = self.env["ir.model.fields"]._get("res.partner", name)
            with self.assertRaises(UserError):
                field.unlink()
