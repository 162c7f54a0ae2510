"""Whose an analytic line is by its invoice, and of which product, kept on it: profit is added up without invoices.

Columns that only the database writes, by triggers: whatever changes a line, the plan, or what an invoice says of a
contract (the ORM, SQL, a deletion that takes rows along) has it found anew in the same transaction. Who stands on the
account of a line is not kept: that can change without the line.
"""

from odoo import api, models
from odoo.tools import SQL

COLUMNS = ("subscription_owner", "subscription_product")

# Whom a line of an invoice bills; else the contract that its invoice or bill names.
OWNER = """
    COALESCE(
        (SELECT MIN(contract_id) FROM subscription_installment WHERE invoice_line_id = item.id),
        (SELECT MIN(contract_id) FROM subscription_installment
          WHERE invoice_line_id = item.subscription_origin_line_id),
        (SELECT subscription_contract_id FROM account_move WHERE id = item.move_id))"""

# Whatever is written there, the first trigger finds it anew.
AGAIN = "UPDATE account_analytic_line SET subscription_owner = NULL WHERE move_line_id"

# Only what was billed: most changes of a plan are to rows that were not, and end here.
BILLED = "SELECT invoice_line_id, contract_id FROM %s WHERE invoice_line_id IS NOT NULL"
CHANGED = f"""
    WITH was AS ({BILLED % "removed"}), is_now AS ({BILLED % "added"})
    SELECT invoice_line_id
      FROM ((TABLE was EXCEPT TABLE is_now) UNION ALL (TABLE is_now EXCEPT TABLE was)) changed"""

FUNCTIONS = {
    "subscription_owner_of_line": f"""
        NEW.subscription_owner := NULL;
        NEW.subscription_product := NULL;
        IF NEW.move_line_id IS NOT NULL THEN
            SELECT {OWNER}, item.product_id INTO NEW.subscription_owner, NEW.subscription_product
              FROM account_move_line item WHERE item.id = NEW.move_line_id;
        END IF;
        RETURN NEW;""",
    "subscription_owner_of_entry": f"""
        {AGAIN} = NEW.id;
        RETURN NULL;""",
    "subscription_owner_of_move": f"""
        {AGAIN} IN (SELECT id FROM account_move_line WHERE move_id = NEW.id);
        RETURN NULL;""",
    "subscription_owner_of_plan": f"""
        IF TG_OP = 'INSERT' THEN
            items := ARRAY(SELECT invoice_line_id FROM ({BILLED % "added"}) billed);
        ELSIF TG_OP = 'DELETE' THEN
            items := ARRAY(SELECT invoice_line_id FROM ({BILLED % "removed"}) billed);
        ELSE
            items := ARRAY({CHANGED});
        END IF;
        IF CARDINALITY(items) > 0 THEN
            {AGAIN} IN (SELECT UNNEST(items)
                         UNION SELECT id FROM account_move_line WHERE subscription_origin_line_id = ANY(items));
        END IF;
        RETURN NULL;""",
}
FIRST = "subscription_owner_of_line"
# {trigger: (function, table, when, how)}
TRIGGERS = {
    FIRST: (
        FIRST,
        "account_analytic_line",
        "BEFORE INSERT OR UPDATE OF move_line_id, subscription_owner, subscription_product",
        "FOR EACH ROW",
    ),
    "subscription_owner_of_entry": (
        "subscription_owner_of_entry",
        "account_move_line",
        "AFTER UPDATE OF subscription_origin_line_id, product_id",
        "FOR EACH ROW WHEN ((OLD.subscription_origin_line_id, OLD.product_id)"
        " IS DISTINCT FROM (NEW.subscription_origin_line_id, NEW.product_id))",
    ),
    "subscription_owner_of_move": (
        "subscription_owner_of_move",
        "account_move",
        "AFTER UPDATE OF subscription_contract_id",
        "FOR EACH ROW WHEN (OLD.subscription_contract_id IS DISTINCT FROM NEW.subscription_contract_id)",
    ),
    **{
        f"subscription_owner_of_plan_{event.lower()}": (
            "subscription_owner_of_plan",
            "subscription_installment",
            f"AFTER {event}",
            f"REFERENCING {tables} FOR EACH STATEMENT",
        )
        for event, tables in (
            ("INSERT", "NEW TABLE AS added"),
            ("UPDATE", "OLD TABLE AS removed NEW TABLE AS added"),
            ("DELETE", "OLD TABLE AS removed"),
        )
    },
}


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    @api.private
    def init(self):
        """Keep whose lines are, once all columns that say so are there."""
        self.pool.post_init(self._keep_owners)
        return super().init()

    def _keep_owners(self):
        """Make what keeps it, and find it for all lines: they may have been loaded with triggers off."""
        cr = self.env.cr
        for name in COLUMNS:
            cr.execute(
                SQL("ALTER TABLE account_analytic_line ADD COLUMN IF NOT EXISTS %s integer", SQL.identifier(name))
            )
        for name, (_function, table, _when, _how) in TRIGGERS.items():
            cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(name), SQL.identifier(table)))
        self._find_owners()
        for name, body in FUNCTIONS.items():
            cr.execute(
                SQL(
                    "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS"
                    " $own$ DECLARE items integer[]; BEGIN %s END $own$",
                    SQL.identifier(name),
                    SQL(body),  # pylint: disable=sql-injection
                )
            )
        for name, (function, table, when, how) in TRIGGERS.items():
            cr.execute(
                SQL(
                    "CREATE TRIGGER %s %s ON %s %s EXECUTE FUNCTION %s()",
                    SQL.identifier(name),
                    SQL(when),  # pylint: disable=sql-injection
                    SQL.identifier(table),
                    SQL(how),  # pylint: disable=sql-injection
                    SQL.identifier(function),
                )
            )

    def _find_owners(self):
        """Find anew whose all lines are, by way of all at once; only what differs is written.

        Row by row it would take hours, which a database chooses that does not know yet how much there is: one that was
        restored a moment ago.
        """
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        self.env.cr.execute(
            """
            WITH billed AS (
                SELECT invoice_line_id, MIN(contract_id) AS contract_id
                  FROM subscription_installment
                 WHERE invoice_line_id IS NOT NULL
              GROUP BY invoice_line_id)
            UPDATE account_analytic_line line
               SET subscription_owner = found.contract_id, subscription_product = found.product_id
              FROM (SELECT line.id, item.product_id,
                           COALESCE(direct.contract_id, origin.contract_id, move.subscription_contract_id)
                           AS contract_id
                      FROM account_analytic_line line
                 LEFT JOIN account_move_line item ON item.id = line.move_line_id
                 LEFT JOIN account_move move ON move.id = item.move_id
                 LEFT JOIN billed direct ON direct.invoice_line_id = item.id
                 LEFT JOIN billed origin ON origin.invoice_line_id = item.subscription_origin_line_id) found
             WHERE line.id = found.id
               AND (line.subscription_owner, line.subscription_product)
                   IS DISTINCT FROM (found.contract_id, found.product_id)
            """
        )
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")

    @api.model
    def _stop_owning(self):
        """Before the add-on goes: leave nothing behind on the tables of others."""
        for name in FUNCTIONS:
            self.env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(name)))
        for name in COLUMNS:
            self.env.cr.execute(SQL("ALTER TABLE account_analytic_line DROP COLUMN IF EXISTS %s", SQL.identifier(name)))
