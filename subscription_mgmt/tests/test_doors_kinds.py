from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged

from .doors_common import DoorsCommon

OURS = "subscription_mgmt"
# Links to records that have a company, which Odoo need not compare with that of the record, and why
EXCEPTIONS = {
    "subscription.amendment.step.payment_method_line_id": "the contract's own check, when the change is looked at",
    "subscription.contract.payment_method_line_id": "_check_payment_company: the company's or one above it",
    "subscription.contract.payment_token_id": "_check_payment_company",
    "subscription.recurrence.payment_method_line_id": "_check_payment_company",
    "subscription.recurrence.payment_token_id": "_check_payment_company",
    "subscription.contract.user_id": "people have several companies; who is told is looked up",
    "subscription.interaction.user_id": "_check_responsible",
    "subscription.recurrence.user_id": "_check_responsible",
    "account.move.subscription_contract_id": "_check_subscription_contract",
    "calendar.event.subscription_contract_id": "_check_subscription_contract",
    "maintenance.request.subscription_contract_id": "_check_subscription_contract",
    "project.task.subscription_contract_id": "_check_subscription_contract",
    "sale.order.subscription_contract_id": "_check_subscription_contract",
    "subscription.contract.portal_attachment_ids": "files have the company of what they hang on",
    "subscription.contract.line.contract_id": "the company of the line is that of the contract",
    "subscription.recurrence.line.recurrence_id": "the company of the line is that of the recurrence",
    "subscription.recurrence.exception.recurrence_id": "the company of the exception is that of the recurrence",
    "subscription.dunning.step.plan_id": "the company of the step is that of the plan",
    "subscription.dunning.threshold.plan_id": "the company of the threshold is that of the plan",
    "subscription.billing.part.run_id": "sealed",
    "subscription.import.progress.batch_id": "sealed",
    "res.company.subscription_dunning_plan_id": "_check_subscription_dunning_plan",
    "res.partner.customer_manager_ids": "people have several companies; who is told is looked up",
    "res.partner.department_ids": "customers are shared; a request asks the department of its own company",
}


@tagged("post_install", "-at_install")
class TestDoorsKinds(DoorsCommon):
    """The rules behind the faults, held by every model and field of the suite, today's and tomorrow's."""

    def get_fields(self, models=None):
        """Fields that the suite alone has added, as (model, field)."""
        for name in sorted(models or self.env.registry):
            for field in self.env[name]._fields.values():
                if set(field._modules) == {OURS} and field.name not in (*MAGIC_COLUMNS, "display_name"):
                    yield self.env[name], field

    def get_dialogs(self):
        return [name for name, model in self.env.items() if model._transient and model._original_module == OURS]

    # === B7 === #
    def test_fault_b7_every_dialog_has_an_owner(self):
        dialogs = self.get_dialogs()
        self.assertGreater(len(dialogs), 25)
        rules = self.env["ir.rule"].sudo().search([("model_id.model", "in", dialogs), ("groups", "=", False)])
        owned = rules.filtered(lambda rule: rule.domain_force == "[('create_uid', '=', user.id)]").model_id
        self.assertEqual(set(dialogs) - set(owned.mapped("model")), set())
        mixin = type(self.env["subscription.dialog.mixin"])
        self.assertEqual([one for one in dialogs if not isinstance(self.env[one], mixin.__mro__[1])], [])

    def test_fault_b7_dialogs_work_things_out_with_the_rights_of_who_opened_them(self):
        found = [
            f"{model._name}.{field.name}"
            for model, field in self.get_fields(self.get_dialogs())
            if field.store and field.compute and not field.related and field.compute_sudo
        ]
        self.assertEqual(found, [])

    # === B10, B11 === #
    def test_fault_b10_every_field_on_a_model_of_odoo_has_groups(self):
        found = [
            f"{model._name}.{field.name}"
            for model, field in self.get_fields()
            if not model._name.startswith("subscription.") and not field.groups
        ]
        self.assertEqual(found, [])

    def test_fault_b10_customers_read_nothing_of_ours_on_their_invoices(self):
        self.invoice.message_subscribe(self.users["portal"].partner_id.ids)
        self.assertTrue(self.rpc("portal", self.invoice, "read", ["name"]))
        self.assertEqual(self.get_ours("portal", self.invoice), [])
        for name in ("subscription_error", "subscription_next_try", "subscription_run_id"):
            with self.assertRaises(AccessError):
                self.rpc("portal", self.invoice, "read", [name])

    def get_ours(self, level, record):
        """Fields of ours that an answer without a list of fields holds for the level."""
        return [name for name in self.rpc(level, record.browse(), "fields_get") if name.startswith("subscription_")]

    def test_fault_b11_who_has_no_right_here_copies_the_rest_as_ever(self):
        """What is copied is read first; companies are not copied by anybody."""
        found = [
            f"{model._name}.{field.name}"
            for model, field in self.get_fields()
            if not model._name.startswith("subscription.") and field.store and field.copy
            and field.groups and model._name not in ("res.company", "res.config.settings")
        ]  # fmt: skip
        self.assertEqual(found, [])
        # (Whoever makes users makes contacts, whatever other add-ons say of those who only make contacts.)
        seller = new_test_user(self.env, "seller", "base.group_erp_manager,base.group_partner_manager")
        self.assertTrue(self.customer.with_user(seller).copy())

    def test_fault_b11_who_has_no_right_here_reads_the_rest_as_ever(self):
        for record in (self.invoice, self.invoice.invoice_line_ids):
            self.assertTrue(self.rpc("accountant", record, "read", []))
            self.assertTrue(self.rpc("accountant", record.browse(), "search_read", [("id", "in", record.ids)]))

    def test_fault_b11_what_is_offered_can_be_read(self):
        """Where Odoo's own fields fail already, ours do not add to it."""
        order = self.env["sale.order"].sudo().create({"partner_id": self.customer.id})
        transaction = self.records["subscription.charge"].transaction_id
        for level in self.users:
            for record in (
                self.invoice,
                self.invoice.invoice_line_ids,
                self.customer,
                self.company,
                order,
                transaction,
            ):
                with self.subTest(level=level, record=record):
                    names = self.get_ours(level, record)
                    if names and self.env[record._name].with_user(self.users[level]).has_access("read"):
                        self.assertTrue(self.rpc(level, record.browse(), "search_read", [], names, 0, 1) is not None)

    # === B14 === #
    def test_fault_b14_links_to_records_of_a_company(self):
        """Every link that people write is compared with the company of the record, or stands above with a reason."""
        found = set()
        for model, field in self.get_fields():
            if model._abstract or model._transient or field.type not in ("many2one", "many2many"):
                continue
            target = self.env[field.comodel_name]
            owned = "company_id" in target._fields or "company_ids" in target._fields
            checked = field.check_company and model._check_company_auto
            if owned and field.store and not field.readonly and not checked and field.name != "company_id":
                found.add(f"{model._name}.{field.name}")
        self.assertEqual(found, set(EXCEPTIONS))
