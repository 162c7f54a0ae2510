from datetime import datetime

from odoo import api, fields, models
from odoo.tools import SQL

# Contracts that nothing happened to are looked at again after so many days.
MONTH = 28
# Only of such contracts something can be late: in a pause, and in a draft, nothing is to be billed.
RUNNING = ("active", "closed")
# A transaction may have written up to so long before it was to be seen; what it touched is looked at again.
LATE = "1 hour"


class SubscriptionAssuranceCheck(models.Model):
    """When a contract was last compared with what was charged; beside it, so that checking does not change it."""

    _name = "subscription.assurance.check"
    _description = "Last Check of a Contract"
    _rec_name = "contract_id"

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade"
    )
    # The time of the check is when the row was written.
    date_checked = fields.Date(string="Checked", required=True, readonly=True)
    is_doubtful = fields.Boolean(
        readonly=True, help="Its invoices or its revenue log were not as they should be: looked at again every night."
    )

    _once = models.UniqueIndex("(contract_id)", "A contract has one last check.")

    @api.model
    def _stamp(self, contracts, date_ref):
        """Note that the contracts are looked at now: once a day, so that an interrupted night goes on where it was."""
        known = self.search([("contract_id", "in", contracts.ids)])
        known.write({"date_checked": date_ref})
        missing = contracts - known.contract_id
        self.create([{"contract_id": contract.id, "date_checked": date_ref} for contract in missing])
        # Whoever does the same at this moment is found out here, before anything else is written.
        self.flush_model()

    @api.model
    def _get_unchecked_query(self, company, date_ref):
        """Contracts of a company to look at on the day: never looked at, not for a month, or touched since.

        Those with something late or different are looked at every night, until it is mended.
        """
        self.env.flush_all()
        return SQL(
            """
            SELECT contract.id
              FROM subscription_contract contract
         LEFT JOIN subscription_assurance_check checked ON checked.contract_id = contract.id
         LEFT JOIN (%(touched)s) touched ON touched.contract_id = contract.id
             WHERE contract.company_id = %(company)s AND contract.state != 'draft'
               AND (checked.id IS NULL OR checked.date_checked <= %(month_ago)s OR checked.date_checked < %(day)s AND (
                       GREATEST(contract.write_date, touched.write_date) > checked.write_date - %(late)s::interval
                    OR contract.id IN (SELECT contract_id FROM subscription_assurance_difference)
                    OR contract.state IN %(running)s
                       AND contract.id IN (SELECT contract_id FROM subscription_installment
                                            WHERE company_id = %(company)s AND state = 'planned'
                                              AND date_invoice < %(day)s)))
            """,
            touched=self._get_touched_query(company),
            running=RUNNING,
            company=company.id,
            day=date_ref,
            month_ago=fields.Date.subtract(date_ref, days=MONTH),
            late=LATE,
        )

    # === HOW FAR BACK === #
    @api.model
    def _get_floor(self, company):
        """What was written before this moment has been looked at.

        Until a night has been carried out to its end: when the contract was looked at that waits the longest.
        """
        kept = self.env["subscription.assurance"]._get_look(company).look_until
        return kept or self._get_oldest(company)

    @api.model
    def _get_oldest(self, company):
        [[floor]] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(MIN(checked.write_date), now() AT TIME ZONE 'UTC') - %s::interval
                  FROM subscription_assurance_check checked
                  JOIN subscription_contract contract ON contract.id = checked.contract_id
                 WHERE contract.company_id = %s
                """,
                LATE,
                company.id,
            )
        )
        return floor

    @api.model
    def _find_left_since(self, company, date_ref, begun):
        """The moment since which something was written that has not been looked at, at the end of a night.

        Mostly when the night began. A contract that could not be looked at, or was written after a person had it looked
        at in the morning, keeps the time when it was last written, for a month at most: then it is looked at whatever
        was written. (Not when it was last looked at: for one that waits, weeks of everybody's would be read again.)
        """
        until = fields.Datetime.subtract(begun, hours=1)
        [[left]] = self.env.execute_query(
            SQL(
                """
                SELECT MIN(touched.write_date) - %(late)s::interval
                  FROM subscription_assurance_check checked
                  JOIN subscription_contract contract ON contract.id = checked.contract_id
                  JOIN (%(touched)s) touched ON touched.contract_id = contract.id
                 WHERE contract.company_id = %(company)s AND contract.state != 'draft'
                   AND checked.date_checked > %(month_ago)s AND checked.write_date < %(begun)s
                   AND touched.write_date > checked.write_date - %(late)s::interval
                """,
                late=LATE,
                touched=self._get_touched_query(company, until),
                company=company.id,
                month_ago=fields.Date.subtract(date_ref, days=MONTH),
                begun=begun,
            )
        )
        return min(left, until) if left else until

    @api.model
    def _find_worth_a_look(self, company, date_ref):
        """Ids of the contracts whose invoices and revenue log are looked at on the day.

        Those that were compared since yesterday, or touched since, and those with which something was wrong.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT contract.id
                  FROM subscription_contract contract
             LEFT JOIN subscription_assurance_check checked ON checked.contract_id = contract.id
                 WHERE contract.company_id = %(company)s
                   AND (checked.id IS NULL AND contract.state != 'draft'
                        OR checked.is_doubtful OR checked.date_checked >= %(yesterday)s
                        OR contract.id IN (SELECT contract_id FROM (%(touched)s) touched))
                """,
                company=company.id,
                yesterday=fields.Date.subtract(date_ref, days=1),
                touched=self._get_touched_query(company),
            )
        )
        return [id_ for (id_,) in rows]

    @api.model
    def _note_doubtful(self, looked_at, doubtful):
        """Keep with which of the contracts something is wrong; when they were looked at stays as it is."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE subscription_assurance_check SET is_doubtful = contract_id = ANY(%(doubtful)s)
                 WHERE contract_id = ANY(%(looked_at)s)
                   AND COALESCE(is_doubtful, FALSE) != (contract_id = ANY(%(doubtful)s))
                """,
                doubtful=doubtful,
                looked_at=looked_at,
            )
        )
        self.invalidate_model(["is_doubtful"])

    @api.model
    def _get_touched_query(self, company, until=None):
        """When something that belongs to a contract was last written: terms, plan, invoices and what reverses them.

        :param until: as if nothing was written later.
        """
        return SQL(
            """
            SELECT contract_id, MAX(write_date) AS write_date
              FROM (SELECT contract_id, write_date FROM subscription_contract_line WHERE write_date > %(floor)s
                    UNION ALL
                    SELECT contract_id, write_date FROM subscription_pause WHERE write_date > %(floor)s
                    UNION ALL
                    SELECT contract_id, write_date FROM subscription_decision WHERE write_date > %(floor)s
                    UNION ALL
                    SELECT contract_id, write_date FROM subscription_installment WHERE write_date > %(floor)s
                    UNION ALL
                    SELECT row.contract_id, move.write_date
                      FROM account_move move
                      JOIN account_move_line line
                        ON line.move_id IN (move.id, move.reversed_entry_id) AND line.display_type = 'product'
                      JOIN subscription_installment row
                        ON row.invoice_line_id IN (line.id, line.subscription_origin_line_id)
                     WHERE move.company_id = %(company)s AND move.write_date > %(floor)s) written
             WHERE write_date <= %(until)s
          GROUP BY contract_id
            """,
            floor=self._get_floor(company),
            until=until or datetime.max,
            company=company.id,
        )


class SubscriptionContractLine(models.Model):
    _inherit = "subscription.contract.line"

    _written = models.Index("USING brin (write_date)")


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    # Finds the few stretches of the table that were written lately, and costs billing next to nothing.
    _written = models.Index("USING brin (write_date)")
    # Periods without an amount, of which there are few
    _free = models.Index("(company_id, date_invoice) WHERE state = 'planned' AND price_subtotal = 0")


class AccountMove(models.Model):
    _inherit = "account.move"

    _subscription_written = models.Index("USING brin (write_date)")
