"""What to do to the stored plan so that it says what settlement says; nothing where they agree."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from .ledger import Correction, Due, Planned, Settlement


@dataclass(frozen=True)
class Difference:
    """What to do to the planned rows of a chain, in this order: delete, change, create.

    :ivar delete: keys of rows that should not exist.
    :ivar change: (key, what the row should be).
    :ivar create: rows that are missing.
    :ivar keep: (key, what the row is): nothing to do; how the amount is written (quantity, discount) is the caller's.
    :ivar idle: keys of rows whose decision is about days without service: kept for when they come back, not billed.
    """

    delete: list[Hashable] = field(default_factory=list)
    change: list[tuple[Hashable, Due | Correction]] = field(default_factory=list)
    create: list[Due | Correction] = field(default_factory=list)
    keep: list[tuple[Hashable, Due | Correction]] = field(default_factory=list)
    idle: list[Hashable] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.delete or self.change or self.create)


def difference(settlement: Settlement, planned: Sequence[Planned]) -> Difference:
    """Compare the plan as it should be with the rows that are stored.

    A row is kept for the charge that begins on its first day; what is left is paired within the same decision or
    period, so that a row whose days are cut stays the same row. No row takes a day that another one holds, and none
    that holds a decision is used for something else.

    :param planned: all planned rows of the chain: charges and corrections.
    """
    wanted = [*settlement.charges, *settlement.corrections]
    found = Difference()
    rows = list(planned)
    places = {_get_place(row) for row in rows}
    for get_key, is_moved in ((_get_place_and_decision, False), (_get_owner, True)):
        free = [item for item in wanted if not (is_moved and _get_place(item) in places)]
        rows = _pair(rows, free, get_key, found)
        paired = {id(item) for _key, item in found.keep + found.change}
        wanted = [item for item in wanted if id(item) not in paired]
    found.create.extend(wanted)
    held = {charge.decision for charge in settlement.charges}
    for row in rows:
        if row.decision and row.decision not in held:
            held.add(row.decision)
            found.idle.append(row.key)
        else:
            found.delete.append(row.key)
    return found


def _is_correction(item: Planned | Due | Correction) -> bool:
    return isinstance(item, Correction) or (isinstance(item, Planned) and item.row is not None)


def _get_place(item: Planned | Due | Correction) -> tuple:
    """Where a row stands: at most one of a kind begins on a day."""
    if _is_correction(item):
        return item.row, item.date_from, item.again
    return item.line, item.date_from


def _get_place_and_decision(item: Planned | Due | Correction) -> tuple:
    return _get_place(item), None if _is_correction(item) else item.decision


def _get_owner(item: Planned | Due | Correction) -> tuple:
    """What a row is a part of: the correction of a billed row, a decision, or a natural period of a line."""
    if _is_correction(item):
        return "correction", item.row, item.again
    return item.line, item.decision or item.whole


def _pair(rows: list[Planned], wanted: list, get_key, found: Difference) -> list[Planned]:
    """Pair stored rows and wanted ones that have the same key, in their order; return the rows left over."""
    waiting = defaultdict(list)
    for row in rows:
        waiting[get_key(row)].append(row)
    for item in wanted:
        same = waiting[get_key(item)]
        if same:
            row = same.pop(0)
            (found.keep if _is_same(row, item) else found.change).append((row.key, item))
    return [row for same in waiting.values() for row in same]


def _is_same(row: Planned, item: Due | Correction) -> bool:
    """Whether a stored row says what it should; values that are not stored are not compared."""
    if (row.line, row.date_from, row.date_to, row.amount) != (item.line, item.date_from, item.date_to, item.amount):
        return False
    if isinstance(item, Correction):
        return True
    return row.whole in (None, item.whole) and row.price in (None, item.price)
