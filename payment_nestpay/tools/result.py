"""What the bank's page reports of a payment: whether it is true, and what it means.

The gateway reports twice by design (with the customer's browser and by itself), in any order and again and again.
Everything here is a function of the report and of what was asked for, so that the same report always means the same.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum

from . import signature

FULL_SECURE = frozenset({"1"})
HALF_SECURE = frozenset({"2", "3", "4"})  # card or bank without 3-D Secure: an attempt only
SETUP_FAULTS = frozenset({"5", "6", "7", "8"})  # the gateway could not even ask: merchant number, key, store type

MAX_FIELDS = 200
MAX_REFERENCE = 64
CASE_FREE = {"hashalgorithm", "storetype"}

# What may be written to a log; the rest is about the card or its owner
LOGGED = ("oid", "response", "procreturncode", "mdstatus", "transid", "errorcode")


class Refused(Exception):
    """The report is not one that we may believe. The argument says why, in one word."""


class Verdict(Enum):
    APPROVED = "approved"
    NOT_SECURED = "not_secured"  # money was taken, but the card owner was not confirmed
    DIFFERENT = "different"  # money was taken, but not as it was asked for
    DECLINED = "declined"
    NOT_CONFIRMED = "not_confirmed"  # the card owner was asked and failed; no money was taken
    SETUP_FAULT = "setup_fault"  # no money was taken, and it will not be for anybody until staff act


@dataclass(frozen=True)
class Attempt:
    """One payment as we sent it to the bank."""

    merchant: str
    reference: str
    rnd: str
    store_type: str
    version: str
    amount: Decimal
    currency: str
    instalments: frozenset = frozenset({""})
    accepted: frozenset = FULL_SECURE


class Report:
    """The fields of a report, found by name whatever its case, with values exactly as they came."""

    def __init__(self, pairs):
        """:raise Refused: too many fields, or a name that comes twice: which of them was signed cannot be said."""
        self.pairs = list(pairs)
        self.fields = {name.lower(): value for name, value in self.pairs}
        if len(self.pairs) > MAX_FIELDS:
            raise Refused("too_long")
        if len(self.fields) != len(self.pairs):
            raise Refused("duplicate")
        if not self.reference or len(self.reference) > MAX_REFERENCE:
            raise Refused("no_reference")
        if not self.get("hash"):
            raise Refused("no_signature")

    def get(self, name):
        return self.fields.get(name, "")

    @property
    def reference(self):
        return self.get("oid")

    @property
    def approved(self):
        """Whether the bank took the money. Neither the address that was called nor mdStatus says so."""
        return self.get("response") == "Approved" and self.get("procreturncode") == "00"

    def as_logged(self):
        """The few fields that a log may hold, each cut short."""
        return {name: self.get(name)[:64] for name in LOGGED if self.get(name)}


def verify(report, attempt, key):
    """Refuse a report that is not signed with our key for this very attempt.

    :raise Refused: version, signature, merchant number, reference, random text or store type is another.
    """
    if report.get("hashalgorithm").lower() != attempt.version:
        raise Refused("version")
    expected = signature.sign_result(report.pairs, key, attempt.version)
    if expected is None or not signature.same(report.get("hash"), expected):
        raise Refused("signature")
    wanted = {
        "clientid": attempt.merchant,
        "oid": attempt.reference,
        "returnoid": report.get("returnoid") and attempt.reference,
        "rnd": attempt.rnd,
        "storetype": attempt.store_type.lower(),
    }
    for name, value in wanted.items():
        found = report.get(name)
        if (found.lower() if name in CASE_FREE else found) != value:
            raise Refused(name)


def parse_amount(text):
    """The amount of a report, with a point or a comma before the kuruş; None if it is none."""
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def as_asked(report, attempt):
    """Whether amount, currency and instalments are those of the attempt."""
    return (
        parse_amount(report.get("amount")) == attempt.amount
        and report.get("currency") == attempt.currency
        and report.get("taksit") in attempt.instalments
    )


def judge(report, attempt):
    """What a verified report means for the attempt."""
    secured = report.get("mdstatus")
    if report.approved:
        if not as_asked(report, attempt):
            return Verdict.DIFFERENT
        return Verdict.APPROVED if secured in attempt.accepted else Verdict.NOT_SECURED
    if secured in SETUP_FAULTS:
        return Verdict.SETUP_FAULT
    return Verdict.NOT_CONFIRMED if secured == "0" else Verdict.DECLINED
