from odoo import api, fields, models
from odoo.tools import SQL

# Contracts that nothing happened to are looked at again after so many days.
MONTH = 28
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
                    OR contract.id IN (SELECT contract_id FROM subscription_installment
                                        WHERE company_id = %(company)s AND state = 'planned'
                                          AND date_invoice < %(day)s)))
            """,
            touched=self._get_touched_query(company),
            company=company.id,
            day=date_ref,
            month_ago=fields.Date.subtract(date_ref, days=MONTH),
            late=LATE,
        )

    @api.model
    def _get_touched_query(self, company):
        """When something that belongs to a contract was last written: terms, plan, invoices and what reverses them."""
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
          GROUP BY contract_id
            """,
            floor=floor,
            company=company.id,
        )


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    # Finds the few stretches of the table that were written lately, and costs billing next to nothing.
    _written = models.Index("USING brin (write_date)")


class AccountMove(models.Model):
    _inherit = "account.move"

    _subscription_written = models.Index("USING brin (write_date)")
