"""Card numbers in what a provider writes back: they are taken out before anything of it is kept."""

import re

MASK = "••••"
MAX_LENGTH = 5_000  # of a text that is looked through; what is longer is no message and is cut
LENGTHS = range(12, 20)
# Digits as people and terminals write them: in groups, with single spaces or hyphens between
DIGITS = re.compile(r"\d(?:[ \u00a0\u202f-]?\d){11,}")
GROUP = re.compile(r"\d+")


def mask(text: str) -> str:
    """Return the text without card numbers: 12 to 19 digits whose last one is the check digit of the others."""
    text = str(text or "")
    return DIGITS.sub(_mask_run, text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]}…")


def is_card_number(digits: str) -> bool:
    """Tell whether digits could be the number of a card, by length and check digit (ISO/IEC 7812-1, Luhn)."""
    if len(digits) not in LENGTHS or len(set(digits)) == 1:
        return False
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def _mask_run(match):
    """Mask the card numbers of one run: they begin and end where its groups do, or anywhere in a long group."""
    run, spans = match[0], []
    groups = [(group.start(), group.end()) for group in GROUP.finditer(run)]
    for first, (start, _end) in enumerate(groups):
        for _start, end in groups[first:]:
            digits = "".join(GROUP.findall(run[start:end]))
            if len(digits) > LENGTHS[-1]:
                break
            if is_card_number(digits):
                spans.append((start, end))
    spans += [span for start, end in groups if end - start > LENGTHS[-1] for span in _find_inside(run, start, end)]
    return _cut(run, spans)


def _find_inside(run, start, end):
    """Card numbers inside digits that stand together with others, the leftmost and longest first."""
    for place in range(start, end - LENGTHS[0] + 1):
        for length in reversed(LENGTHS):
            if place + length <= end and is_card_number(run[place : place + length]):
                yield place, place + length
                break


def _cut(run, spans):
    """The run with the mask in the place of each span; spans that overlap become one."""
    pieces, done = [], 0
    for start, end in sorted(spans):
        if start >= done:
            pieces += [run[done:start], MASK]
        done = max(done, end)
    return "".join([*pieces, run[done:]])
