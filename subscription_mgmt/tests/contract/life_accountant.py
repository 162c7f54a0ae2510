"""What an accountant does to the invoices of a life, and what is remembered of it."""

from decimal import ROUND_HALF_UP, Decimal

# Acts and how often each is done
ACCOUNTING = {
    "credit_in_full": 2, "credit_in_part": 3, "cancel": 2, "correct": 2, "put_in_place": 2, "withdraw": 1,
    "undo_ours": 1, "bill_again": 1,
}  # fmt: skip


class Accountant:
    """Acts on what :class:`Life` has billed."""

    def get_amount(self, invoice_line):
        """What counts of an invoice line: with the tax where the price includes it; a credit note gives back.

        Tax and price are rounded apart: where the price includes the tax, their sum may miss the price by a cent.
        """
        amount = Decimal(0)
        for line in invoice_line:
            figures = Decimal(str(line.quantity)), Decimal(str(line.price_unit)), Decimal(str(line.discount))
            price = (figures[0] * figures[1] * (100 - figures[2]) / 100).quantize(self.cent, rounding=ROUND_HALF_UP)
            taxed = Decimal(str(line.price_total if self.included else line.price_subtotal))
            self.case.assertLessEqual(abs(price - taxed), self.cent if self.included else 0)
            amount += -price if line.move_type == "out_refund" else price
        return amount

    def get_left(self, charge):
        """What is left of a billed row after what we and accounting gave back."""
        own = Decimal(0) if charge.cancelled else self.get_amount(charge.row.invoice_line_id) - charge.given
        ours = self.contract.installment_ids.filtered(
            lambda row: row.credited_id == charge.row and row.invoice_line_id.parent_state == "posted"
        )
        return own + sum((self.get_amount(row.invoice_line_id) for row in ours), Decimal(0))

    def get_mates(self, charge):
        """What was billed by the same invoice."""
        return [other for other in self.charges.values() if other.row.invoice_id == charge.row.invoice_id]

    def pick_charge(self):
        """A billed row on a posted invoice of charges alone, of which accounting gave nothing back; we may have."""
        found = [
            charge
            for charge in self.charges.values()
            if charge.row.invoice_id.state == "posted"
            and charge.row.invoice_id.move_type == "out_invoice"
            and len(charge.row.invoice_id.invoice_line_ids) == len(self.get_mates(charge))
            and all(self.is_whole(mate) for mate in self.get_mates(charge))
        ]
        return self.chance.choice(found) if found else None

    def is_whole(self, charge):
        return not charge.touched and self.get_amount(charge.row.invoice_line_id) > 0

    def describe(self, charge):
        return f"{charge.row.date_from}..{charge.row.date_to} {charge.given}"

    def reverse(self, charge, share=1.0):
        """A posted credit note over a share of what one line of an invoice charged."""
        note = charge.row.invoice_id._reverse_moves([{"invoice_date": self.today}])
        lines = note.invoice_line_ids
        mine = lines.filtered(lambda line: line.subscription_origin_line_id == charge.row.invoice_line_id)
        (lines - mine).unlink()
        if share != 1.0:
            mine.price_unit = self.currency.round(mine.price_unit * share)
        note.action_post()
        charge.touched = True
        charge.given -= self.get_amount(mine)
        charge.notes.append(note)
        return self.describe(charge)

    def credit_in_full(self):
        charge = self.pick_charge()
        return charge and self.reverse(charge)

    def credit_in_part(self):
        charge = self.pick_charge()
        return charge and self.reverse(charge, round(self.chance.uniform(0.1, 0.9), 2))

    def withdraw(self):
        """Cancel a credit note by hand: what it gave back is charged as before."""
        charges = [charge for charge in self.charges.values() if charge.notes and not charge.again]
        if charges:
            charge = self.chance.choice(charges)
            note = charge.notes.pop()
            note.button_draft()
            note.button_cancel()
            charge.given += self.get_amount(note.invoice_line_ids)
            return self.describe(charge)

    def undo_ours(self):
        """Cancel a credit note that billing made: what it gave back stays charged."""
        rows = self.contract.installment_ids.filtered("credited_id")
        notes = rows.invoice_id.filtered(lambda move: (move.move_type, move.state) == ("out_refund", "posted"))
        notes = notes.filtered(lambda move: move.invoice_line_ids == (rows.invoice_line_id & move.invoice_line_ids))
        if notes:
            note = self.chance.choice(notes)
            note.button_draft()
            note.button_cancel()
            for row in rows.filtered(lambda row: row.invoice_id == note).credited_id:
                self.charges[row.id].touched = self.charges[row.id].undone = True
            return note.name

    def cancel(self):
        charge = self.pick_charge()
        if charge:
            charge.row.invoice_id.button_draft()
            charge.row.invoice_id.button_cancel()
            for mate in self.get_mates(charge):
                mate.touched = mate.cancelled = True
            return self.describe(charge)

    def correct(self):
        """Back to draft, another price on one line, posted again."""
        charge = self.pick_charge()
        if charge:
            line = charge.row.invoice_line_id
            line.move_id.button_draft()
            line.price_unit = self.currency.round(line.price_unit * self.chance.uniform(0.5, 1.2))
            line.move_id.action_post()
            charge.touched = True
            return f"{self.describe(charge)} {self.get_amount(line)}"

    def put_in_place(self):
        """Odoo's "reverse and create invoice": a credit note in full, and an invoice that charges less."""
        charge = self.pick_charge()
        if charge:
            moves, invoice = self.case.env["account.move"], charge.row.invoice_id
            wizard = self.case.env["account.move.reversal"]
            wizard = wizard.with_context(active_model="account.move", active_ids=invoice.ids)
            wizard.create({"journal_id": invoice.journal_id.id, "date": self.today}).modify_moves()
            again = moves.search([("partner_id", "=", invoice.partner_id.id)], order="id desc", limit=1)
            self.case.assertEqual((again.move_type, again.state), ("out_invoice", "draft"))
            for line in again.invoice_line_ids:
                line.price_unit = self.currency.round(line.price_unit * 0.75)
            again.invoice_date = self.today
            again.action_post()
            for mate in self.get_mates(charge):
                place = again.invoice_line_ids.filtered(
                    lambda line, mate=mate: line.subscription_origin_line_id == mate.row.invoice_line_id
                )
                mate.touched = True
                mate.given += self.get_amount(mate.row.invoice_line_id) - self.get_amount(place)
            return self.describe(charge)

    def bill_again(self):
        gone = [charge for charge in self.charges.values() if charge.touched and not self.get_left(charge)]
        if gone:
            charge = self.chance.choice(gone)
            if self.attempt(charge.row.action_bill_again, "Agreed"):
                charge.again = True
                return f"{charge.row.date_from}..{charge.row.date_to}"
