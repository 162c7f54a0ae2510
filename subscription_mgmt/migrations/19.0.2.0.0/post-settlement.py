"""Terms that were states or rows become records: pauses, and what people decided about rows of the plan."""

from odoo import SUPERUSER_ID, api

# Days that were given back, or left out at a price of nothing, before the end of a contract: it was paused on them.
PAUSED_DAYS = """
    SELECT row.contract_id, row.date_from, row.date_to
      FROM subscription_installment row
      JOIN subscription_contract contract ON contract.id = row.contract_id
     WHERE (row.credited_id IS NOT NULL OR (row.state = 'skipped' AND row.price_unit = 0 AND NOT row.is_edited))
       AND row.date_from <= COALESCE(contract.date_end, row.date_from)
"""
ISLANDS = f"""
    WITH days AS ({PAUSED_DAYS}),
    marked AS (
        SELECT *, CASE WHEN date_from <= max(date_to) OVER (
                            PARTITION BY contract_id ORDER BY date_from, date_to
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1 THEN 0 ELSE 1 END AS begins
          FROM days),
    numbered AS (
        SELECT *, sum(begins) OVER (PARTITION BY contract_id ORDER BY date_from, date_to) AS island FROM marked)
    SELECT contract_id, min(date_from) AS date_from, max(date_to) AS date_to
      FROM numbered GROUP BY contract_id, island
"""


def migrate(cr, _version):
    """Carry pauses and decisions over; then settle what stands still, so that nothing is planned on those days."""
    carry_over_pauses(cr)
    carry_over_decisions(cr)
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["subscription.contract"].search([("state", "=", "paused")])._settle()
    for column in ("date_paused", "plan_outdated"):
        cr.execute(f"ALTER TABLE subscription_contract DROP COLUMN IF EXISTS {column}")


def carry_over_pauses(cr):
    """Stretches of rows that pauses had left out, and pauses that go on, become pauses of their own."""
    cr.execute(
        f"""
        INSERT INTO subscription_pause (contract_id, company_id, date_from, date_to, mode, cause,
                                        create_date, write_date)
        SELECT island.contract_id, contract.company_id, island.date_from, island.date_to, 'days', 'agreed',
               now(), now()
          FROM ({ISLANDS}) island JOIN subscription_contract contract ON contract.id = island.contract_id
        """
    )
    cr.execute(
        """
        INSERT INTO subscription_pause (contract_id, company_id, date_from, mode, cause, create_date, write_date)
        SELECT id, company_id, date_paused, 'days', 'agreed', now(), now() FROM subscription_contract
         WHERE state = 'paused' AND date_paused IS NOT NULL
        """
    )
    # What dunning has paused is not counted among the pauses that were agreed.
    cr.execute(
        """
        UPDATE subscription_pause pause SET cause = 'unpaid'
          FROM subscription_dunning_log log
          JOIN account_move_line line ON line.move_id = log.move_id
          JOIN subscription_installment row ON row.invoice_line_id = line.id
         WHERE log.action = 'pause' AND log.result = 'done'
           AND row.contract_id = pause.contract_id AND log.date = pause.date_from
        """
    )


def carry_over_decisions(cr):
    """What people had skipped or edited becomes a decision; rows of pauses go."""
    cr.execute("DELETE FROM subscription_installment WHERE state = 'skipped' AND price_unit = 0 AND NOT is_edited")
    cr.execute(
        """
        INSERT INTO subscription_decision (line_id, contract_id, company_id, date_from, date_to, is_skip, date_invoice,
                                           quantity, price_unit, discount, reason, create_date, write_date)
        SELECT line_id, contract_id, company_id, date_from, date_to, state = 'skipped', date_invoice,
               quantity, price_unit, discount, reason, now(), now()
          FROM subscription_installment
         WHERE state = 'skipped' OR (state = 'planned' AND is_edited AND credited_id IS NULL)
        """
    )
    cr.execute(
        """
        UPDATE subscription_installment row
           SET decision_id = decision.id, is_edited = TRUE
          FROM subscription_decision decision
         WHERE decision.line_id = row.line_id AND decision.date_from = row.date_from AND row.credited_id IS NULL
           AND row.state != 'invoiced'
        """
    )
    cr.execute(
        """
        UPDATE subscription_installment row SET prorate = FALSE
          FROM subscription_contract_line line WHERE line.id = row.line_id AND NOT line.prorate
        """
    )
