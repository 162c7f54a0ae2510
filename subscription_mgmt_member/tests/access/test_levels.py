from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..common import MemberCase

# What each level does, in the words of reading 1.
MAY = {
    "none": set(),
    "view": {"read"},
    "contribute": {"read", "create", "write", "note", "plan"},
    "edit": {"read", "create", "write", "note", "plan", "unlink"},
    "manage": {"read", "create", "write", "note", "plan", "unlink", "export"},
}
ACTS = {
    "read": lambda partner: partner.read(["email"]),
    "create": lambda partner: partner.create({"name": "Elif Aras"}),
    "write": lambda partner: partner.write({"email": "new@cinar.example"}),
    "note": lambda partner: partner.message_post(body="Called."),
    "plan": lambda partner: partner.activity_schedule("mail.mail_activity_data_todo", user_id=partner.env.uid),
    "unlink": lambda partner: partner.unlink(),
    "export": lambda partner: partner.export_data(["email"]),
}
# Rights that other apps give, and that a level comes on top of.
ELSEWHERE = ("base.group_partner_manager", "base.group_allow_export", "sales_team.group_sale_manager")


@tagged("post_install", "-at_install")
class TestLevels(MemberCase):
    def may(self, user, act, partner):
        """Whether the act succeeds; what it did is taken back."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            ACTS[act](partner.with_user(user))
            self.env.flush_all()
            return True
        except AccessError:
            return False
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def check_levels(self, *groups):
        for level, allowed in MAY.items():
            user = self.make_user(level, *groups, login=f"{level}_{len(groups)}")
            for act in ACTS:
                with self.subTest(level=level, act=act, groups=groups):
                    self.assertEqual(self.may(user, act, self.employee), act in allowed)

    def test_each_level_does_what_its_words_say(self):
        """CUB-28..34"""
        self.check_levels()

    def test_rights_of_other_apps_lift_nobody_above_his_level(self):
        """CUB-37: Odoo gives every new user "contact creation"; the default is View all the same."""
        self.check_levels(*ELSEWHERE)

    def test_a_follower_writes_no_note_below_contribute(self):
        """CUB-30: not by posting, and not by writing the message itself."""
        user = self.make_user("view", *ELSEWHERE)
        self.firm.message_subscribe(partner_ids=user.partner_id.ids)
        with self.assertRaises(AccessError):
            self.firm.with_user(user).message_post(body="Heard of it.", message_type="comment")
        note = {"model": "res.partner", "res_id": self.firm.id, "body": "Heard of it.", "message_type": "comment"}
        with self.assertRaises(AccessError):
            self.env["mail.message"].with_user(user).create(note)

    def test_below_contribute_nobody_writes_to_many_at_once(self):
        """CUB-30: an e-mail to a choice of customers is a note on each of them."""
        user = self.make_user("view", *ELSEWHERE)
        values = {"model": "res.partner", "res_ids": str(self.firm.ids), "composition_mode": "mass_mail"}
        composer = self.env["mail.compose.message"].with_user(user).create({**values, "body": "Hi", "subject": "Hi"})
        with self.assertRaises(AccessError):
            composer._action_send_mail()

    def test_below_contribute_no_tag_is_put_on_customers_from_its_side(self):
        """CUB-30: who sells may make tags."""
        tags = self.env["res.partner.category"].with_user(self.make_user("view", *ELSEWHERE))
        tag = tags.create({"name": "Big"})
        for write in (tag.write, lambda values: tags.create({"name": "Other", **values})):
            with self.assertRaises(AccessError):
                write({"partner_ids": [(6, 0, self.firm.ids)]})

    def test_an_activity_of_ones_own_is_done_by_whoever_has_it(self):
        """A colleague who was given a call to make at a customer says that it is made."""
        user = self.make_user("view")
        activity = self.firm.activity_schedule("mail.mail_activity_data_call", user_id=user.id)
        activity.with_user(user).action_feedback(feedback="Nobody there.")
        self.assertIn("Nobody there.", self.firm.message_ids[0].body)

    def test_colleagues_and_our_companies_are_no_customers(self):
        """The level says nothing of them; whom Odoo lets change them changes them."""
        user = self.make_user("view", "base.group_partner_manager")
        self.env.company.partner_id.with_user(user).write({"ref": "OURS"})
        self.assertEqual(self.env.company.partner_id.ref, "OURS")
        colleague = self.env.ref("base.user_admin").partner_id
        self.assertFalse((colleague | user.partner_id | self.env.company.partner_id)._filter_members())

    def test_the_refusal_says_what_is_missing(self):
        user = self.make_user("view", "base.group_partner_manager")
        with self.assertRaisesRegex(AccessError, "level View; this takes the level Contribute"):
            self.firm.with_user(user).name = "Renamed"
        with self.assertRaisesRegex(AccessError, "level View; this takes the level Edit"):
            self.firm.with_user(user).unlink()

    def test_the_page_offers_nothing_that_would_be_refused(self):
        """The form of a customer is read-only for View, and cannot be deleted by Contribute."""
        for level, offered in (
            ("view", ()),
            ("contribute", ("create", "edit")),
            ("edit", ("create", "edit", "delete")),
        ):
            user = self.make_user(level, "base.group_partner_manager")
            arch = self.env["res.partner"].with_user(user).get_view(view_type="form")["arch"]
            for act in ("create", "edit", "delete"):
                with self.subTest(level=level, act=act):
                    self.assertEqual(f' {act}="False"' not in arch.split(">", 1)[0], act in offered)

    def test_a_portal_user_is_no_part_of_it(self):
        """His own page goes on: Odoo's route writes as the system; by himself he changes nothing."""
        portal = self.env["res.users"].create({
            "name": "Defne Uslu", "login": "defne", "partner_id": self.employee.id,
            "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
        })  # fmt: skip
        self.assertEqual(self.employee.with_user(portal).read(["email"])[0]["email"], "defne@cinar.example")
        with self.assertRaises(AccessError):
            self.employee.with_user(portal).write({"email": "x@cinar.example"})
        self.employee.with_user(portal).sudo().write({"email": "x@cinar.example"})
        self.assertEqual(self.employee.email, "x@cinar.example")

    def test_sales_of_those_who_only_view_go_on(self):
        """An order for a customer is no change of the customer, though Odoo stores figures on it."""
        user = self.make_user("view", "sales_team.group_sale_salesman", "account.group_account_invoice")
        product = self.env["product.product"].create({"name": "Fibre", "list_price": 100, "invoice_policy": "order"})
        with Form(self.env["sale.order"].with_user(user)) as form:
            form.partner_id = self.firm
            with form.order_line.new() as line:
                line.product_id = product
        order = form.record
        order.action_confirm()
        order._create_invoices().action_post()
        self.assertEqual(order.invoice_ids.state, "posted")
