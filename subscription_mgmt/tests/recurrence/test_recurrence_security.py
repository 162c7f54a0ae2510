from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .recurrence_common import TODAY, RecurrenceCommon

LEVELS = ("viewer", "contributor", "editor", "manager")
MODELS = ("recurrence", "recurrence.exception", "recurrence.line", "interaction")
OPERATIONS = ("read", "write", "create", "unlink")


@tagged("post_install", "-at_install")
class TestRecurrenceSecurity(RecurrenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {level: cls.make_user(level, f"subscription_mgmt.group_subscription_{level}") for level in LEVELS}
        cls.users["billing"] = cls.make_user("billing", "subscription_mgmt.group_subscription_billing")
        cls.users["none"] = cls.make_user("none", "base.group_user")
        cls.recurrence = cls.make_recurrence(exception_ids=[(0, 0, {"date": date(2026, 1, 14)})])

    @classmethod
    def make_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env, login=f"rec_{login}", groups=groups, company_id=company.id, company_ids=[(6, 0, company.ids)]
        )

    def rights(self, model, level):
        return [self.env[f"subscription.{model}"].with_user(self.users[level]).has_access(one) for one in OPERATIONS]

    def test_levels_rise(self):
        # Exceptions and lines are parts of a recurrence: whoever edits it takes them off, too.
        part = {"recurrence.exception", "recurrence.line"}
        for model in MODELS:
            self.assertEqual(self.rights(model, "none"), [False] * 4, model)
            self.assertEqual(self.rights(model, "viewer"), [True, False, False, False], model)
            self.assertEqual(self.rights(model, "contributor"), [True, True, True, model in part], model)
            self.assertEqual(self.rights(model, "billing"), [True, True, True, model in part], model)
            for level in ("editor", "manager"):
                self.assertEqual(self.rights(model, level), [True] * 4, model)

    def test_only_the_manager_adds_types(self):
        """REC-33."""
        for level in LEVELS:
            self.assertEqual(self.rights("interaction.type", level), [True, *[level == "manager"] * 3])

    def test_only_billing_sees_the_preview_of_an_invoice(self):
        recurrence = self.make_invoice_recurrence(generate=False)
        for level in ("viewer", "contributor"):
            with self.assertRaises(UserError):
                recurrence.with_user(self.users[level]).action_preview_invoice()
        self.assertTrue(recurrence.with_user(self.users["billing"]).action_preview_invoice())

    def test_viewer_changes_nothing(self):
        viewer = self.users["viewer"]
        recurrence = self.recurrence.with_user(viewer)
        recurrence.read()
        recurrence.interaction_ids.read()
        for act in (
            recurrence.action_regenerate,
            recurrence.interaction_ids[0].action_open_done,
            lambda: recurrence.interaction_ids[0].write({"note": "x"}),
            recurrence.action_archive,
        ):
            with self.assertRaises(AccessError):
                act()

    @freeze_time("2026-01-05 10:00:00")
    def test_contributor_does_the_whole_round(self):
        user = self.users["contributor"]
        recurrence = (
            self.env["subscription.recurrence"]
            .with_user(user)
            .create({"name": "Mine", "mon": True, "date_start": TODAY, "type_id": self.type_meeting.id})
        )
        self.assertEqual(recurrence.user_id, user)
        action = recurrence.action_generate()
        self.env[action["res_model"]].with_user(user).browse(action["res_id"]).action_confirm()
        row = recurrence.interaction_ids.sorted("slot_key")[0]
        self.assertTrue(row.sudo().event_id)
        row._postpone(date(2026, 1, 6))
        recurrence.write({"mon": False, "fri": True})
        action = recurrence.action_regenerate()
        self.env[action["res_model"]].with_user(user).browse(action["res_id"]).action_confirm()
        self.assertFalse(recurrence.rule_outdated)
        row._finish("Done")
        recurrence.interaction_ids[1]._skip("No")
        recurrence.message_post(body="A note")

    def test_other_companies_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        stranger = self.make_user("stranger", "subscription_mgmt.group_subscription_manager", other)
        invoice = self.make_invoice_recurrence(generate=False)
        own = self.env["subscription.interaction.type"].create({"name": "Ours", "company_id": self.company.id})
        mine = self.recurrence
        for record in (mine, mine.interaction_ids, mine.exception_ids, invoice.invoice_line_ids, own):
            model = record.with_user(stranger)
            with self.subTest(record._name):
                self.assertFalse(model.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    model.browse(record.ids).read(["company_id"])
        self.assertTrue(self.type_call.with_user(stranger).name)

    def test_portal_sees_nothing(self):
        self.users["portal"] = new_test_user(self.env, login="rec_portal", groups="base.group_portal")
        for model in (*MODELS, "interaction.type"):
            self.assertEqual(self.rights(model, "portal"), [False] * 4, model)

    def test_company_that_is_off_makes_nothing(self):
        """WSI-06..09."""
        draft = self.make_recurrence(generate=False)
        self.company.subscription_enabled = False
        for act in (
            lambda: self.make_recurrence(generate=False),
            lambda: draft._generate(TODAY),
            lambda: self.interactions.create({"name": "x"}),
            lambda: self.recurrence._regenerate(TODAY),
        ):
            with self.assertRaisesRegex(UserError, "not enabled for company"):
                act()
        self.assertTrue(self.recurrence.read(["name"]), "still readable")
