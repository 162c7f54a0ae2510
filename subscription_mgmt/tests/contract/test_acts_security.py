from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import SubscriptionCommon

OURS = "subscription_mgmt.group_subscription_"
MAY = ("contributor", "editor", "manager")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10")
class TestActsSecurity(SubscriptionCommon):
    """Who may pause, close, take back and re-open a contract by RPC: the levels, and only in their own company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        groups = {level: f"{OURS}{level}" for level in ("viewer", *MAY, "billing")}
        cls.users = {
            level: cls.make_user(level, group, cls.company)
            for level, group in {"internal": "base.group_user", **groups}.items()
        }
        cls.stranger = cls.make_user("stranger", f"{OURS}manager", cls.other)

    @classmethod
    def make_user(cls, name, groups, company):
        ids = [(6, 0, company.ids)]
        return new_test_user(cls.env, login=f"acts_{name}", groups=groups, company_id=company.id, company_ids=ids)

    def rpc(self, user, record, method, *args):
        """Call a public method as the web client does."""
        context = {"allowed_company_ids": user.company_ids.ids}
        model = self.env(user=user, su=False, context=context)[record._name]
        return call_kw(model, method, [record.ids, *args], {})

    def may(self, user, record, method, *args):
        """Whether the call goes through; it is undone."""
        try:
            with self.env.cr.savepoint() as savepoint, mute_logger("odoo.addons.base.models.ir_rule", "odoo.models"):
                self.rpc(user, record, method, *args)
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return False
        finally:
            self.env.invalidate_all(flush=False)
        return True

    def cases(self):
        """(contract, act, arguments) of every act that people confirm."""
        contract, paused, closed, closing = (self.make_contract() for _n in range(4))
        paused.action_pause(date(2026, 3, 1))
        closed.action_close(date(2026, 3, 5), self.reason)
        closing.action_close(date(2026, 6, 5), self.reason)
        yield contract, "action_pause", ("2026-03-10", "Why", "2026-03-20", "days")
        yield paused, "action_resume", ("2026-03-10",)
        yield contract, "action_close", ("2026-03-10", self.reason.id, "Why")
        yield closing, "action_take_back", ()
        yield closed, "action_reopen", (False,)

    def test_levels(self):
        for contract, method, args in self.cases():
            found = [level for level, user in self.users.items() if self.may(user, contract, method, *args)]
            self.assertEqual(found, list(MAY), method)

    def test_another_company(self):
        for contract, method, args in self.cases():
            self.assertFalse(self.may(self.stranger, contract, method, *args), method)

    def test_what_is_private_is_not_called(self):
        contract = self.make_contract()
        for method in ("_pause_unpaid", "_close", "_set_termination_fee", "_withdraw_termination_fee", "_move_term"):
            with self.subTest(method), self.assertRaises(AccessError):
                self.rpc(self.users["manager"], contract, method)

    def test_the_dialogs_of_another_company_show_nothing(self):
        contract = self.make_contract()
        values = {
            "subscription.contract.close": {"contract_ids": [(6, 0, contract.ids)], "close_reason_id": self.reason.id},
            "subscription.contract.pause": {"contract_id": contract.id},
            "subscription.contract.reopen": {"contract_id": contract.id},
        }
        for model, given in values.items():
            dialogs = self.env[model].with_user(self.stranger).with_context(allowed_company_ids=self.other.ids)
            with self.subTest(model), self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                dialogs.new(given).preview  # noqa: B018

    def test_a_dialog_previews_nothing_that_its_user_may_not_do(self):
        contract = self.make_contract()
        dialogs = self.env["subscription.contract.pause"].with_user(self.users["viewer"])
        with self.assertRaises(UserError), mute_logger("odoo.models"):
            dialogs.create({"contract_id": contract.id})
