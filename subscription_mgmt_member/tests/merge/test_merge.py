from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .merge_common import MergeCase


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    """One member goes into another (CUB-20..26)."""

    # === VALUES === #
    def test_cub_24_own_values_stay_and_gaps_are_filled(self):
        self.merge()
        self.assertRecordValues(
            self.firm,
            [
                {
                    "name": "Çınar Enerji A.Ş.",
                    "phone": "+90 212 111 22 33",
                    "city": "İzmir",
                    "email": "bilgi@cinar.example",
                    "ref": "ESKI-7",
                    "member_is_customer": True,
                    "member_is_supplier": True,
                }
            ],
        )

    def test_cub_24_values_that_are_proposed_and_edited_are_filled(self):
        """Odoo's own merge loses the salesperson and the language."""
        self.double.user_id = self.editor
        self.firm.user_id = False
        self.merge()
        self.assertEqual(self.firm.user_id, self.editor)

    def test_cub_24_own_fields_are_filled_one_by_one(self):
        definition = (
            self.env["properties.base.definition"]
            .sudo()
            ._get_definition_for_property_field("res.partner", "properties")
        )
        definition.properties_definition = [
            {"name": "floor", "type": "char", "string": "Floor"},
            {"name": "gate", "type": "char", "string": "Gate"},
        ]
        self.firm.properties = {"floor": "3"}
        self.double.properties = {"floor": "9", "gate": "B"}
        self.merge()
        self.assertEqual(dict(self.firm.properties), {"floor": "3", "gate": "B"})

    def test_cub_24_billing_data_of_each_company(self):
        """Reading 4"""
        term, other = self.env["account.payment.term"].create([{"name": "45 gün"}, {"name": "60 gün"}])
        self.double.property_payment_term_id = term
        self.double.property_supplier_payment_term_id = term
        self.firm.property_supplier_payment_term_id = other
        self.merge()
        self.assertEqual(self.firm.property_payment_term_id, term)
        self.assertEqual(self.firm.property_supplier_payment_term_id, other)

    def test_cub_24_where_a_record_belongs_is_no_gap(self):
        self.double.company_id = self.env.company
        self.person.is_company = False
        self.merge(self.double, self.person)
        self.assertFalse(self.person.company_id)
        self.assertFalse(self.person.is_company)

    # === RECORDS === #
    def test_cub_23_contacts_tags_and_messages_move(self):
        tag, own = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.double.category_id, self.firm.category_id = tag, own
        message = self.double.message_post(body="Aradı")
        contact = self.double.child_ids
        self.merge()
        self.assertEqual(contact.parent_id, self.firm)
        self.assertEqual(contact.commercial_partner_id, self.firm)
        self.assertEqual(self.firm.category_id, tag | own)
        self.assertEqual((message.res_id, message.model), (self.firm.id, "res.partner"))

    def test_cub_25_followers_of_both_are_kept(self):
        """Odoo's own merge deletes all followers of one as soon as somebody follows both."""
        both, one = self.person, self.employee
        self.firm.message_subscribe(both.ids)
        self.double.message_subscribe((both | one).ids)
        self.merge()
        followers = self.firm.message_partner_ids
        self.assertLessEqual(both | one, followers)
        self.assertEqual(len(followers), len(self.firm.message_follower_ids))

    def test_cub_25_what_both_follow_is_followed_once_and_the_rest_is_kept(self):
        self.person.message_subscribe((self.firm | self.double).ids)
        self.employee.message_subscribe(self.double.ids)
        self.merge()
        self.assertIn(self.firm, self.employee.message_partner_ids)
        self.assertEqual(self.person.message_partner_ids & (self.firm | self.double), self.firm)

    def test_cub_25_activities_files_and_old_ids_move(self):
        activity = self.double.activity_schedule("mail.mail_activity_data_todo", summary="Ara")
        file = self.env["ir.attachment"].create(
            {"name": "sozlesme.txt", "raw": b"x", "res_model": "res.partner", "res_id": self.double.id}
        )
        self.env.company.subscription_enabled = True
        code = self.env["subscription.external.id"].create(
            {"model": "res.partner", "res_id": self.double.id, "code": "4567"}
        )
        self.merge()
        self.assertEqual((activity.res_id, file.res_id, code.res_id), (self.firm.id,) * 3)

    def test_cub_25_sales_tasks_and_bank_accounts_move(self):
        order = self.env["sale.order"].create({"partner_id": self.double.id})
        lead = self.env["crm.lead"].create({"name": "Teklif", "partner_id": self.double.id})
        project = self.env["project.project"].create({"name": "Kurulum", "partner_id": self.double.id})
        task = self.env["project.task"].create(
            {"name": "Keşif", "project_id": project.id, "partner_id": self.double.id}
        )
        bank = self.env["res.partner.bank"].create({"acc_number": "TR-1", "partner_id": self.double.id})
        self.merge()
        for record in (order, lead, project, task, bank):
            self.assertEqual(record.partner_id, self.firm, record)

    def test_cub_25_one_bank_account_of_both_is_kept_once(self):
        banks = self.env["res.partner.bank"]
        for partner in (self.double, self.firm):
            banks |= banks.create({"acc_number": "TR-77", "partner_id": partner.id})
        self.merge()
        self.assertEqual(self.firm.bank_ids, banks[1])

    def test_cub_26_the_source_is_gone_for_good(self):
        self.merge()
        self.env.cr.execute("SELECT count(*) FROM res_partner WHERE id = %s", [self.double.id])
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_cub_26_the_target_tells_who_came_in_and_what_was_lost(self):
        old = self.double.id
        self.merge()
        note = self.firm.message_ids[0]
        self.assertEqual(note.author_id, self.editor.partner_id)
        for said in (f"ID {old}", "Çınar Enerji Ltd. Şti.", "+90 212 999 88 77"):
            self.assertIn(said, note.body)
        self.assertNotIn("ESKI-7", note.body)

    # === PORTAL USERS === #
    def make_portal_user(self, partner, login):
        return new_test_user(self.env, login, groups="base.group_portal", partner_id=partner.id, name=partner.name)

    def test_cub_25_a_portal_user_of_each_keeps_his_login(self):
        mine, yours = self.make_portal_user(self.person, "mine@x.example"), self.env["res.users"]
        twin = self.env["res.partner"].create({"name": "Baran Tekin"})
        yours = self.make_portal_user(twin, "yours@x.example")
        self.merge(twin, self.person)
        self.assertEqual(mine.partner_id, self.person)
        self.assertEqual(yours.partner_id.parent_id, self.person)
        self.assertEqual((yours.name, yours.active), ("Baran Tekin", True))

    def test_cub_25_the_user_of_a_person_becomes_a_contact_of_the_company(self):
        user = self.make_portal_user(self.person, "one@x.example")
        self.merge(self.person, self.firm)
        self.assertEqual((user.partner_id.parent_id, user.name), (self.firm, "Baran Tekin"))

    # === REFUSED === #
    def assertRefused(self, reason, source, target, user=None, error=UserError):
        with self.assertRaisesRegex(error, reason):
            self.merge(source, target, user)
        self.assertTrue(source.exists())

    def test_cub_22_not_with_itself(self):
        self.assertRefused("with itself", self.firm, self.firm)

    def test_not_with_a_part_of_itself(self):
        for source, target in ((self.employee, self.firm), (self.firm, self.employee)):
            self.assertRefused("part of the other", source, target)

    def test_a_contact_does_not_become_a_customer(self):
        self.assertRefused("is a contact of", self.employee, self.person)

    def test_a_company_does_not_become_a_contact(self):
        self.assertRefused("Choose Çınar Enerji A.Ş. instead", self.double, self.employee)

    def test_a_person_becomes_a_contact_and_so_do_his_books(self):
        """CUB-19: somebody unknown wrote in, and was a contact of a customer."""
        order = self.env["sale.order"].create({"partner_id": self.person.id})
        self.merge(self.person, self.employee)
        self.assertEqual((order.partner_id, order.partner_id.commercial_partner_id), (self.employee, self.firm))

    def test_contacts_merge_of_odoo_is_no_way_around(self):
        """Neither for what is refused, nor for whoever may not read billing settings."""
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(self.editor)
        self.firm.email = self.double.email
        for source, target, reason in (
            (self.double, self.employee, "cannot become a contact"),
            (self.double.child_ids, self.firm, "cannot become a customer"),
        ):
            with self.assertRaisesRegex(UserError, reason), self.env.cr.savepoint():
                merge._merge([source.id, target.id], target.with_user(self.editor))
        merge._merge([self.double.id, self.firm.id], self.firm.with_user(self.editor))
        self.assertFalse(self.double.exists())
        self.assertEqual(self.firm.ref, "ESKI-7")

    def test_not_a_colleague(self):
        for source, target in ((self.editor.partner_id, self.firm), (self.firm, self.editor.partner_id)):
            self.assertRefused("is one of our users", source, target, self.env.ref("base.user_admin"))

    def test_not_one_of_our_companies(self):
        self.assertRefused("is one of our users or companies", self.double, self.env.company.partner_id)

    def test_cub_20_the_level_contribute_does_not_merge(self):
        """Reading 3, through Odoo's own dialog as well."""
        clerk = self.make_user("contribute")
        with self.assertRaises(AccessError):
            self.double.with_user(clerk).action_open_member_merge()
        core = self.env["base.partner.merge.automatic.wizard"].with_user(clerk).create({})
        with self.assertRaisesRegex(AccessError, "level Edit or Manage"):
            core._merge((self.double | self.firm).ids, self.firm)
        self.assertTrue(self.double.exists())

    def test_exactly_one_is_merged(self):
        with self.assertRaisesRegex(UserError, "exactly one"):
            (self.double | self.firm).with_user(self.editor).action_open_member_merge()

    def test_the_second_one_is_told(self):
        """Two dialogs stand open on one customer."""
        late = (
            self.env["member.merge"]
            .with_user(self.editor)
            .create({"source_id": self.double.id, "target_id": self.person.id})
        )
        self.merge()
        with self.assertRaisesRegex(UserError, "merged or deleted meanwhile"):
            late.action_merge()

    # === COMPANIES === #
    def test_records_of_a_hidden_company_stand_in_the_way(self):
        other = self.env["res.company"].create({"name": "Öteki"})
        self.env["crm.lead"].create({"name": "Gizli", "partner_id": self.double.id, "company_id": other.id})
        self.assertRefused("where you do not work", self.double, self.firm, error=AccessError)
        self.editor.company_ids = [Command.link(other.id)]
        self.merge()
        self.assertFalse(self.double.exists())

    def test_records_of_a_hidden_company_on_a_contact_stand_in_the_way(self):
        """The contact moves along, and would be shown to nobody of its company."""
        other = self.env["res.company"].create({"name": "Öteki"})
        contact = self.double.child_ids
        self.env["crm.lead"].create({"name": "Gizli", "partner_id": contact.id, "company_id": other.id})
        self.assertRefused("in a company where you do not work", self.double, self.firm)

    def test_wmm_07_who_takes_over_a_sale_is_potential_no_more(self):
        product = self.env["product.product"].create({"name": "Pellet", "list_price": 100})
        line = Command.create({"product_id": product.id})
        self.env["sale.order"].create({"partner_id": self.double.id, "order_line": [line]}).action_confirm()
        self.firm.member_state = self.person.member_state = "potential"
        self.merge()
        self.assertEqual(self.firm.member_state, "active")
        newcomer = self.env["res.partner"].create({"name": "Yeni", "is_company": True})
        self.merge(newcomer, self.person)
        self.assertEqual(self.person.member_state, "potential")

    def test_records_of_one_company_do_not_go_to_a_customer_of_another(self):
        other = self.env["res.company"].create({"name": "Öteki"})
        self.editor.company_ids = [Command.link(other.id)]
        self.env["crm.lead"].create({"name": "Burada", "partner_id": self.double.id, "company_id": self.env.company.id})
        target = self.env["res.partner"].create({"name": "Yalnız", "company_id": other.id})
        with self.assertRaisesRegex(UserError, "belongs to Öteki alone"):
            self.env["member.merge"].with_user(self.editor).with_context(
                allowed_company_ids=[self.env.company.id, other.id]
            ).create({"source_id": self.double.id, "target_id": target.id}).action_merge()

    # === OTHERS' TABLES === #
    def test_no_index_or_check_of_any_table_makes_rows_vanish(self):
        """Every unique index and check with a customer in it is known to the guarded way."""
        guarded = self.env["member.merge.links"]._find_guarded()
        self.assertIn(("mail.followers", "partner_id"), guarded)
        self.assertIn(("member.duplicate", "first_id"), guarded)
