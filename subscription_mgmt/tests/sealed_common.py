from datetime import date

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .charging.charge_common import ChargeCommon
from .package.package_common import PackageCommon

OURS = "subscription_mgmt.group_subscription_"
LEVELS = {
    "internal": "base.group_user",
    "portal": "base.group_portal",
    "viewer": f"{OURS}viewer",
    "contributor": f"{OURS}contributor",
    "editor": f"{OURS}editor",
    "manager": f"{OURS}manager",
    "billing": f"{OURS}billing",
    "accountant": "account.group_account_user",
}


class SealedCommon(ChargeCommon, PackageCommon):
    """One record of each kind that is sealed, and a user of each level, who reaches them as RPC does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {level: cls.make_user(level, groups) for level, groups in LEVELS.items()}
        cls.users["portal"].partner_id.parent_id = cls.customer
        cls.other_company = cls.env["res.company"].create({"name": "Other", "subscription_enabled": True})
        cls.other_contract = cls.make_contract(activate=False, subject="Draft")
        cls.records = cls.make_records()

    @classmethod
    def make_user(cls, level, groups):
        companies = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        return new_test_user(cls.env, login=f"sealed_{level}", groups=groups, **companies)

    @classmethod
    def make_records(cls):
        """A billed contract of three months and all that is kept about it; model → record (as the system)."""
        cls.contract = cls.make_contract(
            date_end=date(2026, 3, 31), billing_mode="charge", payment_token_id=cls.token.id
        )
        cls.invoice = cls.bill(date(2026, 1, 1)).move_ids
        billed, cls.row, later = cls.contract.installment_ids.sorted("date_from")
        cls.billed_row = billed
        later.action_skip("Agreed")
        cls.contract.action_pause(date(2026, 3, 20), "Holiday")
        cls.other_amendment = cls.env["subscription.amendment"].create({"contract_id": cls.other_contract.id})
        cls.amendment = cls.env["subscription.amendment"].create(
            {
                "contract_id": cls.contract.id,
                "date": date(2026, 3, 1),
                "step_ids": [Command.create({"line_id": cls.contract.line_ids.id, "price_unit": 120.0})],
            }
        )
        cls.step = cls.make_step()
        cls.entitlement = cls.grant(cls.credit)
        cls.batch = cls.make_batch()
        system = cls.env["subscription.charge"].sudo().env
        return {
            "subscription.contract": cls.contract.sudo(),
            "subscription.contract.line": cls.contract.line_ids.sudo(),
            "subscription.installment": cls.row.sudo(),
            "subscription.pause": cls.contract.pause_ids.sudo(),
            "subscription.amendment": cls.amendment.sudo(),
            "subscription.amendment.step": cls.amendment.step_ids.sudo(),
            "subscription.decision": later.sudo().decision_id,
            "subscription.billing.run": cls.invoice.subscription_run_id.sudo(),
            "subscription.billing.part": system["subscription.billing.part"]._create_sealed(
                [{"run_id": cls.invoice.subscription_run_id.id, "done_count": 1}]
            ),
            # Of another contract: while money is on its way, payer and card are kept.
            "subscription.charge": cls.make_invoice()._prepare_subscription_charges(),
            "subscription.dunning.log": cls.step._log(cls.invoice, date(2026, 2, 1), "done"),
            "subscription.entitlement": cls.entitlement.sudo(),
            "subscription.credit.move": cls.entitlement.credit_move_ids.sudo(),
            "subscription.mrr.event": cls.contract.mrr_event_ids[:1].sudo(),
            "subscription.wallet": system["subscription.wallet"].search([("partner_id", "=", cls.customer.id)]),
            "subscription.import.batch": cls.batch,
            "subscription.import.progress": cls.batch.progress_ids,
            "subscription.import.change": cls.batch.change_ids,
            "subscription.interaction": cls.make_interaction().sudo(),
            "account.move": cls.invoice.sudo(),
            "account.move.line": billed.invoice_line_id.sudo(),
        }

    @classmethod
    def make_step(cls):
        plan = cls.env["subscription.dunning.plan"].create({"name": "Plan", "company_id": cls.company.id})
        step = {"plan_id": plan.id, "days": 5, "action": "activity"}
        return cls.env["subscription.dunning.step"].create(step)

    @classmethod
    def make_batch(cls):
        """The receipt of an import that a worker has begun."""
        batches = cls.env["subscription.import.batch"].sudo()
        batch = batches.create(
            {
                "name": "a.csv",
                "file": b"YQ==",
                "company_id": cls.company.id,
                "user_id": cls.env.uid,
                "date": fields.Datetime.now(),
            }
        )
        batch.progress_ids.create({"batch_id": batch.id, "total_count": 9, "done_count": 1})
        batch._note_made([(2, cls.contract)])
        return batch

    @classmethod
    def make_interaction(cls):
        values = {"name": "Visit", "partner_id": cls.customer.id, "occurrence_date": date(2026, 4, 1)}
        return cls.env["subscription.interaction"].create(values)

    # === AS RPC DOES === #
    def rpc(self, level, record, method, *args, **context):
        """Call a method of a record, or of a model, by RPC as a user of the level."""
        model = self.env(user=self.users[level], su=False, context=dict(allowed_company_ids=self.company.ids))
        ids = [record.ids] if record else []
        return call_kw(model[record._name], method, [*ids, *args], {"context": context} if context else {})

    def allowed(self, level, record, method, *args, **context):
        """Whether the call goes through; whatever it does is undone.

        :raise ValidationError: the values are not plausible, so that the call says nothing about rights.
        """
        try:
            with self.env.cr.savepoint() as savepoint, mute_logger("odoo.addons.base.models.ir_rule", "odoo.models"):
                self.rpc(level, record, method, *args, **context)
                self.env.flush_all()
                savepoint.rollback()
        except ValidationError:
            raise
        except UserError:
            return False
        finally:
            self.env.invalidate_all(flush=False)
        return True

    # === PLAUSIBLE VALUES === #
    def another(self, record, field):
        """A value for the field that it does not have, as RPC sends it."""
        value = record[field.name]
        if field.type == "many2one":
            return self.another_record(record, field)
        if field.type == "selection":
            return next(key for key in field.get_values(self.env) if key != value)
        if field.type in ("date", "datetime"):
            early = record._name == "subscription.contract" and field.name == "date_start"
            return fields.Date.to_string(date(2025, 12, 15) if early else date(2026, 2, 15))
        if field.type == "many2many":
            return [Command.clear()]
        makers = {
            "boolean": lambda: not value,
            "binary": lambda: "Yg==",
            "json": lambda: {},
            "properties": lambda: {},
        }
        numbers = ("integer", "float", "monetary", "many2one_reference")
        return makers.get(field.type, lambda: (value or 0) + 1 if field.type in numbers else "x")()

    def another_record(self, record, field):
        """Of a company or a customer the other one; else nothing, or what is there already where that is required."""
        others = {
            "res.company": self.other_company,
            "res.partner": self.contact if field.name in ("contact_id", "invoice_partner_id") else self.stranger,
            "res.currency": self.env.ref("base.JPY"),
            "subscription.contract": self.other_contract,
            "subscription.amendment": self.other_amendment,
        }
        other = others.get(field.comodel_name) or (record[field.name] if field.required else False)
        return other and other.id

    def get_columns(self, record):
        """Names of the stored fields of the record, without those that Odoo keeps and those that are other records'.

        Of Odoo's own models those that we have added; of interactions, which people plan, what was made of them.
        """
        if record._name == "subscription.interaction":
            return record._get_sealed_fields()
        ours = "" if record._name.startswith("subscription.") else "subscription_"
        return {
            name
            for name, field in record._fields.items()
            if field.store and field.type != "one2many" and name.startswith(ours) and name not in MAGIC_COLUMNS
        }
