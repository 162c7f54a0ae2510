"""What changes when a rule changes: a plan to show first and to carry out afterwards.

Nothing that was done, decided or moved by hand is touched, and nobody is called twice in one week because the day of
the call changed (RECURRENCE.md 4.4, REC-19 to REC-21).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .rule import FREQUENCIES, Rule
from .slots import is_slot


@dataclass(frozen=True)
class Existing:
    """One interaction that stands, of one series.

    :ivar slot: the date the rule gave it, which never changes with the day it is planned on
    :ivar planned: the day it is planned on now
    :ivar frozen: whether it is to stay as it is: done, cancelled, invoiced, or moved by hand
    :ivar ref: whatever the caller knows it by; not looked at here
    """

    slot: date
    planned: date
    frozen: bool
    ref: object = None


@dataclass(frozen=True)
class Difference:
    """What a change of rule does to the interactions that stand; each is in exactly one of the first three.

    :ivar kept: stay as they are
    :ivar moved: open ones, with the slot they get; id, notes and files stay with them
    :ivar removed: open ones for which the new rule has no slot in their period
    :ivar added: slots for which a new one is made
    :ivar covered: frozen ones, all of them kept, with the new slot of their period for which none is made, because
        that period has had its interaction. To be remembered, so that the rolling horizon makes none either.
    """

    kept: list[Existing] = field(default_factory=list)
    moved: list[tuple[Existing, date]] = field(default_factory=list)
    removed: list[Existing] = field(default_factory=list)
    added: list[date] = field(default_factory=list)
    covered: list[tuple[Existing, date]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.moved or self.removed or self.added)


def plan(existing: Sequence[Existing], wanted: Iterable[date], *, since: date, old: Rule, new: Rule) -> Difference:
    """Return what is to be done so that the interactions follow the new rule from the day `since` on.

    :param existing: the interactions of one series and, where it has several, one customer; extra ones that no rule
        gave are not among them.
    :param wanted: slots of the new rule up to the horizon, without those that were deleted or are to be skipped;
        slots before `since` are not looked at.
    :param since: interactions with an earlier slot are past and stay, open ones, too.
    :param old: the rule before, :param new: the rule now. A period is a day, week, month or year: that of the rule
        with the shorter one; weeks begin as the new rule says.
    :return: carried out and planned again with the same arguments, it is empty.
    """
    period_of = _period_function(old, new)
    free = {slot for slot in wanted if slot >= since}
    result = Difference()
    frozen, open_ones = [], []
    for one in sorted(existing, key=lambda one: one.slot):
        if one.slot < since or one.frozen or one.slot in free:
            result.kept.append(one)
        else:
            open_ones.append(one)
        # One that stands on a slot of the new rule stands for that slot, and for no other.
        if one.frozen and not is_slot(new, one.slot):
            frozen.append(one)
    free -= {one.slot for one in result.kept}
    _cover(frozen, free, period_of, result)
    _move(open_ones, free, period_of, result)
    result.added.extend(sorted(free))
    return result


def _cover(frozen, free, period_of, result):
    """Take from the free slots the first of the period of each frozen one."""
    by_period = _group(sorted(free), period_of)
    for one in frozen:
        slots = by_period.get(period_of(one.slot))
        if slots:
            slot = slots.pop(0)
            free.remove(slot)
            result.covered.append((one, slot))


def _move(open_ones, free, period_of, result):
    """Give the k-th open one of a period the k-th free slot of it; those without any are removed."""
    by_period = _group(sorted(free), period_of)
    for one in open_ones:
        slots = by_period.get(period_of(one.slot))
        if slots:
            slot = slots.pop(0)
            free.remove(slot)
            result.moved.append((one, slot))
        else:
            result.removed.append(one)


def _group(days, period_of):
    groups = defaultdict(list)
    for day in days:
        groups[period_of(day)].append(day)
    return groups


def _period_function(old, new):
    """A function from a day to the period that holds it."""
    frequency = min(old.frequency, new.frequency, key=FREQUENCIES.index)
    functions = {
        "daily": lambda day: day,
        "weekly": lambda day: day - timedelta(days=(day.weekday() - new.week_start) % 7),
        "monthly": lambda day: (day.year, day.month),
        "yearly": lambda day: day.year,
    }
    return functions[frequency]
