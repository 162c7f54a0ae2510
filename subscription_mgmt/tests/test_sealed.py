from odoo.tests import tagged

from .sealed_common import SealedCommon

NOBODY = ()
MANAGE = ("manager",)
EDIT = ("editor", "manager")
CONTRIBUTE = ("contributor", *EDIT)
# Who may write which field of a contract that is in force and was billed, and of what is kept about it. Not here:
# lists of other records, whose own fields are. A new field has to be added, with a thought of who may write it.
WRITE = {
    "subscription.contract": {
        # The contract was billed: its trial is over.
        NOBODY: "access_token active close_comment commitment_end company_id currency_id date_closed date_end_before "
        "date_next_invoice date_trial_end date_trial_reminded import_batch_id partner_id plan_until renewal_before "
        "signature signed_by signed_on state termination_waiver trial_days trial_then",
        MANAGE: "commitment_months termination_fee termination_fee_amount termination_fee_percent",
        CONTRIBUTE: "amendment_billing analytic_account_id billing_mode category_id close_reason_id contact_id "
        "date_end date_start dunning_plan_id employee_id equipment_id external_ref invoice_partner_id journal_id name "
        "note notice_days payment_method_line_id payment_term_id payment_token_id portal_attachment_ids project_id "
        "properties renewal renewal_months service_address_id service_category_id signature_required special_code "
        "subject tag_ids user_id",
    },
    "subscription.contract.line": {
        NOBODY: "bill_from company_id contract_id currency_id final_from is_fee is_void is_withdrawn mrr payer_id "
        "price_subtotal replaces_id",
        CONTRIBUTE: "active analytic_distribution anchor_day billing_timing date_end date_start discount interval "
        "interval_unit name paid_until price_unit product_id prorate quantity repetitions sequence tax_ids "
        "tax_position_id",
    },
    "subscription.installment": {
        NOBODY: "company_id contract_id credited_id currency_id date_from date_to decision_id invoice_line_id is_again "
        "is_edited is_reopened line_id partner_id pause_id price_subtotal price_whole product_id prorate reason state "
        "whole_from whole_to",
        CONTRIBUTE: "date_invoice discount price_unit quantity",
    },
    "subscription.pause": {NOBODY: "cause company_id contract_id date_from date_to mode moved_days reason"},
    # A draft; what was confirmed nobody writes, see TestAmendment.
    "subscription.amendment": {
        NOBODY: "charge company_id confirmed_id contract_id credit date_confirmed digest is_pending journal last_row "
        "mrr_after mrr_before next_amount next_amount_before next_date next_date_before plan_html problem state "
        "transfer_id warning",
        CONTRIBUTE: "billing date date_kind reason",
    },
    "subscription.amendment.step": {
        NOBODY: "amendment_id changes company_id",
        CONTRIBUTE: "anchor_day billing_timing close_reason_id discount interval interval_unit invoice_partner_id kind "
        "line_id name partner_id payment_method_line_id percent price_unit product_id quantity sequence tax_ids "
        "tax_position_id",
    },
    "subscription.decision": {
        NOBODY: "company_id contract_id date_from date_invoice date_to discount is_skip line_id price_unit quantity "
        "reason",
    },
    "subscription.billing.run": {
        NOBODY: "approved_uid chosen_ids company_id contract_count date_approved date_done date_invoice date_ref "
        "date_undone done_count hold installment_count is_chosen parked_ids state total_count undone_count undone_uid",
    },
    "subscription.billing.part": {NOBODY: "company_id contract_count done_count installment_count run_id"},
    "subscription.charge": {
        NOBODY: "amount attempt company_id currency_id date_done date_due date_sent decline_kind idempotency_key "
        "move_id reason "
        "state token_id transaction_id",
    },
    "subscription.dunning.log": {
        NOBODY: "action charge_id company_id date date_recovered move_id reason result step_id",
    },
    "subscription.entitlement": {
        NOBODY: "brought_by_id buyer_id company_id date_closed date_end date_start department_ids grant_key "
        "hold_reason invoice_id kind package_id partner_id payment_transaction_id reason state",
    },
    "subscription.credit.move": {
        NOBODY: "company_id credits date days department_id entitlement_id move_type part partner_id reason requests "
        "reversed_id source_id source_model used",
    },
    "subscription.mrr.event": {
        NOBODY: "amount amount_currency close_reason_id company_id contract_id currency_id day kind line_id mark "
        "partner_id product_id",
    },
    "subscription.wallet": {NOBODY: "company_id date_reminded partner_id version"},
    "subscription.import.batch": {
        NOBODY: "column_map company_id control date decimal_sign done_count error_file error_filename file filename "
        "good_only id_mode id_modes is_activating layout message name on_existing row_count sheet_name skipped_count "
        "state unchanged_count update_count user_id",
    },
    "subscription.import.progress": {NOBODY: "batch_id company_id date_start done_count stop_requested total_count"},
    "subscription.import.change": {
        NOBODY: "batch_id company_id field_name kind model new_text new_value old_text old_value record_name res_id "
        "row_number",
    },
    "subscription.interaction": {
        NOBODY: "activity_id cancelled_invoice_ids covers_key date_done date_reminded event_id invoice_id is_prepared "
        "recurrence_id slot_key state task_id",
    },
    "account.move": {
        NOBODY: "subscription_billing_mode subscription_handed_in_on subscription_handed_on subscription_message_id "
        "subscription_network subscription_run_id",
        # An invoice by hand that is about a contract.
        ("billing",): "subscription_contract_id",
    },
    "account.move.line": {NOBODY: "subscription_origin_line_id subscription_owner"},
}
# Who may make and delete one; all others nobody. What was billed nobody deletes.
CREATE = dict.fromkeys(
    ("subscription.contract", "subscription.contract.line", "subscription.amendment", "subscription.amendment.step"),
    CONTRIBUTE,
)
UNLINK = {
    "subscription.contract": EDIT,
    "subscription.contract.line": EDIT,
    "subscription.amendment": CONTRIBUTE,
    "subscription.amendment.step": CONTRIBUTE,
}
# Of these only some fields are sealed; who makes and deletes them is said elsewhere.
OTHERS = ("subscription.interaction", "account.move", "account.move.line")


@tagged("post_install", "-at_install")
class TestSealed(SealedCommon):
    """What is kept about money is written by acts alone: every stored field, every level, by RPC."""

    def test_the_table_names_every_field_once(self):
        for model, record in self.records.items():
            named = [name for names in WRITE[model].values() for name in names.split()]
            self.assertEqual(len(named), len(set(named)), model)
            self.assertEqual(
                self.get_columns(record),
                set(named),
                f"{model}: a stored field that the table WRITE of this file does not name, or that is gone. Say there "
                "who may write it. What acts alone write is `readonly` in Python: subscription.sealed.mixin keeps it.",
            )

    def test_who_writes_which_field(self):
        for model, record in self.records.items():
            for levels, names in WRITE[model].items():
                for name in names.split():
                    value = self.another(record, record._fields[name])
                    with self.subTest(field=f"{model}.{name}", value=value):
                        found = [level for level in self.users if self.allowed(level, record, "write", {name: value})]
                        self.assertEqual(found, list(levels))

    def test_who_makes_one(self):
        line = {"product_id": self.product.id, "price_unit": 5.0}
        values = {
            "subscription.contract": {"subject": "x", "partner_id": self.customer.id, "line_ids": [(0, 0, line)]},
            "subscription.contract.line": {"contract_id": self.other_contract.id, **line},
            "subscription.amendment": {"contract_id": self.contract.id},
            "subscription.amendment.step": {"amendment_id": self.amendment.id, "kind": "end"},
        }
        for model, record in self.records.items():
            if model in OTHERS:
                continue
            values.setdefault(model, self.get_copy(record))
            with self.subTest(model):
                empty = record.browse()
                found = [level for level in self.users if self.allowed(level, empty, "create", [values[model]])]
                self.assertEqual(found, list(CREATE.get(model, NOBODY)))

    def get_copy(self, record):
        """Values of another record like this one."""
        return {
            name: record._fields[name].convert_to_write(record[name], record)
            for name in self.get_columns(record)
            if record._fields[name].type not in ("binary", "properties")
        }

    def test_who_deletes_one(self):
        for model, record in self.records.items():
            if model in OTHERS:
                continue
            with self.subTest(model):
                found = [level for level in self.users if self.allowed(level, record, "unlink")]
                self.assertEqual(found, list(UNLINK[model]) if "amendment" in model else [])
        for record in (self.other_contract, self.other_contract.line_ids):
            found = [level for level in self.users if self.allowed(level, record, "unlink")]
            self.assertEqual(found, list(UNLINK[record._name]))
