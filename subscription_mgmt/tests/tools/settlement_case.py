"""Lines, billed rows and credits for tests of settlement, with days and amounts as text."""

import unittest
from decimal import Decimal

from cases import day

from subscription_mgmt.tools.plan import Cadence
from subscription_mgmt.tools.settlement import Billed, Credit, Ledger, Terms, served, settle

FIRST, HORIZON = "2026-01-01", "2026-12-31"


def span(first, last=None):
    return day(first), day(last) if last else None


def terms(price="100", start=FIRST, end=None, *, pauses=(), line="line", anchor=None, contract=None, **values):
    """A line of 100.00 a month from 1 January 2026, unless said otherwise; days as text, both ends included."""
    cadence = {
        name: values.pop(name)
        for name in ("interval", "unit", "anchor_day", "repetitions", "date_end")
        if name in values
    }
    return Terms(
        line,
        Cadence(day(anchor or start), **cadence),
        served(span(start, end), span(*(contract or (start,))), pauses=[span(*pause) for pause in pauses]),
        Decimal(price),
        **{"horizon": day(HORIZON), **values},
    )


def billed(first, last, price="100", key=1, **values):
    """A row billed at this price for its own days; `whole` as text where it is a part of a period."""
    row = {"planned": Decimal(price), "charged": Decimal(price), "price": Decimal(price), "line": "line", **values}
    row["whole"] = span(*row["whole"]) if "whole" in row else span(first, last)
    for name in ("planned", "charged", "returned", "again"):
        if name in row:
            row[name] = Decimal(row[name])
    return Billed(key=key, date_from=day(first), date_to=day(last), **row)


def credit(first, last, amount, row=1, **values):
    return Credit(row, *span(first, last), Decimal(amount), **values)


def say(rows):
    """Rows as short text: days and amount."""
    return [f"{row.date_from:%m-%d}..{row.date_to:%m-%d} {row.amount}" for row in rows]


class SettlementCase(unittest.TestCase):
    def charges(self, chain, *rows, count=2, **ledger):
        """Settle and compare the first charges."""
        chain = chain if isinstance(chain, list) else [chain]
        return say(settle(chain, Ledger(rows, **ledger)).charges)[:count]

    def corrections(self, chain, *rows, **ledger):
        chain = chain if isinstance(chain, list) else [chain]
        return say(settle(chain, Ledger(rows, **ledger)).corrections)
