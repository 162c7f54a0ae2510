import itertools
from collections import defaultdict
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.interest import Charge, Debt, charges
from ...tools.statement import decimal


class Proposal(NamedTuple):
    """What is to be charged for some late days of an invoice."""

    move: models.BaseModel
    due: object
    rate: float
    charge: Charge


class MemberInterest(models.Model):
    """Late days of an invoice for which interest was invoiced: so that no day is charged twice (WIM-14).

    A row stands as long as its line on the interest invoice does: whoever deletes the draft or the line, cancels the
    invoice, or credits all of it, frees the days. Nobody writes rows by hand.
    """

    _name = "member.interest"
    _description = "Charged Late-Payment Interest"
    _order = "date_to desc, id desc"

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Overdue Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Member", store=True, index=True)
    line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Invoice Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    invoice_id = fields.Many2one(related="line_id.move_id", string="Interest Invoice")
    invoice_state = fields.Selection(related="line_id.parent_state", string="State")
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    rate = fields.Float(string="% a Month", digits=(5, 2), readonly=True)
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount = fields.Monetary(readonly=True)

    _days_in_order = models.Constraint("CHECK (date_from <= date_to)", "Days end after they begin.")

    # === WHAT STANDS === #
    def _filter_standing(self):
        """Rows whose days count as charged: their invoice was neither cancelled nor credited in full."""
        # sudo: what was charged does not depend on who asks
        invoices = self.sudo().line_id.move_id
        notes = invoices.reversal_move_ids.filtered(lambda note: note.state == "posted").grouped("reversed_entry_id")
        standing = invoices.filtered(
            lambda move: (
                move.state != "cancel"
                and (not notes.get(move) or sum(notes[move].mapped("amount_total")) < move.amount_total)
            )
        )
        return self.filtered(lambda row: row.sudo().line_id.move_id in standing)

    def _check_charged_once(self):
        """Raise when a day of the overdue invoices of these rows is charged by two invoices that stand.

        :raise UserError: names both.
        """
        rows = self.sudo().search([("move_id", "in", self.sudo().move_id.ids)])._filter_standing()
        for move, mine in rows.grouped("move_id").items():
            ordered = mine.sorted("date_from")
            for before, after in itertools.pairwise(ordered):
                if after.date_from <= before.date_to:
                    raise UserError(
                        self.env._(
                            "Late days of %(invoice)s were charged by %(first)s and again by %(second)s. "
                            "Cancel one of them first.",
                            invoice=move.display_name,
                            first=before.line_id.move_id.display_name,
                            second=after.line_id.move_id.display_name,
                        )
                    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _propose_interest(self, company, date_from, date_to, moves=None):
        """What is to be charged for the late days of a period, oldest invoice first (WIM-14).

        Simple interest by the day: a thirtieth of the member's monthly rate, on what was open of an invoice at the
        beginning of the day, from the day after the due date to the day of payment. What was open is told by the dates
        of what was set against it. Days that were charged are left out, wherever they stand, so that nothing is
        charged twice and days that were freed come back. Invoices of interest bear none.

        A payment that is booked late does not correct what was charged meanwhile; a credit note does.

        :param moves: only these invoices; default: all of the members, or of every member of the company.
        :return: list of `Proposal`.
        """
        lines = self._get_late_lines(company, date_from, date_to, moves)
        paid, taken = self._get_payments_of(lines), self._get_charged_days(lines.move_id)
        found = []
        for move, mine in lines.grouped("move_id").items():
            debts = [Debt(line.date_maturity, decimal(line.amount_currency), tuple(paid[line])) for line in mine]
            rate = move.commercial_partner_id.with_company(company).member_interest_rate
            digits, days = move.currency_id.decimal_places, taken[move]
            for charge in charges(debts, decimal(rate), date_from, date_to, days, digits):
                found.append(Proposal(move, min(mine.mapped("date_maturity")), rate, charge))
        return found

    def _get_late_lines(self, company, date_from, date_to, moves):
        """Parts of invoices that were due before the last day and open on some day of the period."""
        members = Domain("id", "in", self.commercial_partner_id.ids) if self else Domain.TRUE
        members = self.with_company(company)._search(members & Domain("member_interest_rate", ">", 0))
        # sudo: what was set against invoices that the person sees; which of them are interest
        later = self.env["account.partial.reconcile"].sudo()._search([("max_date", ">=", date_from)])
        charged = self.env["member.interest"].sudo()._search([]).subselect("line_id")
        interest = self.env["account.move.line"].sudo()._search([("id", "in", charged)]).subselect("move_id")
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("parent_state", "=", "posted")
            & Domain("move_id.move_type", "=", "out_invoice")
            & Domain("display_type", "=", "payment_term")
            & Domain("date_maturity", "<", date_to)
            & Domain("move_id.commercial_partner_id", "in", members)
            & Domain("move_id", "not in", interest)
            & (Domain("reconciled", "=", False) | Domain("id", "in", later.subselect("debit_move_id")))
        )
        if moves is not None:
            domain &= Domain("move_id", "in", moves.ids)
        return self.env["account.move.line"].search(domain, order="date_maturity, move_id, id")

    def _get_payments_of(self, lines):
        """What was set against each of the lines: line → list of (day, amount)."""
        # sudo: as in _get_late_lines
        partials = self.env["account.partial.reconcile"].sudo()
        groups = ["debit_move_id", "max_date:day"]
        sums = partials._read_group([("debit_move_id", "in", lines.ids)], groups, ["debit_amount_currency:sum"])
        found = defaultdict(list)
        for line, day, amount in sums:
            found[line.sudo(False)].append((fields.Date.to_date(day), decimal(amount)))
        return found

    def _get_charged_days(self, moves):
        """Days of the invoices that were charged: invoice → list of (from, to)."""
        # sudo: as in _get_late_lines
        rows = self.env["member.interest"].sudo().search([("move_id", "in", moves.ids)])._filter_standing()
        found = defaultdict(list)
        for row in rows:
            found[row.move_id.sudo(False)].append((row.date_from, row.date_to))
        return found


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Override of `account`: what stands again must not charge days that were charged since.

        :raise UserError: an invoice of interest, or the credit note on one, whose days another invoice charges.
        """
        result = super().write(vals)
        if vals.get("state") in ("draft", "cancel"):
            # sudo: as in _filter_standing
            moves = self.sudo()
            moves |= moves.reversed_entry_id
            self.env["member.interest"].sudo().search([("line_id.move_id", "in", moves.ids)])._check_charged_once()
        return result

    def _meet_others_who_charge(self):
        """Have two people who charge the same invoices know of each other.

        Both touch the invoices: who comes second waits, and then the database has him begin again, and see the first.
        """
        if self.ids:
            self.env.flush_all()
            self.env.cr.execute(SQL("UPDATE account_move SET write_date = write_date WHERE id IN %s", tuple(self.ids)))
