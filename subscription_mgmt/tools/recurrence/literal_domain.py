"""Search conditions that people type, as the server will carry them out at night: fixed values and nothing that runs.

Relative days are words of Odoo (`"today -7d"`), so no expression is needed for them.
"""

import ast

from ..refusal import Refusal

MAX_LENGTH = 10_000
MAX_TERMS = 100
MAX_VALUES = 1_000
OPERATORS = ("&", "|", "!")
SCALARS = (str, int, float, bool, type(None))


def parse(text: str) -> list:
    """Return the conditions that a text spells out.

    :raise Refusal: ``too_long``, ``not_fixed`` (an expression, a call, a name), ``no_condition``, ``too_many``
    """
    if len(text or "") > MAX_LENGTH:
        raise Refusal("too_long", limit=MAX_LENGTH)
    try:
        domain = ast.literal_eval((text or "").strip() or "[]")
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise Refusal("not_fixed") from error
    _check_domain(domain, [0])
    return list(domain)


def _check_domain(domain, seen):
    """Raise unless it is a list of operators and conditions; `seen` counts them, sub-conditions too."""
    if not isinstance(domain, (list, tuple)):
        raise Refusal("no_condition", value=str(domain)[:50])
    for term in domain:
        seen[0] += 1
        if seen[0] > MAX_TERMS:
            raise Refusal("too_many", limit=MAX_TERMS)
        if isinstance(term, str) and term in OPERATORS:
            continue
        if not isinstance(term, (list, tuple)) or len(term) != 3 or not all(isinstance(part, str) for part in term[:2]):
            if term in ((1, "=", 1), (0, "=", 1), [1, "=", 1], [0, "=", 1]):
                continue
            raise Refusal("no_condition", value=str(term)[:50])
        _check_value(term[1], term[2], seen)


def _check_value(operator, value, seen):
    if "any" in operator:
        _check_domain(value, seen)
    elif isinstance(value, (list, tuple)):
        if len(value) > MAX_VALUES:
            raise Refusal("too_many", limit=MAX_VALUES)
        if not all(isinstance(one, SCALARS) for one in value):
            raise Refusal("no_condition", value=str(value)[:50])
    elif not isinstance(value, SCALARS):
        raise Refusal("no_condition", value=str(value)[:50])
