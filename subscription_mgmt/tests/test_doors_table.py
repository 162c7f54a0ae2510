import inspect
import json
from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open, mute_logger

from .charging.charge_common import SEND_LOG
from .doors_common import DoorsCommon
from .sealed_common import OURS

ADDON = "subscription_mgmt"
TABLE = f"{ADDON}/tests/data/doors.json"
# What Odoo defines, and we add to: who may is said by the access table
CRUD = {"create", "write", "unlink", "copy", "copy_data", "default_get", "get_empty_list_help"}
LOOKED_AT = ("read", "write", "create", "unlink")
ARGUMENTS = {
    "subscription.installment.action_skip": ["Agreed"],
    "subscription.installment.action_bill_again": ["Mistake"],
    "subscription.credit.move.action_reverse": ["Mistake"],
    "ir.ui.menu.load_menus": [False],
}
# Read from the database each time, by contract
FIGURES = ("subscription.unpaid", "subscription.due", "subscription.outlook", "subscription.profit.report")
HOW = "tests/data/doors.json says who may what; add the line, with a thought of who should be able to, or take it out."


@tagged("post_install", "-at_install")
class TestDoorsTable(DoorsCommon):
    """Every public method, every stored field and every model of the suite, for every level, against a table.

    A method that is new can be called by whoever knows its name: it is here, or it fails.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open(TABLE) as file:
            cls.table = json.load(file)
        cls.users["public"] = cls.env.ref("base.public_user").sudo()
        cls.branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id, "subscription_enabled": True}
        )
        cls.in_branch = new_test_user(
            cls.env,
            login="in_branch",
            groups=f"{OURS}manager,{OURS}billing",
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )
        cls.samples = cls.make_samples()
        cls.dialogs = cls.make_dialog_values()

    # === WHAT THERE IS === #
    @classmethod
    def make_samples(cls):
        """A record of each model that has methods of ours; of dialogs see below."""
        contract = cls.contract
        wish = {"contract_id": contract.id, "contact_id": cls.contact.id, "kind": "pause", "date": date(2026, 12, 1)}
        request = contract.request_ids.sudo().create(wish)
        contract._park("bill", "x", date(2026, 3, 1))
        assurance = cls.env["subscription.assurance"].sudo()
        check = assurance._check(cls.company, date(2026, 3, 10))[:1]
        months = cls.env["subscription.assurance.month"].sudo()
        day = date(2026, 1, 1)
        difference = {
            "contract_id": contract.id, "company_id": cls.company.id, "line_id": contract.line_ids.id,
            "currency_id": cls.company.currency_id.id, "kind": "missing", "date_from": day, "date_to": day,
            "date_invoice": day, "date_found": day,
        }  # fmt: skip
        differences = cls.env["subscription.assurance.difference"].sudo()
        run = cls.records["subscription.billing.run"].sudo()
        run._write_sealed({"parked_ids": [Command.link(contract.id)]})
        cls.env.flush_all()
        problem = cls.env["subscription.billing.problem"].sudo().search([("run_id", "=", run.id)])[:1]
        history = cls.env["subscription.history"].create({"contract_id": contract.id})
        entry = {"date": date(2026, 1, 1), "kind": "invoice", "res_model": "account.move", "res_id": cls.invoice.id}
        history.line_ids = [Command.create(entry)]
        provider = cls.env["payment.provider"].sudo().search([("company_id", "=", cls.company.id)], limit=1)
        transaction = (
            cls.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": cls.env["payment.method"].sudo().search([], limit=1).id,
                    "amount": 1.0,
                    "currency_id": cls.company.currency_id.id,
                    "partner_id": cls.customer.id,
                    "reference": "doors",
                }
            )
        )
        cls.make_cost()
        code = {"model": "res.partner", "res_id": cls.customer.id, "code": "1", "company_id": cls.company.id}
        return {
            **{name: record.sudo(False) for name, record in cls.records.items()},
            "subscription.recurrence": cls.recurrence,
            "subscription.interaction": cls.recurrence.interaction_ids[:1],
            "subscription.package": cls.credit,
            "subscription.billing.problem": problem,
            "subscription.history.line": history.line_ids,
            "payment.transaction": transaction,
            "subscription.dunning.plan": cls.step.plan_id,
            "subscription.request": request,
            "subscription.parking": cls.env["subscription.parking"].sudo().search([("res_id", "=", contract.id)])[:1],
            "subscription.assurance": check,
            "subscription.assurance.month": months.create({"company_id": cls.company.id, "month": date(2026, 1, 1)}),
            "subscription.assurance.difference": differences.create(difference),
            "subscription.external.id": cls.env["subscription.external.id"].sudo().create(code),
            "res.partner": cls.customer,
            "ir.ui.menu": cls.env["ir.ui.menu"],
            **{name: cls.env[name].search([("company_id", "=", cls.company.id)], limit=1) for name in FIGURES},
        }

    @classmethod
    def make_cost(cls):
        """Something that the profit of a contract is made of."""
        plan = cls.env["account.analytic.plan"].sudo().create({"name": "Contracts"})
        account = plan.env["account.analytic.account"].create({"name": "One", "plan_id": plan.id})
        cls.other_contract.analytic_account_id = account
        values = {"name": "Cost", "amount": -1.0, "company_id": cls.company.id, plan._column_name(): account.id}
        plan.env["account.analytic.line"].create(values)

    @classmethod
    def make_dialog_values(cls):
        """What each dialog is opened with."""
        contracts, rows = (
            {"contract_ids": cls.contract.ids},
            {"interaction_ids": cls.recurrence.interaction_ids[:1].ids},
        )
        one, recurrence = {"contract_id": cls.contract.id}, {"recurrence_id": cls.recurrence.id}
        moves = cls.env["account.move"]
        return {
            "subscription.bill": contracts,
            "subscription.contract.activate": {"contract_ids": cls.other_contract.ids},
            "subscription.contract.close": {**contracts, "close_reason_id": cls.reason.id},
            "subscription.contract.pause": one,
            "subscription.contract.reopen": one,
            "subscription.installment.skip": {"installment_ids": cls.row.ids, "reason": "x"},
            "subscription.plan.change": one,
            "subscription.forecast": one,
            "subscription.import": {"layout": "contracts", "filename": "a.csv", "file": "YQ==",
                                    "company_id": cls.company.id},
            "subscription.import.undo": {"batch_id": cls.batch.id},
            "subscription.credit.correction": {"move_ids": cls.entitlement.credit_move_ids.ids, "reason": "x"},
            "subscription.entitlement.refund": {"entitlement_id": cls.entitlement.id, "reason": "x"},
            "subscription.package.grant": {
                "partner_id": cls.stranger.id, "package_id": cls.credit.id, "reason": "x", "company_id": cls.company.id,
            },
            "subscription.interaction.done": rows,
            "subscription.interaction.move": rows,
            "subscription.interaction.skip": {**rows, "reason": "x"},
            "subscription.interaction.reassign": {**rows, "user_id": cls.users["contributor"].id},
            "subscription.recurrence.generate": {"recurrence_ids": cls.recurrence.ids},
            "subscription.recurrence.preview": {"recurrence_id": cls.recurring.id},
            "subscription.recurrence.regenerate": recurrence,
            "subscription.recurrence.text": {**recurrence, "text": "RRULE:FREQ=DAILY"},
            "account.move.reversal": {"journal_id": cls.invoice.journal_id.id, "move_ids": (moves | cls.invoice).ids},
        }  # fmt: skip

    def get_models(self):
        names = (name for name in sorted(self.env) if name.startswith("subscription.") and not self.env[name]._abstract)
        return [name for name in names if self.env[name]._original_module == ADDON]  # bridges test their own

    def get_methods(self):
        """Names, model.method, of what the suite defines and RPC can call."""
        found = set()
        for name in sorted(self.env):
            for base in () if self.env[name]._abstract else type(self.env[name]).__mro__:
                if base.__module__.startswith(f"odoo.addons.{ADDON}.") and ".tests" not in base.__module__:
                    found |= {
                        f"{name}.{method}"
                        for method, code in vars(base).items()
                        if inspect.isfunction(code) and not method.startswith("_") and method not in CRUD
                        and not getattr(code, "_api_private", False)
                    }  # fmt: skip
        return found

    # === AGAINST THE TABLE === #
    def compare(self, name, found):
        """The part of the table is what was found; both ways round, line by line."""
        told = self.table[name]
        wrong = {key: (told.get(key), found.get(key)) for key in told.keys() | found.keys()}
        wrong = {key: value for key, value in wrong.items() if value[0] != value[1]}
        self.assertFalse(wrong, f"{len(wrong)} of {name} (table, found). {HOW}\n{json.dumps(wrong, indent=1)}")

    def test_who_may_read_write_make_and_delete(self):
        self.compare(
            "access",
            {
                name: {
                    level: rights
                    for level, user in self.users.items()
                    if (
                        rights := "".join(one[0] for one in LOOKED_AT if self.env[name].with_user(user).has_access(one))
                    )
                }
                for name in self.get_models()
            },
        )

    def get_rights(self, model):
        return "".join(one[0] for one in LOOKED_AT if model.has_access(one))

    def test_every_stored_field(self):
        """Whether people may write it where they may write the record, and who sees it."""
        found = {}
        for name in sorted(self.env):
            model = self.env[name]
            if model._abstract or model._transient:
                continue
            sealed = model._get_sealed_fields() if hasattr(model, "_get_sealed_fields") else ()
            for field in model._fields.values():
                ours = field._modules[:1] == (ADDON,) and field.name not in MAGIC_COLUMNS
                if ours and field.store and field.type != "one2many":
                    kept = field.name in sealed or field.readonly
                    found[f"{name}.{field.name}"] = ("kept" if kept else "open") + (
                        f" for {field.groups}" if field.groups else ""
                    )
        self.compare("fields", found)

    def test_who_may_call_which_method(self):
        methods = self.get_methods()
        self.compare("methods", {name: self.get_callers(name) for name in sorted(methods)})

    def test_no_method_works_on_records_of_another_company(self):
        free = {name for name in self.get_methods() if not self.has_company(name)}
        for user in (self.abroad, self.in_branch):
            for name in sorted(self.get_methods() - free):
                with self.subTest(name, user=user.login):
                    self.assertFalse(self.is_callable(user, name))

    def has_company(self, name):
        """Whether the sample of the method belongs to a company."""
        model = name.rpartition(".")[0]
        return model in self.dialogs or (
            model in self.samples and bool(getattr(self.samples[model], "company_id", False))
        )

    def get_callers(self, name):
        return " ".join(level for level, user in self.users.items() if self.is_callable(user, name))

    def is_callable(self, user, name):
        """Whether a call gets past the rights; whatever it does, or fails at, is undone."""
        model, _dot, method = name.rpartition(".")
        env = self.env(user=user, su=False, context={"allowed_company_ids": user.sudo().company_id.ids})
        sample = self.dialogs[model] if model in self.dialogs else self.samples[model]
        silent = mute_logger("odoo.addons.base.models.ir_rule", "odoo.models", "odoo.sql_db", SEND_LOG)
        try:
            with silent, self.env.cr.savepoint() as savepoint:
                is_dialog = model in self.dialogs
                record = env[model].create(sample) if is_dialog else env[model].browse(sample.ids)
                record.check_access("read")
                getattr(record, method)(*ARGUMENTS.get(name, ()))
                self.env.flush_all()
                savepoint.rollback()
        except AccessError:
            return False
        except Exception:
            return True
        finally:
            self.env.invalidate_all(flush=False)
        return True
