"""What the rows of each layout must fulfil, besides that every cell can be read."""

from collections.abc import Iterator
from typing import NamedTuple

from ..periods import ONE_DAY, fits_calendar
from . import values
from .header import Header
from .layout import CUSTOMER, LAYOUTS

MAX_SHOWN = 200
# What a blank cell of a contract line, or of a row of a payment plan, means
DEFAULTS = {"quantity": 1.0, "discount": 0.0, "interval": 1, "unit": "month", "repetitions": 0, "prorate": True}
FAR = 500  # so many units end long before the calendar does, whatever the unit
MAX_HOURS = 8784  # a year
# Columns of a recurrence that say nothing beside a rule, or beside a frequency
UNUSED = {
    "rule": ("last_day", "times", "every", "weekdays", "month_day"),
    "day": ("weekdays", "month_day"),
    "week": ("month_day",),
    "month": ("weekdays",),
    "year": ("weekdays",),
}
INVOICE_CUSTOMER = ("invoice_individual", "invoice_corporate")


class Problem(NamedTuple):
    """Something that keeps a row, or the file, from being imported; or a notice.

    :param code: reason, as of :class:`~.refusal.Refusal`
    :param row: number of the row in the sheet; 0 for the file as a whole
    :param column: heading as the user knows it; empty when the whole row is meant
    :param value: what the sheet shows there
    :param params: what the sentence names besides
    """

    code: str
    row: int = 0
    column: str = ""
    value: str = ""
    params: dict = {}


class Row(NamedTuple):
    """A row of the file.

    :param number: its number in the sheet
    :param values: by column key; blank and bad cells are left out
    :param bad: keys of the cells that could not be read
    """

    number: int
    values: dict
    bad: set


class Group(NamedTuple):
    """The rows with one number. Where they contradict each other there is a problem in the list."""

    number: str
    rows: list[Row]

    @property
    def values(self) -> dict:
        """Return what the file says of the whole group."""
        return self.rows[0].values

    @property
    def row(self) -> int:
        """Return the number of the first row, where problems of the group are shown."""
        return self.rows[0].number


# === ONE ROW === #
def check_row(row: Row, header: Header) -> Iterator[Problem]:
    """Yield what is wrong between the cells of a row."""
    return ROW_RULES[header.layout](row, header)


def _check_contract_row(row, header):
    filled = row.values.keys() | row.bad
    customers = sum(key in filled for key in CUSTOMER)
    if customers != 1:
        yield _pair_problem("both_customers" if customers else "no_customer", row, CUSTOMER, header)
    if all(key in filled for key in INVOICE_CUSTOMER):
        yield _pair_problem("both_customers", row, INVOICE_CUSTOMER, header)
    yield from _check_days(row, header, "date_start", "date_end", "end_before_start")
    yield from _check_quantity(row, header)
    yield from _check_paid_until(row, header)
    yield from _check_cadence(row, header)


def _check_plan_row(row, header):
    yield from _check_days(row, header, "period_start", "period_end", "period_order")
    yield from _check_quantity(row, header)


def _check_member_row(row, header):
    kind = row.values.get("member_kind")
    if kind in ("contact", "branch") and "parent" not in row.values and "parent" not in row.bad:
        yield Problem("parent_needed", row.number, header.heading("parent"))
    if kind in ("contact", "branch") and "vat" in row.values:
        yield Problem("vat_not_taken", row.number, header.heading("vat"), row.values["vat"])
    if kind in ("individual", "corporate") and "parent" in row.values:
        yield Problem("parent_not_taken", row.number, header.heading("parent"), row.values["parent"])


def _check_recurrence_row(row, header):
    filled = row.values.keys() | row.bad
    if all(key in filled for key in CUSTOMER):
        yield _pair_problem("both_customers", row, CUSTOMER, header)
    if ("rule" in filled) == ("frequency" in filled):
        yield _pair_problem("one_rule", row, ("rule", "frequency"), header)
    if "last_day" in filled and "times" in filled:
        yield _pair_problem("both_customers", row, ("last_day", "times"), header)
    yield from _check_days(row, header, "first_day", "last_day", "period_order")
    yield from _check_unused(row, header)
    hours = row.values.get("hours", 1)
    if hours <= 0:
        yield Problem("bad_quantity", row.number, header.heading("hours"), values.shown(hours))
    if hours > MAX_HOURS:
        yield Problem("too_big", row.number, header.heading("hours"), values.shown(hours), {"limit": MAX_HOURS})


def _check_unused(row, header):
    """Yield the cells that mean nothing beside the rule or the frequency: what they say would be lost."""
    key = "rule" if "rule" in row.values else "frequency"
    for unused in UNUSED.get("rule" if key == "rule" else row.values.get(key), ()):
        if unused in row.values:
            params = {"other": header.heading(key), "value": row.values[key][:40]}
            yield Problem("not_taken", row.number, header.heading(unused), params=params)


ROW_RULES = {
    "contracts": _check_contract_row,
    "members": _check_member_row,
    "plans": _check_plan_row,
    "recurrences": _check_recurrence_row,
}


def _pair_problem(code, row, keys, header):
    first, second = map(header.heading, keys)
    return Problem(code, row.number, f"{first}, {second}", params={"first": first, "second": second})


def _check_days(row, header, first, last, code):
    start, end = row.values.get(first), row.values.get(last)
    if start and end and end < start:
        params = {"start": f"{start:%d.%m.%Y}", "end": f"{end:%d.%m.%Y}"}
        yield Problem(code, row.number, header.heading(last), params["end"], params)


def _check_paid_until(row, header):
    start, end, paid = (row.values.get(key) for key in ("date_start", "date_end", "paid_until"))
    if start and paid and (paid < start - ONE_DAY or (end and paid > end)):
        shown = f"{paid:%d.%m.%Y}"
        params = {"day": shown, "start": f"{start:%d.%m.%Y}", "end": f"{end:%d.%m.%Y}" if end else "…"}
        yield Problem("paid_outside", row.number, header.heading("paid_until"), shown, params)


def _check_cadence(row, header):
    cadence = [row.values.get(key, DEFAULTS[key]) for key in ("interval", "unit", "repetitions")]
    start = row.values.get("date_start")
    if start and cadence[0] * max(cadence[2], 1) > FAR and not fits_calendar(start, *cadence):
        yield Problem("too_far", row.number, header.heading("interval"), values.shown(cadence[0]))


def _check_quantity(row, header):
    quantity = row.values.get("quantity", 1)
    if quantity <= 0:
        yield Problem("bad_quantity", row.number, header.heading("quantity"), values.shown(quantity))


# === ONE GROUP === #
def check_group(group: Group, header: Header) -> Iterator[Problem]:
    """Yield where rows of one number say different things of it, and rows that stand in the file twice."""
    layout = LAYOUTS[header.layout]
    if not layout.group_key:
        return
    first, *others = group.rows
    lines = {_line(first, layout): first.number} if others else {}
    for row in others:
        params = {"number": group.number, "first": first.number, "row": row.number}
        differing = [key for key in layout.group_keys if row.values.get(key) != first.values.get(key)]
        for key in differing:
            if key not in first.bad and key not in row.bad:
                shown = values.shown(row.values.get(key))[:MAX_SHOWN]
                yield Problem("rows_differ", row.number, header.heading(key), shown, params)
        same = lines.setdefault(_line(row, layout), row.number)
        if same != row.number and not differing and not row.bad:
            heading = header.heading(layout.group_key)
            yield Problem("repeated_row", row.number, heading, group.number, {**params, "first": same})
    if header.layout == "contracts" and all(row.values.get("price") == 0 for row in group.rows):
        yield Problem("no_price", first.number, header.heading("price"), "0", {"number": group.number})
    if header.layout == "plans":
        yield from _check_overlaps(group, header)


def _line(row, layout):
    return tuple(row.values.get(key) for key in layout.line_keys)


def _check_overlaps(group, header):
    """Yield the rows of a payment plan that bill days which an earlier row bills already."""
    periods = [
        (row.values.get("product", ""), row.values["period_start"], row.values["period_end"], row.number)
        for row in group.rows
        if {"period_start", "period_end"} <= row.values.keys()
    ]
    furthest = {}
    for product, start, end, number in sorted(periods):
        last, first = furthest.get(product, (None, None))
        if last and start <= last:
            shown, params = f"{start:%d.%m.%Y}", {"first": first}
            yield Problem("periods_overlap", number, header.heading("period_start"), shown, params)
        if not last or end > last:
            furthest[product] = (end, number)


# === THE WHOLE FILE === #
def check_file(groups: list[Group], header: Header) -> Iterator[Problem]:
    """Yield what is wrong between groups: a member that is there twice, or stands below one of the wrong kind."""
    if header.layout == "recurrences":
        yield from _check_twice(groups, header)
    if header.layout != "members":
        return
    seen, kinds = {}, {}
    for group in groups:
        code, kind = group.values.get("member"), group.values.get("member_kind")
        if code and kind:
            first = seen.setdefault((kind, code), group.row)
            kinds.setdefault(code, set()).add(kind)
            if first != group.row:
                params = {"first": first, "row": group.row, "number": code}
                yield Problem("repeated_member", group.row, header.heading("member"), code, params)
    for group in groups:
        parent = group.values.get("parent")
        if parent in kinds and "corporate" not in kinds[parent]:
            yield Problem("parent_not_corporate", group.row, header.heading("parent"), parent)


def _check_twice(groups, header):
    seen = {}
    for group in groups:
        code = group.values.get("recurrence")
        first = seen.setdefault(code, group.row)
        if code and first != group.row:
            params = {"first": first, "row": group.row, "number": code}
            yield Problem("repeated_member", group.row, header.heading("recurrence"), code, params)
