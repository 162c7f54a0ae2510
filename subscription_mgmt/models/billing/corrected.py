"""What accounting does to invoices that billing made: a draft is deleted, one is cancelled, credited or taken back."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..common.context import LEDGER
from ..contract.ledger import LedgerReader


class AccountMove(models.Model):
    _inherit = "account.move"

    def button_draft(self):
        """Override of `account` to leave be what was cancelled or credited and then billed again on another invoice.

        :raise UserError: such an invoice, or the credit note: both invoices would stand.
        """
        self._check_not_billed_again()
        result = super().button_draft()
        self._settle_corrected(self, taken_back=True)
        return result

    def button_cancel(self):
        """Override of `account` to bring the plans in line with what is left of the invoices."""
        result = super().button_cancel()
        self._settle_corrected(self, taken_back=True)
        self._judge_runs()
        return result

    def _post(self, soft=True):
        """Override of `account` to bring the plans in line with what is given back, put in place, or was corrected."""
        corrected = self.filtered(lambda move: move.posted_before or move.reversed_entry_id)
        posted = super()._post(soft)
        posted._settle_corrected(corrected)
        self._judge_runs()
        return posted

    def unlink(self):
        """Override of `account` to put the rows of deleted drafts back into the plan: no period is lost.

        :raise UserError: days of such an invoice were given back by another one, which stays.
        """
        # sudo: whoever may delete the draft need not be allowed to change the plan
        rows = self.sudo().line_ids.subscription_installment_ids
        contracts = rows.contract_id
        rows._check_reopenable(self)
        rows._reopen()
        runs = self.sudo().subscription_run_id  # sudo: nor to see the run that made it
        result = super().unlink()
        runs._judge()
        contracts.filtered("company_id.subscription_enabled")._settle()
        return result

    def _check_not_billed_again(self):
        """Raise when what these cancelled invoices or credit notes gave back was charged again, and that stands."""
        lines = self.sudo().line_ids  # sudo: whoever cancels need not see the plan
        cancelled = lines.filtered(lambda line: line.move_id.state == "cancel")
        credited = lines.filtered(lambda line: (line.move_id.move_type, line.move_id.state) == ("out_refund", "posted"))
        rows = cancelled.subscription_installment_ids | credited._get_corrected_rows()
        again = rows.credit_ids.filtered(lambda row: row.is_again and row.state == "invoiced")
        if not again:
            return
        standing = LedgerReader(again.contract_id).get_standing(again)
        for row in again:
            charged, returned = standing[row.id]
            if abs(returned) < abs(charged):
                raise UserError(
                    self.env._(
                        "%(row)s was billed again on %(invoice)s. Cancel or credit that first.",
                        row=row.display_name,
                        invoice=row.invoice_id.display_name,
                    )
                )

    def _settle_corrected(self, corrected, taken_back=False):
        """Settle the contracts whose invoices these correct, or which they were.

        :param corrected: those of them that count for something else than before; billing posts thousands of others.
        :param taken_back: they count for less now, or not at all: nobody wants again what is not given back any more.
        """
        lines = self.env["account.move.line"].sudo()  # sudo: accounting takes no right to contracts
        corrections = lines.search([("move_id", "in", self.ids), ("subscription_origin_line_id", "!=", False)])
        rows = corrections._get_corrected_rows()
        rows |= (corrected | corrected.reversed_entry_id).sudo().line_ids.subscription_installment_ids
        if taken_back:
            rows.filtered("is_reopened").with_context(subscription_ledger=LEDGER).write({"is_reopened": False})
        rows.contract_id.filtered("company_id.subscription_enabled")._settle()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _get_corrected_rows(self):
        """Rows of the plan whose invoice lines these give back or replace, through any number of corrections."""
        found, lines = self.browse(), self.subscription_origin_line_id
        while lines := lines - found:
            found |= lines
            lines = lines.subscription_origin_line_id
        return found.subscription_installment_ids

    def unlink(self):
        """Override of `account`: a line that is taken off a draft is billed by the next run, unless it was posted.

        An invoice that was posted is corrected by a person: what he takes off is left out until he says otherwise.
        """
        rows = self.sudo().subscription_installment_ids  # sudo: as for the whole invoice
        contracts = rows.contract_id
        rows._check_reopenable(self.move_id)
        taken_off = rows.filtered(lambda row: row.invoice_id.posted_before and not row.credited_id)
        names = {row: row.invoice_id.display_name for row in taken_off}
        rows._reopen()
        for row, invoice in names.items():
            row._skip(self.env._("Taken off invoice %(invoice)s", invoice=invoice))
        result = super().unlink()
        contracts.filtered("company_id.subscription_enabled")._settle()
        return result


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _settle_credits(self, date_ref):
        """Settle before something is given back: accounting may have given it back, or less been charged, meanwhile."""
        due = Domain("state", "=", "planned") & Domain("date_invoice", "<=", date_ref)
        rows = self.env["subscription.installment"].search(
            due & Domain("contract_id", "in", self.ids) & Domain("credited_id", "!=", False)
        )
        rows.contract_id._settle()


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _check_reopenable(self, moves):
        """Raise when days of these rows were given back, or charged again, by invoices that stay.

        :param moves: invoices that are changed or deleted with the rows.
        """
        standing = self.credit_ids.filtered(
            lambda row: row.state == "invoiced" and row.invoice_id.state != "cancel" and row.invoice_id not in moves
        )[:1]
        if standing:
            raise UserError(
                self.env._(
                    "Invoice %(invoice)s gives back, or charges again, days of %(row)s. Cancel or delete it first.",
                    invoice=standing.invoice_id.display_name,
                    row=standing.credited_id.display_name,
                )
            )
