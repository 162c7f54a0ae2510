"""Numbers of contracts: drawn from the sequence of the company, and never one that is taken."""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.base.models.ir_sequence import _update_nogap

CODE = "subscription.contract"


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    @api.model
    def _draw_numbers(self, company, count):
        """Return the next numbers of a company that no contract of it has.

        Numbers get in by other ways too: imports, and what people write. The sequence then goes on after them.
        """
        sequences = self.env["ir.sequence"].with_company(company)
        numbers = sequences._draw_subscription_numbers(CODE, count)
        taken = self._get_taken_numbers(company, numbers)
        if not taken:
            return numbers
        self._continue_numbering(company)
        others = iter(sequences._draw_subscription_numbers(CODE, sum(number in taken for number in numbers)))
        return [next(others) if number in taken else number for number in numbers]

    @api.model
    def _get_taken_numbers(self, company, numbers):
        """Return those of the numbers that a contract of the company has, archived ones too."""
        contracts = self.sudo().with_context(active_test=False)  # sudo: whose it is does not matter to its number
        there = contracts.search_fetch([("company_id", "=", company.id), ("name", "in", numbers)], ["name"])
        return set(there.mapped("name"))

    @api.model
    def _continue_numbering(self, companies):
        """Have the sequences of companies go on after the highest number that a contract of them has.

        Whatever the padding of that number; of a sequence with date ranges, each range for itself.
        """
        # sudo: whoever makes contracts need not be allowed to change sequences
        sequences = self.env["ir.sequence"].sudo()
        for company in companies:
            domain = [("code", "=", CODE), ("company_id", "in", [company.id, False])]
            sequence = sequences.with_company(company).search(domain, order="company_id", limit=1)
            if not sequence:
                continue
            if not sequence.use_date_range:
                self._continue_sequence(company, sequence, *sequence._get_prefix_suffix())
                continue
            for part in sequence.date_range_ids | sequence._get_current_sequence():
                dated = sequence.with_context(ir_sequence_date_range=part.date_from)
                self._continue_sequence(company, part, *dated._get_prefix_suffix())

    def _continue_sequence(self, company, sequence, prefix, suffix):
        """Move a sequence, or a date range of one, past the numbers of the company that begin and end like its own.

        Never back, and by whole steps.
        """
        sequence.invalidate_recordset(["number_next_actual"])
        last, following = self._get_last_number(company, prefix, suffix), sequence.number_next_actual
        step = (sequence.sequence_id if "sequence_id" in sequence._fields else sequence).number_increment
        if step > 0 and last >= following:
            sequence.number_next = following + ((last - following) // step + 1) * step

    def _get_last_number(self, company, prefix, suffix):
        """Return the highest number between prefix and suffix, however they are capitalised; 0 when there is none."""
        self.flush_model(["name", "company_id"])
        query = SQL(
            """
            SELECT max(digits::bigint) FROM (
                SELECT substr(name, %(start)s, length(name) - %(around)s) AS digits
                  FROM subscription_contract
                 WHERE company_id = %(company)s
                   AND length(name) > %(around)s
                   AND lower(left(name, %(before)s)) = lower(%(prefix)s)
                   AND lower(right(name, %(after)s)) = lower(%(suffix)s)
                OFFSET 0
            ) numbers WHERE digits ~ '^[0-9]{1,18}$' AND length(ltrim(digits, '0')) < 10
            """,
            start=len(prefix) + 1,
            around=len(prefix) + len(suffix),
            company=company.id,
            before=len(prefix),
            prefix=prefix,
            after=len(suffix),
            suffix=suffix,
        )
        [(last,)] = self.env.execute_query(query)
        return last or 0


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _draw_subscription_numbers(self, code, count):
        """Return the next numbers of the company one works in, those that `next_by_code` would give one by one.

        They are taken in one step: of a sequence without gaps under its lock, else by the counter of the database,
        which gives no number twice. "/" where there is no sequence.
        """
        self.browse().check_access("read")
        domain = [("code", "=", code), ("company_id", "in", [self.env.company.id, False])]
        sequence = self.search(domain, order="company_id", limit=1)
        if not sequence:
            return ["/"] * count
        part = sequence
        if sequence.use_date_range:
            part = sequence._get_current_sequence(self.env.context.get("ir_sequence_date"))
            sequence = sequence.with_context(ir_sequence_date_range=part.date_from)
        return [sequence.get_next_char(number) for number in sequence._take_subscription_block(part, count)]

    def _take_subscription_block(self, part, count):
        """Take so many values off the counter of a sequence.

        :param part: the sequence itself, or the date range whose counter it is.
        """
        self.ensure_one()
        if self.implementation != "standard":
            first = _update_nogap(part, self.number_increment * count) if count else 0
            return [first + step * self.number_increment for step in range(count)]
        counter = f"ir_sequence_{self.id:03d}" if part == self else f"ir_sequence_{self.id:03d}_{part.id:03d}"
        query = SQL("SELECT nextval(%s) FROM generate_series(1, %s)", counter, count)
        return [number for (number,) in self.env.execute_query(query)]
