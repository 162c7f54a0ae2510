from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.charging.sending import PREPARE
from .charge_common import ChargeCommon

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestChargeSecurity(ChargeCommon):
    """Charges are seen inside their company, settled with the billing right, and changed by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.make_invoice()
        cls.carry_out(PREPARE, DAY)
        cls.charge_record = cls.charges_of(cls.move)

    def make_user(self, group, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            login=f"charge_{group}_{company.id}",
            groups=f"subscription_mgmt.group_subscription_{group}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def test_who_sees_and_who_decides(self):
        for group, rights in (
            ("viewer", [True, False, False, False]),
            ("manager", [True, False, False, False]),
            ("billing", [True, True, False, False]),
        ):
            record = self.charge_record.with_user(self.make_user(group))
            found = [record.has_access(operation) for operation in ("read", "write", "create", "unlink")]
            self.assertEqual(found, rights, group)
            record.web_read({"token_id": {"fields": {"display_name": {}}}, "partner_id": {}})

    def test_nobody_changes_a_charge_by_hand(self):
        record = self.charge_record.with_user(self.make_user("billing"))
        with self.assertRaises(AccessError):
            record.write({"state": "cancelled"})

    def test_viewer_does_not_settle(self):
        record = self.charge_record.with_user(self.make_user("viewer"))
        for action in (record.action_ask, record.action_confirm_paid, record.action_confirm_not_paid):
            with self.assertRaises(AccessError):
                action()

    def test_other_companies_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        for group in ("viewer", "billing"):
            record = self.charge_record.with_user(self.make_user(group, other))
            self.assertFalse(record.search([("id", "=", record.id)]))
            with self.assertRaises(AccessError):
                record.browse(record.id).read(["amount"])

    def test_portal_users_see_nothing(self):
        portal = new_test_user(self.env, login="charge_portal", groups="base.group_portal")
        for model in ("charge", "dunning.plan", "dunning.step", "dunning.log"):
            self.assertFalse(self.env[f"subscription.{model}"].with_user(portal).has_access("read"), model)
