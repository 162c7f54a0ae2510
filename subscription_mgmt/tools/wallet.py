"""Rules of billing packages: what a customer may buy, which grant pays a request, what is left to give back.

Credits are whole numbers; days are dates, and a period includes both its ends. Nothing here knows a database or the
day of today.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CREDIT, PERIOD = "credit", "period"

# A period package can be bought again when so many days remain to its last day (LIM-17).
RENEWAL_DAYS = 30

# What buying a package means to a customer, by what he holds
BUY, TOP_UP, RENEW, SWITCH, TOO_EARLY = "buy", "top_up", "renew", "switch", "too_early"


class NotEnoughCredit(Exception):
    """A request costs more than is left; nothing was taken.

    :ivar needed: credits that the request costs.
    :ivar left: credits that could have been spent.
    """

    def __init__(self, needed: int, left: int):
        super().__init__(f"{needed} credits needed, {left} left")
        self.needed, self.left = needed, left


@dataclass(frozen=True)
class Grant:
    """Credits of one purchase that are still there.

    `key` is the caller's own; grants handed over in their order of age, the oldest first. `date_end` is the last day
    on which they can be spent, None for ever.
    """

    key: Any
    left: int
    date_start: date = date.min
    date_end: date | None = None

    def is_usable(self, day: date) -> bool:
        """Whether something can be spent from it on the day."""
        return self.left > 0 and self.date_start <= day and not is_over(self.date_end, day)


@dataclass(frozen=True)
class Held:
    """A package that the customer holds and that is not over; `date_end` is its last day, None for ever."""

    kind: str
    date_end: date | None = None


def is_over(date_end: date | None, day: date) -> bool:
    """Whether something that ends on `date_end`, included, is over on the day."""
    return date_end is not None and date_end < day


def balance(grants: Iterable[Grant], day: date) -> int:
    """Credits that can be spent on the day."""
    return sum(grant.left for grant in grants if grant.is_usable(day))


def spend(grants: Sequence[Grant], amount: int, day: date) -> list[tuple[Any, int]]:
    """Which grants pay for a request: the earliest expiry first, then the oldest.

    :param grants: from the oldest to the newest.
    :param amount: whole credits that the request costs; 0 takes nothing.
    :return: (key, credits taken from it), in the order of spending; the parts sum to `amount`.
    :raise NotEnoughCredit: less is left than it costs; nothing is taken then.
    :raise ValueError: a negative amount.
    """
    if amount < 0:
        raise ValueError(f"a request cannot cost {amount} credits")
    usable = [grant for grant in grants if grant.is_usable(day)]
    left = sum(grant.left for grant in usable)
    if left < amount:
        raise NotEnoughCredit(amount, left)
    parts = []
    for grant in sorted(usable, key=lambda grant: grant.date_end or date.max):  # stable: the oldest stays first
        taken = min(grant.left, amount)
        if taken:
            parts.append((grant.key, taken))
        amount -= taken
    return parts


def judge(kind: str, held: Iterable[Held], day: date) -> str:
    """What buying a package of this kind would be for a customer (LIM-15..18).

    :param kind: `credit` or `period`.
    :param held: packages that he holds, those that begin later too; ones that are over do not count.
    :return: `buy`: the first, or anew after the end; `top_up`: more credit; `renew`: another period, within the
        last 30 days; `switch`: ends what is left of the other kind; `too_early`: not before :func:`renewal_opens`.
    """
    present = [one for one in held if not is_over(one.date_end, day)]
    if any(one.kind != kind for one in present):
        return SWITCH
    if not present:
        return BUY
    if kind == CREDIT:
        return TOP_UP
    return RENEW if day >= renewal_opens(last_day(present)) else TOO_EARLY


def last_day(held: Iterable[Held]) -> date:
    """Last day of the periods that the customer holds."""
    return max(one.date_end or date.max for one in held)


def renewal_opens(date_end: date) -> date:
    """First day on which a period that ends on this day can be bought again: with 30 days to go."""
    return date_end - timedelta(days=RENEWAL_DAYS)


def new_period(day: date, days: int, held_until: date | None = None) -> tuple[date, date | None]:
    """First and last day of a package bought on the day.

    A renewal begins where the old period ends, on the day after its last one: no day is paid twice, none is lost.

    :param days: how long it lasts; 0 for ever.
    :param held_until: last day of the period that it renews, None for a new purchase or one after the end.
    """
    first = day if held_until is None or is_over(held_until, day) else held_until + timedelta(days=1)
    return first, first + timedelta(days=days - 1) if days else None


def days_left(date_start: date, date_end: date, day: date) -> int:
    """Days of the period that are still to come, today included."""
    return max(0, (date_end - max(day, date_start)).days + 1)


def top_up(left: int, threshold: int, target: int) -> int:
    """Credits to buy when the balance runs low: the gap to the target, 0 as long as it stays above the threshold."""
    return max(0, target - left) if left <= threshold else 0


def take_back(whole: int, unused: int, paid: Decimal, refunded: Decimal) -> int:
    """Units (credits or days) that a refund takes from the customer.

    All that is unused when everything paid comes back; else in proportion, rounded half up, never more than unused.

    :param whole: units that were bought.
    :param unused: units that are left of them.
    :param paid: what was paid for them; refunded: what comes back, both including tax.
    """
    if refunded >= paid:
        return unused
    share = (Decimal(whole) * refunded / paid).quantize(Decimal(1), ROUND_HALF_UP)
    return min(unused, int(share))


def unused_price(price: Decimal, whole: int, unused: int, digits: int = 2) -> Decimal:
    """Net price of the unused units, rounded half up: what a refund by rule gives back."""
    if not whole:
        return Decimal(0)
    return (price * unused / whole).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
