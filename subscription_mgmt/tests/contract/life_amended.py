"""A life whose terms change by amendments: on any day, in any order, some of them undone.

The terms are kept as whoever agreed to them would write them down: for each day the last word about each figure, by the
day from which it holds.
"""

from datetime import date, timedelta

from ...tools.proration import get_exact_price
from .life import AMENDING, Agreed, Life

ONE_DAY = timedelta(days=1)
FIGURES = ("price_unit", "quantity", "discount")


class AmendedLife(Life):
    """A life with amendments in the place of all other changes of lines."""

    def __init__(self, *args, **kind):
        self.words, self.amendments = {}, []
        super().__init__(*args, **kind)
        self.acts = {**self.acts, **AMENDING}
        self.first = self.contract.line_ids
        self.agreed_at_start = {name: self.first[name] for name in FIGURES}

    # === ACTS === #
    def amend(self):
        """One figure, or several, from a day on; of two words about one day none is the last."""
        day = self.draw_day(60, 60)
        line = self.get_segment(day)
        if not line or day in self.words or self.contract.state not in ("active", "paused"):
            return None
        figures = self.draw_figures()
        names = self.chance.sample(FIGURES, self.chance.randint(1, 3))
        news = {name: figures[name] for name in names if figures[name] != line[name]}
        if not news:
            return None
        amendment = self.case.env["subscription.amendment"].create(
            {
                "contract_id": self.contract.id,
                "date_kind": "day",
                "date": day,
                "billing": self.chance.choice(("next", "next", "once")),
                "step_ids": [(0, 0, {"kind": "change", "line_id": line.id, **news})],
            }
        )
        if amendment.problem:
            amendment.unlink()
            return None
        shown = amendment.next_date, amendment.next_amount, amendment.mrr_after
        before = self.contract.installment_ids.filtered(lambda row: row.state == "invoiced").ids
        amendment.action_confirm()
        self.case.assertEqual(amendment.state, "confirmed")
        self.check_shown(amendment, shown, before)
        self.words[day] = news
        self.amendments.append((day, amendment))
        self.follow()
        self.note_billed()
        return f"{day} {news} {amendment.billing}"

    def amend_twice(self):
        """Two in a row, as the second may be of an earlier day."""
        return self.amend(), self.amend()

    def undo(self):
        """The last one, unless something of it was billed, or another act built on it."""
        if not self.amendments:
            return None
        day, amendment = self.amendments[-1]
        if self.attempt(amendment.action_undo):
            self.amendments.pop()
            del self.words[day]
            self.follow()
            return day

    # === WHAT WAS AGREED === #
    def get_segment(self, day):
        """The line in force on a day, by the terms of the lines alone."""
        return self.contract.line_ids.filtered(lambda line: line._serves(day))[:1]

    def get_figures(self, day):
        """The last word about each figure on a day."""
        figures = dict(self.agreed_at_start)
        for word in sorted(word for word in self.words if word <= day):
            figures.update(self.words[word])
        return figures

    def follow(self):
        """Compare the lines with what was agreed, and remember which line serves which days."""
        lines = self.contract.with_context(active_test=False).line_ids
        live = lines.filtered(lambda line: line.active).sorted("date_start")
        day = self.start
        for line in live:
            self.case.assertEqual(line.date_start, day, "no day without a line, none with two")
            for probe in (line.date_start, min(line.date_end or date.max, line.date_start + timedelta(days=20))):
                self.case.assertEqual({name: line[name] for name in FIGURES}, self.get_figures(probe), probe)
            day = line.date_end and line.date_end + ONE_DAY
        self.case.assertFalse(day, "the last line has no end")
        self.lines = [
            Agreed(line, line.date_start, line.date_end or None, get_exact_price(*self.read_figures(line)))
            if line.active
            else Agreed(line, line.date_start, line.date_start - ONE_DAY, self.get_price(line))
            for line in lines.sorted("id")
        ]

    @staticmethod
    def read_figures(line):
        return line.quantity, line.price_unit, line.discount

    def check_shown(self, amendment, shown, before):
        """What was shown has come about: the next invoice, its amount, and the revenue of the day."""
        day, amount, mrr = shown
        rows = self.contract.installment_ids
        billed = rows.filtered(lambda row: row.state == "invoiced" and row.id not in before)
        due = {row: max(row.date_invoice, self.today) for row in rows if row.state == "planned"}
        due.update(dict.fromkeys(billed, self.today))
        self.case.assertEqual(min(due.values(), default=False), day)
        got = sum(row.price_subtotal for row, when in due.items() if when == day)
        self.case.assertAlmostEqual(got, amount, places=self.digits)
        self.case.assertAlmostEqual(self.contract._get_mrr(amendment.date), mrr, places=self.digits)
