from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tests.test_merged import FIND

from ..common import MemberCase

# Unique indexes of this add-on with a customer in them → why nothing is lost when customers are merged
HANDLED = {
    "member_card_user_once": "test_users_of_cards_are_united",
    "member_relation_once": "test_relatives_are_united",
}


@tagged("post_install", "-at_install")
class TestIndividualMerge(MemberCase):
    """Two records of one person become one, and nothing of it stands twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double, cls.relative, cls.other = cls.env["res.partner"].create(
            [{"name": "B. Tekin"}, {"name": "Elif Tekin"}, {"name": "Ali Tekin"}]
        )
        cls.parent = cls.env.ref("subscription_mgmt_member.relation_degree_parent")
        cls.child = cls.env.ref("subscription_mgmt_member.relation_degree_child")

    def merge(self):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((self.person | self.double).ids, self.person)
        self.env.invalidate_all()

    def relate(self, *rows):
        return self.env["member.relation"].create(
            [
                {"partner_id": person.id, "relative_id": relative.id, "degree_id": degree.id}
                for person, relative, degree in rows
            ]
        )

    def test_every_unique_index_with_a_customer_is_thought_of(self):
        self.env.cr.execute(FIND)
        found = {index for table, index in self.env.cr.fetchall() if table.startswith("member_")}
        self.assertEqual({name for name in found if name.startswith(("member_card", "member_relation"))}, set(HANDLED))

    def test_relatives_are_united(self):
        """Once said by each record: by the same row, and by its inverse"""
        kept, _double, _inverse, new = self.relate(
            (self.person, self.relative, self.parent),
            (self.double, self.relative, self.parent),
            (self.other, self.person, self.child),
            (self.double, self.other, self.parent),
        )
        self.merge()
        self.assertEqual(self.person.member_relation_ids.other_id, self.relative | self.other)
        self.assertEqual(len(self.person.member_relation_ids), 2)
        self.assertTrue(kept.exists())
        self.assertFalse(new.exists())

    def test_a_relation_between_the_two_goes(self):
        """Nobody is their own relative; other relations stay"""
        between, kept = self.relate((self.person, self.double, self.parent), (self.double, self.relative, self.parent))
        self.merge()
        self.assertFalse(between.exists())
        self.assertEqual(kept.partner_id, self.person)

    def test_users_of_cards_are_united(self):
        """Both on one card, one on the other's card, and a card of each"""
        cards = self.env["member.card"]
        of_relative = cards.create(
            {
                "partner_id": self.relative.id,
                "user_ids": [Command.create({"partner_id": one.id}) for one in (self.person, self.double)],
            }
        )
        own = cards.create(
            {
                "partner_id": self.person.id,
                "user_ids": [Command.create({"partner_id": one.id}) for one in (self.double, self.other)],
            }
        )
        of_double = cards.create({"partner_id": self.double.id})
        self.merge()
        self.assertEqual(of_relative.user_ids.partner_id, self.person)
        self.assertEqual(len(of_relative.user_ids), 1)
        self.assertEqual(own.user_ids.partner_id, self.other)
        self.assertEqual(of_double.partner_id, self.person)

    def test_a_link_to_the_other_record_goes(self):
        """A person merged with themselves as an employee"""
        self.double.parent_id = self.firm
        self.person.member_employee_id = self.double
        self.merge()
        self.assertFalse(self.person.member_employee_id)
