from odoo.exceptions import AccessError
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalRights(PortalCase):
    """Rules: what the ORM answers to each person, whatever page asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_quotation()
        cls.invoice = cls.init_invoice("out_invoice", partner=cls.firm, amounts=[100], taxes=[], post=True)
        cls.purchase = cls.env["purchase.order"].create({"partner_id": cls.firm.id, "company_id": cls.company.id})
        cls.records = [
            cls.order,
            cls.order.order_line,
            cls.invoice,
            cls.invoice.invoice_line_ids,
            cls.purchase,
        ]

    def get_seen(self, user):
        return [record._name for record in self.records if record.with_user(user).has_access("read")]

    def test_wmm_15_who_has_the_right_sees_what_is_the_members(self):
        every = [record._name for record in self.records]
        self.assertEqual(self.get_seen(self.manager), every)
        self.assertEqual(self.get_seen(self.buyer), every)

    def test_wmm_15_no_right_no_access(self):
        self.assertEqual(self.get_seen(self.colleague), [])
        self.assertEqual(self.get_seen(self.stranger), [])

    def test_wmm_15_search_and_count_say_no_more(self):
        for record in self.records:
            model = record.browse().with_user(self.colleague)
            self.assertEqual(model.search_count([("id", "in", record.ids)]), 0, record._name)
            with self.assertRaises(AccessError):
                record.with_user(self.colleague).read(["display_name"])

    def test_wmm_32_each_right_is_its_own(self):
        person = self.colleague.partner_id
        person.member_portal_orders = True
        self.assertEqual(self.get_seen(self.colleague), ["sale.order", "sale.order.line", "purchase.order"])
        person.write({"member_portal_orders": False, "member_portal_invoices": True})
        self.assertEqual(self.get_seen(self.colleague), ["account.move", "account.move.line"])
        person.member_portal_invoices = False
        self.assertEqual(self.get_seen(self.colleague), [])

    def test_wmm_15_what_is_ones_own_is_seen_without_a_right(self):
        own = self.make_quotation(self.colleague.partner_id)
        self.assertTrue(own.with_user(self.colleague).has_access("read"))
        bill = self.init_invoice("out_invoice", partner=self.colleague.partner_id, amounts=[5], taxes=[], post=True)
        self.assertTrue(bill.with_user(self.colleague).has_access("read"))

    def test_rights_are_the_members_choice_until_then_everybody_sees_all(self):
        self.firm.member_portal_governed = False
        self.assertEqual(len(self.get_seen(self.colleague)), len(self.records))
        self.assertEqual(self.get_seen(self.stranger), [])

    def test_members_of_the_customers_page_begin_with_rights_per_employee(self):
        partners = self.env["res.partner"]
        page = partners.with_context(default_member_state="potential", default_is_company=True)
        self.assertTrue(page.create({"name": "New"}).member_portal_governed)
        self.assertFalse(partners.create({"name": "Imported", "is_company": True}).member_portal_governed)

    def test_the_company_itself_has_everything(self):
        user = self.make_login("firm", "Other", self.env["res.partner"])
        user.partner_id = self.firm
        self.env.registry.clear_cache()
        self.assertEqual(len(self.get_seen(user)), len(self.records))
        self.assertTrue(self.firm._is_portal_manager())

    def test_wim_22_an_individual_has_what_is_his(self):
        own = self.make_quotation(self.individual.partner_id)
        self.assertTrue(own.with_user(self.individual).has_access("read"))
        self.assertEqual(self.get_seen(self.individual), [])

    def test_who_moves_to_another_member_takes_no_right_along(self):
        self.assertTrue(self.get_seen(self.buyer))
        self.buyer.partner_id.parent_id = self.stranger.partner_id.parent_id
        self.assertEqual(self.get_seen(self.buyer), [])

    def test_people_of_a_unit_have_rights_as_others(self):
        unit = self.env["res.partner"].create({"name": "Depo", "member_unit": "branch", "parent_id": self.firm.id})
        self.buyer.partner_id.parent_id = unit
        self.colleague.partner_id.parent_id = unit
        self.assertEqual(len(self.get_seen(self.buyer)), len(self.records))
        self.assertEqual(self.get_seen(self.colleague), [])

    def test_staff_see_as_ever(self):
        self.assertTrue(self.order.with_user(self.seller).has_access("read"))

    def test_nobody_gives_himself_rights(self):
        for name in ("member_portal_orders", "member_portal_manager"):
            with self.assertRaises(AccessError):
                self.colleague.partner_id.with_user(self.colleague).write({name: True})

    def test_wmm_32_rights_are_given_by_who_manages_customers(self):
        company = {"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]}
        person = self.colleague.partner_id
        for level in ("contribute", "edit"):
            user = self.make_user(level, **company)
            for values in ({"member_portal_orders": True}, {"member_portal_manager": True}):
                with self.assertRaises(AccessError):
                    person.with_user(user).write(values)
                with self.assertRaises(AccessError):
                    person.with_user(user).create({"name": "Other", "parent_id": self.firm.id, **values})
            with self.assertRaises(AccessError):
                self.firm.with_user(user).member_portal_governed = False
            page = self.env["res.partner"].with_user(user).with_context(default_member_state="potential")
            self.assertTrue(page.create({"name": "New", "is_company": True}).member_portal_governed)
        person.with_user(self.make_user("manage", **company)).member_portal_orders = True
        self.assertIn("sale.order", self.get_seen(self.colleague))

    def test_wmm_32_no_default_gives_rights(self):
        """Neither one of the caller nor one that somebody has kept for himself."""
        company = {"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]}
        user = self.make_user("contribute", **company)
        partners = self.env["res.partner"].with_user(user)
        values = {"name": "Other", "parent_id": self.firm.id}
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            partners.with_context(default_member_portal_manager=True).create(values)
        self.env["ir.default"].with_user(user).set("res.partner", "member_portal_orders", True, user_id=True)
        with self.assertRaises(AccessError):
            partners.create(values)

    def test_wmm_32_who_moves_to_another_member_is_no_manager_there(self):
        """Whoever moves people gives nobody rights; within the member they stay."""
        company = {"company_id": self.company.id, "company_ids": [(6, 0, self.company.ids)]}
        user = self.make_user("contribute", **company)
        person = self.manager.partner_id
        unit = self.env["res.partner"].create({"name": "Depo", "member_unit": "branch", "parent_id": self.firm.id})
        person.with_user(user).parent_id = unit
        self.assertTrue(person.member_portal_manager)
        rival = self.stranger.partner_id.parent_id
        rival.member_portal_governed = True
        person.with_user(user).parent_id = rival
        self.assertFalse(person.member_portal_manager or person._is_portal_manager())

    def test_the_form_warns_of_a_member_without_manager(self):
        self.assertFalse(self.firm.member_portal_unmanaged)
        self.manager.partner_id.member_portal_manager = False
        self.firm.invalidate_recordset()
        self.assertTrue(self.firm.member_portal_unmanaged)
