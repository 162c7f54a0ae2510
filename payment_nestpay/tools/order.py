"""What the bank knows of an order: its last state, and all that was done to it.

Amounts are in the smallest unit here (kuruş), unlike everywhere else at the gateway.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

SALE, REFUND = "S", "C"
UNSETTLED, SETTLED, VOIDED, DECLINED = "C", "S", "V", "D"
STILL_WORKING = frozenset({"R", "PN", "NW", "A"})  # asked again later; A is an authorisation that we never ask for


class Outcome(Enum):
    NOT_FOUND = "not_found"
    PAID = "paid"
    PENDING = "pending"
    DECLINED = "declined"
    RETURNED = "returned"  # voided or refunded
    UNCLEAR = "unclear"  # a state that no document describes


OUTCOME_OF_SALE = {
    UNSETTLED: Outcome.PAID,
    SETTLED: Outcome.PAID,
    VOIDED: Outcome.RETURNED,
    "CNCL": Outcome.RETURNED,
    DECLINED: Outcome.DECLINED,
    "ERR": Outcome.DECLINED,
}


def parse_minor(text):
    """`101` is 1.01. Anything else than digits is no amount."""
    return Decimal(text).scaleb(-2) if text.isascii() and text.isdigit() else None


def parse_time(text):
    """Local time of the bank, without its fractions; None if there is none."""
    try:
        return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def split_status(text):
    """`NAME:value` parts of the text that repeats the single elements."""
    return dict(part.split(":", 1) for part in text.split("\t") if ":" in part)


@dataclass(frozen=True)
class Order:
    """The state of an order: that of the last thing that succeeded, else of the last that did not."""

    outcome: Outcome
    amount: Decimal | None = None
    time: datetime | None = None
    trans_id: str = ""
    auth_code: str = ""
    md_status: str = ""


def read_order(answer, reference):
    """The order that the answer to a status query describes.

    An order that the bank does not know comes as an empty template, which is not to be taken for data.
    """
    told = {**split_status(answer.extra.get("ORDERSTATUS", "")), **{k: v for k, v in answer.extra.items() if v}}
    if not answer.approved or told.get("ORD_ID") != reference:
        return Order(Outcome.NOT_FOUND)
    state = told.get("TRANS_STAT", "")
    if state in STILL_WORKING:
        outcome = Outcome.PENDING
    elif told.get("CHARGE_TYPE_CD") == REFUND:
        outcome = Outcome.RETURNED
    else:
        outcome = OUTCOME_OF_SALE.get(state, Outcome.UNCLEAR)
    return Order(
        outcome,
        parse_minor(told.get("CAPTURE_AMT") or told.get("ORIG_TRANS_AMT", "")),
        parse_time(told.get("AUTH_DTTM", "")),
        told.get("TRANS_ID", ""),
        told.get("AUTH_CODE", ""),
        told.get("MDSTATUS", ""),
    )


@dataclass(frozen=True)
class Step:
    """One thing that was done to an order."""

    kind: str
    state: str
    amount: Decimal
    trans_id: str
    succeeded: bool


@dataclass(frozen=True)
class History:
    """Everything that was done to an order."""

    steps: tuple

    @property
    def sale(self):
        """The payment, if there is one that succeeded."""
        return next((step for step in self.steps if step.kind == SALE and step.succeeded), None)

    @property
    def returned(self):
        """How much the customer has got back."""
        if self.sale and self.sale.state == VOIDED:
            return self.sale.amount
        refunds = (step for step in self.steps if step.kind == REFUND and step.succeeded and step.state != VOIDED)
        return sum((step.amount for step in refunds), Decimal())


def read_history(answer):
    """The history that the answer to a history query tells."""
    names = sorted(
        (name for name in answer.extra if name.startswith("TRX") and name[3:].isdigit()), key=lambda name: int(name[3:])
    )
    return History(tuple(filter(None, (read_step(answer.extra[name]) for name in names))))


def read_step(row):
    """A row: type, state, amount asked, amount moved, three times, reference, authorisation, code, transaction."""
    cells = row.split("\t")
    if len(cells) < 11:
        return None
    kind, state, asked, moved, *_times, _reference, _authorisation, code, trans_id = cells[:11]
    amount = parse_minor(moved) or parse_minor(asked) or Decimal()
    return Step(kind, state, amount, trans_id, code == "00" and state != DECLINED)
