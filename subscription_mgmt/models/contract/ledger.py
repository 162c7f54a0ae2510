"""What the ledger holds for a batch of contracts, read once for all of them and handed to the settlement."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from ...tools.proration import net, rounded
from ...tools.settlement import Billed, Credit, Ledger, Planned

ZERO = Decimal(0)


class Row(NamedTuple):
    """A row of the plan with the invoice line that billed it."""

    id: int
    line_id: int
    date_from: object
    date_to: object
    state: str
    quantity: float
    price_unit: float
    discount: float
    whole_from: object
    whole_to: object
    price_whole: float | None
    prorate: bool
    date_invoice: object
    decision_id: int | None
    pause_id: int | None
    credited_id: int | None
    is_again: bool
    is_reopened: bool
    invoice_line_id: int | None
    billed_quantity: float | None
    billed_price: float | None
    billed_discount: float | None
    move_id: int | None
    move_type: str | None
    move_state: str | None

    def get_sign(self):
        """Of the invoice line: what a credit note says is given back."""
        return -1 if self.move_type == "out_refund" else 1


class LedgerReader:
    """Rows, invoice lines and what accounting did to them, of a batch of contracts.

    A handful of queries, however many contracts; amounts are as prices are written, with the tax where it is included.

    :ivar pauses: pauses by contract (:class:`...tools.pauses.Pause`).
    """

    def __init__(self, contracts):
        self.env = contracts.env
        self.rows = defaultdict(list)
        self.decisions = defaultdict(list)
        self.decision_ids = {}
        self.pauses = defaultdict(list)
        self._terms = {}
        self._todays = {}
        rows = self._read_rows(contracts)
        # Amounts of invoices that accounting put in place of a line
        self._placed = defaultdict(Decimal)
        self._returned = self._read_returned(rows)
        for row in rows:
            self.rows[row.line_id].append(row)
        # sudo: decisions hold, whoever settles
        for decision in self.env["subscription.decision"].sudo().search([("contract_id", "in", contracts.ids)]):
            terms = decision._as_terms()
            self.decisions[decision.line_id.id].append(terms)
            self.decision_ids[terms] = decision.id
            self._terms[decision.id] = terms
        # sudo: pauses hold, too
        for pause in self.env["subscription.pause"].sudo().search([("contract_id", "in", contracts.ids)]):
            self.pauses[pause.contract_id.id].append(pause._as_terms())

    def get_today(self, company):
        """The day of today in a company, worked out once."""
        if company not in self._todays:
            self._todays[company] = company._subscription_today()
        return self._todays[company]

    def _read_rows(self, contracts):
        self.env["subscription.installment"].flush_model()
        self.env["account.move.line"].flush_model(["quantity", "price_unit", "discount"])
        self.env["account.move"].flush_model(["state", "partner_id", "commercial_partner_id"])
        return [
            Row(*values)
            for values in self.env.execute_query(
                SQL(
                    """
                    SELECT row.id, row.line_id, row.date_from, row.date_to, row.state, row.quantity, row.price_unit,
                           row.discount, row.whole_from, row.whole_to, row.price_whole, row.prorate,
                           row.date_invoice, row.decision_id, row.pause_id, row.credited_id,
                           COALESCE(row.is_again, FALSE), row.is_reopened, row.invoice_line_id,
                           line.quantity, line.price_unit, line.discount, move.id, move.move_type, move.state
                      FROM subscription_installment row
                 LEFT JOIN account_move_line line ON line.id = row.invoice_line_id
                 LEFT JOIN account_move move ON move.id = line.move_id
                     WHERE row.contract_id = ANY(%s)
                  ORDER BY row.id
                    """,
                    contracts.ids,
                )
            )
        ]

    def _read_returned(self, rows):
        """What accounting gave back by itself, by invoice line: posted credit notes, less invoices put in place.

        What corrects a correction counts for the line that it all began with. A note that was given to another customer
        than the one who was billed gave him nothing back.
        """
        returned = defaultdict(Decimal)
        lines = [row.invoice_line_id for row in rows if row.invoice_line_id]
        if not lines:
            return returned
        found = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE corrections(origin, id) AS (
                    SELECT subscription_origin_line_id, id
                      FROM account_move_line WHERE subscription_origin_line_id = ANY(%s)
                     UNION
                    SELECT corrections.origin, line.id
                      FROM account_move_line line
                      JOIN corrections ON line.subscription_origin_line_id = corrections.id
                )
                SELECT corrections.origin, move.move_type,
                       SUM(line.quantity * line.price_unit * (1 - COALESCE(line.discount, 0) / 100))
                  FROM corrections
                  JOIN account_move_line line ON line.id = corrections.id
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_move_line billed ON billed.id = corrections.origin
                  JOIN account_move invoice ON invoice.id = billed.move_id
                 WHERE move.state = 'posted' AND (move.commercial_partner_id = invoice.commercial_partner_id
                                                  OR move.partner_id = invoice.partner_id)
              GROUP BY corrections.origin, move.move_type
                """,
                lines,
            )
        )
        for line, move_type, amount in found:
            amount = Decimal(str(amount))
            returned[line] += amount if move_type == "out_refund" else -amount
            if move_type != "out_refund":
                self._placed[line] += amount
        self._add_loose_credits(rows, returned)
        return returned

    def _add_loose_credits(self, rows, returned):
        """Credit notes of an invoice whose lines were typed by hand give back of each line its share."""
        moves = list({row.move_id for row in rows if row.move_id})
        loose = self.env.execute_query(
            SQL(
                """
                SELECT move.reversed_entry_id, SUM(line.quantity * line.price_unit
                                                   * (1 - COALESCE(line.discount, 0) / 100)),
                       (SELECT SUM(one.quantity * one.price_unit * (1 - COALESCE(one.discount, 0) / 100))
                          FROM account_move_line one
                         WHERE one.move_id = move.reversed_entry_id AND one.display_type = 'product')
                  FROM account_move move
                  JOIN account_move invoice ON invoice.id = move.reversed_entry_id
                  JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
             LEFT JOIN subscription_installment row ON row.invoice_line_id = line.id
                 WHERE move.reversed_entry_id = ANY(%s) AND move.state = 'posted'
                   AND (move.commercial_partner_id = invoice.commercial_partner_id
                        OR move.partner_id = invoice.partner_id)
                   AND line.subscription_origin_line_id IS NULL AND row.id IS NULL
              GROUP BY move.reversed_entry_id
                """,
                moves,
            )
        )
        shares = {move: Decimal(str(given)) / Decimal(str(whole)) for move, given, whole in loose if whole}
        for row in rows:
            if row.move_id in shares:
                part = self._get_charged(row) * shares[row.move_id]
                returned[row.invoice_line_id] += part

    @staticmethod
    def _get_charged(row):
        return row.get_sign() * net(row.billed_quantity, row.billed_price, row.billed_discount or 0)

    def get_billed_until(self, line):
        """Last day of the line that was billed, or None."""
        return max((row.date_to for row in self.rows[line.id] if row.state == "invoiced"), default=None)

    def get_standing(self, rows):
        """What was charged for billed rows, and what accounting gave back of it, by row id."""
        digits = {row.id: row.currency_id.decimal_places for row in rows}
        found = {}
        for row in (row for line in self.rows.values() for row in line if row.id in digits):
            billed = self._as_billed(row, digits[row.id]) if row.state == "invoiced" else None
            found[row.id] = (billed.charged, billed.returned) if billed else (ZERO, ZERO)
        return found

    def get_ledger(self, chain, digits):
        """The ledger of a chain of lines.

        :param digits: decimals of the currency.
        """
        billed, credits, planned, decisions = [], [], [], []
        for line in chain:
            decisions += self.decisions[line.id]
            for row in self.rows[line.id]:
                if row.state == "planned":
                    planned.append(self._as_planned(row, digits))
                elif row.state == "invoiced" and row.credited_id:
                    credits.append(self._as_credit(row, digits))
                elif row.state == "invoiced":
                    billed.append(self._as_billed(row, digits))
        return Ledger(billed, credits, decisions, planned, digits)

    def _as_planned(self, row, digits):
        amount = rounded(net(row.quantity, row.price_unit, row.discount), digits)
        whole = (row.whole_from, row.whole_to) if row.whole_from else None
        price = None if row.price_whole is None else Decimal(str(row.price_whole))
        decision = self._terms.get(row.decision_id)
        return Planned(
            row.id,
            row.line_id,
            row.date_from,
            row.date_to,
            amount,
            whole,
            price,
            decision,
            row.credited_id,
            row.is_again,
        )

    def _as_billed(self, row, digits):
        planned = rounded(net(row.quantity, row.price_unit, row.discount), digits)
        charged = rounded(self._get_charged(row), digits)
        returned = charged if row.move_state == "cancel" else self._get_returned(row, digits)
        placed = rounded(self._placed.get(row.invoice_line_id, ZERO), digits)
        if placed > 0 and charged > 0 and returned + placed >= charged:
            # All was credited and charged anew: what counts is the invoice that stands in its place.
            charged, returned = placed, returned + placed - charged
        whole = (row.whole_from, row.whole_to) if row.whole_from else None
        price = Decimal(str(row.price_whole)) if whole and row.price_whole is not None else None
        again = returned if row.is_reopened else ZERO
        return Billed(
            row.id,
            row.line_id,
            row.date_from,
            row.date_to,
            planned,
            charged,
            returned,
            again,
            whole,
            price,
            row.prorate,
        )

    def _as_credit(self, row, digits):
        amount = rounded(self._get_charged(row), digits)
        undone = amount if row.move_state == "cancel" else self._get_returned(row, digits)
        return Credit(row.credited_id, row.date_from, row.date_to, amount, undone, row.is_again)

    def _get_returned(self, row, digits):
        return rounded(self._returned.get(row.invoice_line_id, ZERO), digits)
