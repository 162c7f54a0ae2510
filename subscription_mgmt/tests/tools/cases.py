"""The shared recurring-billing cases (public tests and documentation of other systems), by id."""

import json
import pathlib
from datetime import date, timedelta

DATA = pathlib.Path(__file__).parent.parent / "data"


def case(case_id):
    """Return (inputs, expected) of the case with this id."""
    cases = json.loads((DATA / "billing_cases.json").read_text())["cases"]
    found = next(c for c in cases if c["id"] == case_id)
    return found["inputs"], found["expected"]


def day(text):
    """Date from ISO text."""
    return date.fromisoformat(text)


def until(start, stop):
    """Period from `start` to the day before `stop`: the cases leave the end date out, we include both ends."""
    return day(start), day(stop) - timedelta(days=1)
