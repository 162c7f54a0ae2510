"""What a person reads when somebody else is at it: that a colleague is doing this, and nothing about locks (E6)."""

from datetime import date

from odoo import api
from odoo.exceptions import UserError
from odoo.tests import tagged

from .process_common import ProcessCase


@tagged("post_install", "-at_install", "subscription_processes")
class TestHeld(ProcessCase):
    @classmethod
    def make_records(cls, env, company, product):
        line = {"product_id": product.id, "price_unit": 10.0}
        values = {"subject": "S", "company_id": company.id, "date_start": date(2026, 1, 1), "line_ids": [(0, 0, line)]}
        contracts = env["subscription.contract"].create(
            [{**values, "partner_id": env["res.partner"].create({"name": "S"}).id} for _n in range(2)]
        )
        cls.draft_id, cls.running_id = contracts.ids
        contracts[1].action_activate()

    @classmethod
    def clear(cls, env):
        env["subscription.contract"].browse(cls.draft_id).unlink()

    def refuse(self, contract_id, act):
        """Hold the contract in one transaction and do the act in another, which is rolled back."""
        with self.registry.cursor() as held, self.registry.cursor() as cr:
            env = api.Environment(held, api.SUPERUSER_ID, {})
            env["subscription.contract"].browse(contract_id).lock_for_update(allow_referencing=True)
            env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [self.company_id]})
            with self.assertRaisesRegex(UserError, "A colleague is doing this right now"):
                act(env)
            cr.rollback()
            held.rollback()

    def test_fault_e6_contract_that_a_colleague_is_activating(self):
        def activate(env):
            wizard = env["subscription.contract.activate"].create({"contract_ids": [(6, 0, [self.draft_id])]})
            wizard.action_confirm()

        self.refuse(self.draft_id, activate)

    def test_fault_e6_plan_that_a_colleague_is_changing(self):
        self.refuse(
            self.running_id,
            lambda env: env["subscription.plan.change"].create({"contract_id": self.running_id}).action_confirm(),
        )
