"""What of an invoice is to be paid by a day: its parts that are due, after what the customer has to his credit."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# How a customer pays by himself, on a page; and how long he may take for it
ON_A_PAGE = ("online_direct", "online_redirect", "online_token")
PAGE_TIME = timedelta(hours=1)


class AccountMove(models.Model):
    _inherit = "account.move"

    # === ONE PAYER AT A TIME === #
    @api.model
    def _get_paying_domain(self):
        """Transactions by which an invoice is being paid, or has just been, without the saved card.

        One that was begun on a page counts for as long as somebody may still be there.
        """
        begun = Domain("create_date", ">=", fields.Datetime.now() - PAGE_TIME)
        return (
            Domain("state", "in", ("pending", "authorized"))
            | (Domain("state", "=", "done") & Domain("is_post_processed", "=", False))
            | (Domain("state", "=", "draft") & Domain("operation", "in", ON_A_PAGE) & begun)
        )

    def _meet_other_payers(self):
        """Let a payment on a page and a charge of the saved card that begin at the same moment know of each other.

        Both touch the invoice: who comes second waits, and then the database has him begin again, and see the first.
        """
        if self.ids:
            self.env.flush_all()
            self.env.cr.execute(
                SQL("UPDATE account_move SET subscription_billing_mode = subscription_billing_mode WHERE id IN %s",
                    tuple(self.ids))
            )  # fmt: skip

    # === PARTS THAT ARE DUE === #
    @api.model
    def _get_part_due_domain(self, date_ref):
        """Invoices of which a part is due on the day and still open; a payment term may divide one into several."""
        return Domain(
            "line_ids",
            "any",
            [("display_type", "=", "payment_term"), ("date_maturity", "<=", date_ref), ("reconciled", "=", False)],
        )

    def _get_due_lines(self, date_ref=None):
        """Open parts of the invoice that are due on the day; None: whenever they are due."""
        self.ensure_one()
        return self.line_ids.filtered(
            lambda line: (
                line.display_type == "payment_term"
                and not line.reconciled
                and (not date_ref or line.date_maturity <= date_ref)
            )
        )

    def _get_due_amount(self, date_ref=None):
        """What is to be paid of the invoice by the day, in its currency."""
        lines = self._get_due_lines(date_ref)
        return self.currency_id.round(sum(lines.mapped("amount_residual_currency")))

    # === WHAT THE CUSTOMER HAS TO HIS CREDIT === #
    def _offset_subscription_credits(self):
        """Set the customers' open credits against the invoices, so that nobody is charged, or reminded of, more
        than he owes.

        What is left open by then is in the books: whoever looks at the invoice afterwards need not think of it.
        """
        credits = self._get_open_credits()
        for move in self.sorted(lambda move: (move.invoice_date_due, move.id)) if credits else ():
            own = credits.filtered(lambda line, move=move: not line.reconciled and move._takes_credit(line))
            debts = move._get_due_lines()
            for account, lines in own.grouped("account_id").items():
                owed = debts.filtered(lambda line, account=account: line.account_id == account)
                if owed:
                    (lines + owed).reconcile()

    def _get_open_credits(self):
        """Journal items by which the customers of the invoices have something to their credit."""
        # sudo: what is owed does not depend on who asks
        return (
            self.env["account.move.line"]
            .sudo()
            .search(
                Domain("company_id", "in", self.company_id.ids)
                & Domain("move_id.commercial_partner_id", "in", self.commercial_partner_id.ids)
                & Domain("account_id", "in", self.line_ids.account_id.ids)
                & Domain("account_type", "=", "asset_receivable")
                & Domain("parent_state", "=", "posted")
                & Domain("reconciled", "=", False)
                & Domain("amount_residual_currency", "<", 0),
                order="date, id",
            )
        )

    def _takes_credit(self, line):
        """Whether this invoice is paid by a credit: a credit note for the same things, or money without a purpose.

        A payment that was made for something else (a package, an order) is left to it, and so is a credit note for
        another contract, or for another invoice that is still open.
        """
        self.ensure_one()
        if (
            line.company_id != self.company_id
            or line.currency_id != self.currency_id
            or line.move_id.commercial_partner_id != self.commercial_partner_id
        ):
            return False
        note, payment = line.move_id, line.move_id.origin_payment_id
        if payment:
            return not payment.payment_transaction_id and payment.invoice_ids <= self
        credited = note.reversed_entry_id
        if credited and (credited == self or credited.amount_residual):
            return credited == self
        purpose = note._get_subscription_sources()
        if purpose:
            return any(source in self._get_subscription_sources() for source in purpose)
        return not credited
