from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common import MemberCase


@tagged("post_install", "-at_install")
class TestIndividual(MemberCase):
    """Persons as customers (WIM-01..07, WIM-21, WIM-23..30)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.make_user("contribute")
        cls.relative = cls.env["res.partner"].create({"name": "Elif Tekin"})
        cls.parent = cls.env.ref("subscription_mgmt_member.relation_degree_parent")
        cls.child = cls.env.ref("subscription_mgmt_member.relation_degree_child")
        cls.sibling = cls.env.ref("subscription_mgmt_member.relation_degree_sibling")
        cls.abroad = cls.env["res.company"].create({"name": "Abroad"})
        cls.hidden = cls.env["res.partner"].create({"name": "Gizli Kişi", "company_id": cls.abroad.id})

    def relate(self, person=None, relative=None, degree=None, user=None):
        return (
            self.env["member.relation"]
            .with_user(user or self.clerk)
            .create(
                {
                    "partner_id": (person or self.person).id,
                    "relative_id": (relative or self.relative).id,
                    "degree_id": (degree or self.parent).id,
                }
            )
        )

    def make_card(self, **values):
        return self.env["member.card"].with_user(self.clerk).create({"partner_id": self.person.id, **values})

    # === PERSONAL DATA === #
    def test_nobody_is_born_tomorrow(self):
        """WIM-25"""
        today = self.env.company._subscription_today()
        self.person.member_birth_date = today
        with self.assertRaises(ValidationError):
            self.person.member_birth_date = today + timedelta(days=1)

    def test_personal_data_are_not_read_by_customers(self):
        """WIM-05: not even their own, by RPC"""
        user = new_test_user(self.env, "member_portal", groups="base.group_portal")
        user.partner_id.member_gender = "other"
        for name in ("member_gender", "member_birth_date", "member_relation_ids", "member_card_ids"):
            with self.assertRaises(AccessError, msg=name):
                user.partner_id.with_user(user).read([name])
        for model in ("member.relation", "member.relative", "member.card", "member.card.user"):
            self.assertFalse(self.env[model].with_user(user).has_access("read"), model)

    def test_a_copy_takes_no_personal_data_along(self):
        """WIM-05"""
        self.person.write({"member_gender": "female", "member_education": "master", "member_profession": "Architect"})
        copy = self.person.copy()
        self.assertFalse(copy.member_gender or copy.member_education or copy.member_profession)

    def test_affiliates_are_found(self):
        """WIM-27"""
        self.person.member_is_affiliate = True
        found = self.env["res.partner"].search([("member_is_affiliate", "=", True)])
        self.assertIn(self.person, found)
        self.assertNotIn(self.relative, found)

    # === RELATIVES === #
    def test_a_relation_is_seen_from_both_sides(self):
        """WIM-03, WIM-21: one row"""
        relation = self.relate()
        for member, other, degree in (
            (self.person, self.relative, self.parent),
            (self.relative, self.person, self.child),
        ):
            seen = member.with_user(self.clerk).member_relation_ids
            self.assertRecordValues(
                seen, [{"relation_id": relation.id, "other_id": other.id, "other_degree_id": degree.id}]
            )

    def test_siblings_are_the_same_from_both_sides(self):
        """WIM-21"""
        self.relate(degree=self.sibling)
        self.assertRecordValues(
            self.relative.member_relation_ids, [{"other_id": self.person.id, "other_degree_id": self.sibling.id}]
        )

    def test_a_relation_is_removed_from_either_side(self):
        """WIM-21"""
        for side in (self.person, self.relative):
            self.env.invalidate_all()
            relation = self.relate(degree=self.sibling)
            side.with_user(self.clerk).member_relation_ids.action_remove()
            self.assertFalse(relation.exists())

    @mute_logger("odoo.sql_db")
    def test_nobody_is_their_own_relative(self):
        """WIM-21"""
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.relate(relative=self.person)

    @mute_logger("odoo.sql_db")
    def test_the_same_pair_and_degree_once(self):
        """WIM-21: whichever of the two it is entered for"""
        self.relate(degree=self.sibling)
        for pair in ((self.person, self.relative), (self.relative, self.person)):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.relate(*pair, degree=self.sibling)

    def test_what_the_other_side_says_already_is_refused(self):
        """WIM-21: parent of one is child of the other"""
        self.relate()
        with self.assertRaises(ValidationError):
            self.relate(self.relative, self.person, self.child)

    def test_only_persons_have_relatives(self):
        """WIM-21"""
        unit = self.env["res.partner"].create({"name": "Şube", "parent_id": self.firm.id, "member_unit": "branch"})
        for pair in ((self.person, self.firm), (self.firm, self.person), (self.person, unit)):
            with self.assertRaises(ValidationError):
                self.relate(*pair)
        self.relate()
        with self.assertRaises(ValidationError):
            self.relative.is_company = True

    def test_no_relation_with_whom_one_does_not_see(self):
        """WIM-21: a person of another company"""
        with self.assertRaises(AccessError):
            self.relate(relative=self.hidden)
        relation = self.relate(relative=self.hidden, user=self.env.user)
        self.assertFalse(self.person.with_user(self.clerk).member_relation_ids)
        self.assertFalse(self.env["member.relation"].with_user(self.clerk).search([("id", "=", relation.id)]))

    def test_customers_of_two_companies_are_not_related(self):
        """WIM-21"""
        self.person.company_id = self.env.company
        with self.assertRaises(ValidationError):
            self.relate(relative=self.hidden, user=self.env.user)

    def test_who_only_looks_changes_nothing(self):
        """CUB-37: View"""
        viewer = self.make_user("view")
        relation = self.relate()
        seen = self.person.with_user(viewer).member_relation_ids
        self.assertEqual(seen.relation_id, relation)
        with self.assertRaises(AccessError):
            seen.action_remove()
        with self.assertRaises(AccessError):
            self.relate(degree=self.sibling, user=viewer)
        with self.assertRaises(AccessError):
            self.env["member.card"].with_user(viewer).create({"partner_id": self.person.id})

    def test_a_pair_of_degrees_is_said_once(self):
        """WIM-21: and what one of a pair is already stays"""
        degrees = self.env["member.relation.degree"].with_user(self.make_user("manage"))
        godparent = degrees.create({"name": "Godparent"})
        godchild = degrees.create({"name": "Godchild", "inverse_id": godparent.id})
        self.assertEqual(godparent._get_inverse(), godchild)
        father = degrees.create({"name": "Father", "inverse_id": self.child.id})
        self.assertEqual((father._get_inverse(), self.child._get_inverse()), (self.child, self.parent))

    def test_who_sees_no_customer_sees_no_relatives_and_cards(self):
        """CUB-29: None"""
        nobody = self.make_user("none")
        self.relate()
        self.make_card(user_ids=[Command.create({"partner_id": self.relative.id})])
        for model in ("member.relation", "member.relative", "member.card", "member.card.user"):
            self.assertTrue(self.env[model].with_user(self.clerk).search([]), model)
            self.assertFalse(self.env[model].with_user(nobody).search([]), model)

    def test_degrees_are_set_by_managers(self):
        """WIM-21"""
        with self.assertRaises(AccessError):
            self.parent.with_user(self.make_user("edit")).name = "X"
        self.parent.with_user(self.make_user("manage")).name = "X"

    def test_relatives_of_many_cost_no_more_queries(self):
        people = self.env["res.partner"].create([{"name": f"P{number}"} for number in range(12)])
        for relative in people[1:]:
            self.relate(people[0], relative, self.sibling)
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.assertEqual(len(people.mapped("member_relation_ids")), 22)

    # === CARDS === #
    def test_a_card_has_a_number_of_its_own(self):
        """WIM-23"""
        first, second = self.make_card(), self.make_card(number="  ")
        self.assertTrue(first.number and second.number)
        self.assertNotEqual(first.number, second.number)

    @mute_logger("odoo.sql_db")
    def test_a_number_is_given_once_in_a_company(self):
        """WIM-23"""
        card = self.make_card(number="77")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_card(number=" 77 ")
        self.env["member.card"].create({"number": "77", "partner_id": self.person.id, "company_id": self.abroad.id})
        self.assertEqual(self.env["member.card"].with_user(self.clerk).search([("number", "=", "77")]), card)

    def test_a_card_has_additional_users(self):
        """WIM-04, WIM-24: seen on the page of the user too"""
        card = self.make_card(user_ids=[Command.create({"partner_id": self.relative.id})])
        shared = self.relative.with_user(self.clerk).member_shared_card_ids
        self.assertEqual((shared.card_id, shared.holder_id), (card, self.person))

    @mute_logger("odoo.sql_db")
    def test_the_same_person_once_on_a_card(self):
        """WIM-24"""
        card = self.make_card(user_ids=[Command.create({"partner_id": self.relative.id})])
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            card.user_ids = [Command.create({"partner_id": self.relative.id})]

    def test_the_holder_is_no_additional_user(self):
        """WIM-24: from the card, from the row, and when the holder changes"""
        with self.assertRaises(ValidationError):
            self.make_card(user_ids=[Command.create({"partner_id": self.person.id})])
        card = self.make_card(user_ids=[Command.create({"partner_id": self.relative.id})])
        with self.assertRaises(ValidationError):
            card.user_ids.partner_id = self.person
        with self.assertRaises(ValidationError):
            card.partner_id = self.relative

    def test_a_card_is_a_persons(self):
        """WIM-23"""
        with self.assertRaises(ValidationError):
            self.make_card(partner_id=self.firm.id)
        with self.assertRaises(ValidationError):
            self.make_card(user_ids=[Command.create({"partner_id": self.firm.id})])

    def test_a_card_of_whom_one_does_not_see(self):
        """WIM-23: another company's"""
        with self.assertRaises(UserError):
            self.make_card(partner_id=self.hidden.id)
        with self.assertRaises(UserError):
            self.make_card(user_ids=[Command.create({"partner_id": self.hidden.id})])

    @mute_logger("odoo.sql_db")
    def test_a_card_does_not_end_before_it_begins(self):
        """WIM-23"""
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.make_card(date_from="2026-05-02", date_to="2026-05-01")

    def test_a_card_is_blocked_and_unblocked(self):
        """WIM-23"""
        card = self.make_card()
        card.action_block()
        self.assertEqual(card.state, "blocked")
        card.action_unblock()
        self.assertEqual(card.state, "active")

    # === THE SAME PERSON AT A COMPANY === #
    def fetch(self, **values):
        return self.env["member.fetch"].with_user(self.clerk).create({"partner_id": self.person.id, **values})

    def test_data_of_an_employee_are_fetched(self):
        """WIM-30: found by e-mail; only gaps are filled, and shown before"""
        self.employee.write({"function": "Buyer", "city": "İzmir", "phone": "+90 212 111 22 33"})
        self.person.write({"email": "DEFNE@cinar.example", "function": "Owner"})
        dialog = self.fetch()
        self.assertEqual(dialog.employee_id, self.employee)
        self.assertIn("İzmir", dialog.preview)
        self.assertNotIn("Buyer", dialog.preview)
        dialog.action_fill()
        self.assertRecordValues(
            self.person,
            [{"function": "Owner", "city": "İzmir", "member_employer": self.firm.name,
              "member_employee_id": self.employee.id}],
        )  # fmt: skip

    def test_an_employee_is_found_by_phone_in_any_spelling(self):
        """WIM-30"""
        turkey = self.env.ref("base.tr")
        (self.person | self.employee).country_id = turkey
        self.employee.phone = "0532 111 22 33"
        self.person.phone = "+90 (532) 1112233"
        self.assertEqual(self.fetch().employee_id, self.employee)

    def test_nobody_else_is_fetched(self):
        """WIM-30: neither who has another e-mail, nor by an id that was sent"""
        self.assertFalse(self.person._find_member_employees())
        with self.assertRaises(UserError):
            self.fetch(employee_id=self.employee.id).action_fill()

    def test_employees_of_another_company_are_not_found(self):
        """WIM-30"""
        self.hidden.is_company = True
        employee = self.env["res.partner"].create(
            {"name": "X", "parent_id": self.hidden.id, "company_id": self.abroad.id, "email": "x@y.example"}
        )
        self.person.email = employee.email
        self.assertFalse(self.person.with_user(self.clerk)._find_member_employees())

    def test_the_link_is_to_a_contact_of_a_company(self):
        """WIM-30"""
        for wrong in (self.person, self.relative):
            with self.assertRaises(ValidationError):
                self.person.member_employee_id = wrong
