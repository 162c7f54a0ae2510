"""The content lines around an RFC 5545 rule, unfolded and sorted by name."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple

from .parts import read_local_stamp, read_stamp
from .refusal import RuleRefusal
from .shift import zone

MAX_TEXT = 20_000
FOLD = re.compile(r"\r?\n[ \t]")
LINE = re.compile(r"([A-Z-]{1,40})((?:;[^:\r\n]*)?):(.*)", re.IGNORECASE | re.ASCII)
TZID = re.compile(r';TZID="?([^";:]+)"?', re.IGNORECASE)
PART_EXTENSION = re.compile(r"(?:^|;)(X-[A-Z0-9-]*)=", re.IGNORECASE | re.ASCII)


class Stamp(NamedTuple):
    """One date or date-time as it stands in the text, with the zone its line names."""

    value: str
    tz: str | None


@dataclass
class Lines:
    """What stands in the text, not yet read."""

    start: Stamp | None = None
    rule: str = ""
    excluded: list[Stamp] = field(default_factory=list)
    included: list[Stamp] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_lines(text: str) -> Lines:
    """Sort the lines of a text by name.

    :raise RuleRefusal: for a text that is too long, a line of another kind, a rule or start that is missing or double.
    """
    if len(text) > MAX_TEXT:
        raise RuleRefusal("text_too_long", limit=MAX_TEXT)
    lines = Lines()
    for line in FOLD.sub("", text).splitlines():
        line = line.strip()
        if line:
            _read_line(lines, f"RRULE:{line}" if line.upper().startswith("FREQ=") else line)
    if not lines.rule:
        raise RuleRefusal("no_rule_line")
    lines.left_out += PART_EXTENSION.findall(lines.rule)
    return lines


def _read_line(lines, line):
    match = LINE.fullmatch(line)
    name = match[1].upper() if match else ""
    if name.startswith("X-"):
        lines.left_out.append(name)
    elif name == "RRULE":
        if lines.rule:
            raise RuleRefusal("twice_line", name=name)
        lines.rule = match[3]
    elif name in ("DTSTART", "EXDATE", "RDATE"):
        tzid = TZID.search(match[2])
        stamps = [Stamp(value.strip().upper(), tzid and tzid[1]) for value in match[3].split(",")]
        if name == "DTSTART":
            if lines.start or len(stamps) > 1:
                raise RuleRefusal("twice_line", name=name)
            lines.start = stamps[0]
        else:
            (lines.excluded if name == "EXDATE" else lines.included).extend(stamps)
    else:
        raise RuleRefusal("bad_line", value=line[:60])


def read_stamps(stamps: list[Stamp], moment: time | None, tz: str | None) -> tuple[tuple[date, ...], list[str]]:
    """Return the days of the stamps that have the time of day of the start, sorted, and the texts of the others.

    :raise RuleRefusal: ``mixed_stamps`` for a date beside a start with a time, and the other way round; ``bad_stamp``;
        ``bad_zone``
    """
    days, others = set(), []
    for stamp in stamps:
        day, at, is_utc = read_stamp(stamp.value)
        if (at is None) != (moment is None) or (at and not tz and (is_utc or stamp.tz)):
            raise RuleRefusal("mixed_stamps", value=stamp.value)
        if at and stamp.tz and not is_utc and stamp.tz != tz:
            local = datetime.combine(day, at, tzinfo=zone(stamp.tz)).astimezone(zone(tz))
            day, at = local.date(), local.time()
        elif is_utc:
            day, at = read_local_stamp(stamp.value, tz)
        if at == moment:
            days.add(day)
        else:
            others.append(stamp.value)
    return tuple(sorted(days)), others
