"""How far each contract is planned is kept beside it: worked out by the database, not contract by contract."""


def migrate(cr, version):
    """Make and fill the column; see `_compute_plan_until`."""
    cr.execute("ALTER TABLE subscription_contract ADD COLUMN IF NOT EXISTS plan_until date")
    cr.execute(
        """
        UPDATE subscription_contract contract
           SET plan_until = planned.until
          FROM (SELECT line.contract_id, MIN(line.until) AS until
                  FROM (SELECT line.contract_id, line.date_end,
                               COALESCE((SELECT MAX(date_to) FROM subscription_installment WHERE line_id = line.id),
                                        '0001-01-01') AS until
                          FROM subscription_contract_line line
                         WHERE line.active AND COALESCE(line.repetitions, 0) = 0) line
                  JOIN subscription_contract contract ON contract.id = line.contract_id
                 WHERE contract.state != 'draft'
                   AND (contract.date_end IS NULL OR contract.date_end > line.until)
                   AND (line.date_end IS NULL OR line.date_end > line.until)
              GROUP BY line.contract_id) planned
         WHERE planned.contract_id = contract.id
        """
    )
