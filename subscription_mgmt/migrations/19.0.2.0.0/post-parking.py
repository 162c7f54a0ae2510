"""Failures that stood in columns of each model become rows of `subscription.parking`; the columns go."""

from psycopg2.extensions import AsIs

# model, step, company of the row, reason, failed attempts, next try, and what else must hold
OLD = [
    ("subscription.contract", "bill", "r.company_id", "r.billing_error", "r.billing_attempts", "r.billing_next_try",
     "r.billing_error IS NOT NULL"),
    ("account.move", "post", "r.company_id", "r.subscription_error", "1", "r.subscription_next_try",
     "r.subscription_error IS NOT NULL AND r.subscription_next_try IS NOT NULL AND r.state = 'draft'"),
    ("account.move", "send", "r.company_id", "r.subscription_error", "1", "r.subscription_next_try",
     "r.subscription_error IS NOT NULL AND r.subscription_next_try IS NOT NULL AND r.state = 'posted'"),
    ("account.move", "charge", "r.company_id", "r.subscription_error", "1", "r.subscription_charge_next_try",
     "r.subscription_error IS NOT NULL AND r.subscription_charge_next_try IS NOT NULL"),
    ("account.move", "dun", "r.company_id", "r.subscription_error", "1", "r.subscription_dunning_next_try",
     "r.subscription_error IS NOT NULL AND r.subscription_dunning_next_try IS NOT NULL"),
    ("subscription.recurrence", "generate", "r.company_id", "r.error", "r.attempts", "r.next_try",
     "r.error IS NOT NULL"),
    ("subscription.interaction", "prepare", "r.company_id", "r.error", "r.attempts", "r.next_try",
     "r.error IS NOT NULL"),
    ("subscription.entitlement", "invoice", "r.company_id", "r.problem", "1", "NULL::date", "r.problem IS NOT NULL"),
    ("payment.transaction", "hand_over",
     "(SELECT company_id FROM subscription_package p WHERE p.id = r.subscription_package_id)",
     "r.subscription_error", "1", "CURRENT_DATE",
     "r.subscription_error IS NOT NULL AND r.subscription_package_id IS NOT NULL"),
]  # fmt: skip
COLUMNS = {
    "subscription_contract": ("billing_error", "billing_attempts", "billing_next_try"),
    "account_move": (
        "subscription_error",
        "subscription_next_try",
        "subscription_charge_next_try",
        "subscription_dunning_next_try",
    ),
    "subscription_recurrence": ("error", "attempts", "next_try"),
    "subscription_interaction": ("error", "attempts", "next_try"),
    "subscription_entitlement": ("problem",),
    "payment_transaction": ("subscription_error",),
    "subscription_import_batch": ("activation_mark",),
}


def migrate(cr, version):
    """Carry reasons, attempts and next tries over, with the tasks that tell of them."""
    for model, step, company, reason, attempts, next_try, where in OLD:
        cr.execute(
            """
            INSERT INTO subscription_parking
                   (res_model, res_id, step, company_id, reason, attempts, date_last, next_try, activity_id)
            SELECT %s, r.id, %s, %s, %s, %s, r.write_date::date, %s,
                   (SELECT max(a.id) FROM mail_activity a
                      JOIN ir_model_data d ON d.model = 'mail.activity.type' AND d.res_id = a.activity_type_id
                     WHERE a.res_model = %s AND a.res_id = r.id AND a.active AND d.module = 'subscription_mgmt'
                       AND d.name IN ('mail_activity_type_billing_error', 'mail_activity_type_recurrence_error'))
              FROM %s r WHERE %s
                ON CONFLICT DO NOTHING
            """,
            [model, step, *map(AsIs, (company, reason, attempts, next_try)), model]
            + list(map(AsIs, (model.replace(".", "_"), where))),
        )
    for table, columns in COLUMNS.items():
        for column in columns:
            cr.execute("ALTER TABLE %s DROP COLUMN IF EXISTS %s", [AsIs(table), AsIs(column)])
