"""Whose an open invoice is, kept on it from the moment it is posted: most bill one contract, and need no division."""

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..common.groups import ACCOUNTING

AMOUNTS = {"price_unit", "quantity", "discount", "tax_ids", "price_total", "display_type"}


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Override of `account` to keep whose the invoices are; what they correct is looked into from now on."""
        posted = super()._post(soft)
        # sudo: whoever posts need not see which lines are given back
        (posted | posted.sudo().line_ids.subscription_origin_line_id.move_id)._keep_owner()
        return posted

    def _keep_owner(self):
        """Keep on what is to be paid the one contract that these invoices bill, where it is as plain as can be.

        Each line bills one row of its plan, they come to the invoice, and no line of another corrects them. All else
        is looked into whenever it is read (`get_divided`).
        """
        if not self:
            return
        moves, lines, rows = (
            self.env[name] for name in ("account.move", "account.move.line", "subscription.installment")
        )
        moves.flush_model(["amount_total"])
        lines.flush_model(["move_id", "display_type", "price_total", "subscription_origin_line_id"])
        rows.flush_model(["invoice_line_id", "contract_id"])
        query = SQL(
            """
            UPDATE account_move_line piece
               SET subscription_owner = owner.contract_id
              FROM (SELECT move.id AS move_id,
                           CASE WHEN MIN(row.contract_id) = MAX(row.contract_id)
                                 AND COUNT(row.id) = COUNT(line.id) AND COUNT(row.id) = COUNT(DISTINCT line.id)
                                 AND SUM(line.price_total) = move.amount_total
                                 AND NOT BOOL_OR(EXISTS (SELECT FROM account_move_line back
                                                          WHERE back.subscription_origin_line_id = line.id))
                                THEN MIN(row.contract_id) END AS contract_id
                      FROM account_move move
                 LEFT JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
                 LEFT JOIN subscription_installment row ON row.invoice_line_id = line.id
                     WHERE move.id = ANY(%s)
                  GROUP BY move.id) owner
             WHERE piece.move_id = owner.move_id AND piece.display_type = 'payment_term'
               AND piece.subscription_owner IS DISTINCT FROM owner.contract_id
            """,
            self.ids,
        )
        self.env.cr.execute(query)
        lines.invalidate_model(["subscription_owner"], flush=False)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # No link: the database would look through all entries whenever a contract is deleted.
    subscription_owner = fields.Integer(
        string="Only Subscription",
        readonly=True,
        copy=False,
        groups=ACCOUNTING,
        help="Id of the only contract that the invoice bills, if it bills nothing else. Found when it is posted.",
    )

    # What is open, and nothing of what was ever paid: Odoo's own index has every line that is no receivable, too. With
    # all that is asked of it, so that the index alone is read.
    _subscription_open = models.Index(
        "(subscription_owner) INCLUDE (move_id, company_id, currency_id, company_currency_id, date_maturity,"
        " amount_residual, amount_residual_currency)"
        " WHERE reconciled IS NOT TRUE AND display_type = 'payment_term' AND parent_state = 'posted'"
    )

    def write(self, vals):
        """Override of `account`: whose an invoice is follows from what it bills; what is created is found in posting.

        :raise AccessError: it is written, by whomever.
        """
        if "subscription_owner" in vals:
            raise AccessError(self.env._("Whose an invoice is follows from what it bills, and is not written."))
        result = super().write(vals)
        # Odoo lets callers write past the invoice what a line comes to.
        if AMOUNTS & vals.keys():
            self.filtered(lambda line: line.parent_state == "posted").move_id._keep_owner()
        return result


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _reopen(self):
        """Override: what is left of an invoice may be another's; Odoo lets callers force lines out of a posted one."""
        moves = self.invoice_line_id.move_id
        result = super()._reopen()
        moves.filtered(lambda move: move.state == "posted")._keep_owner()
        return result
