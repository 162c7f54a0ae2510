"""Recurrence rules: their dates, for a window or one after the other, and the sentence that says them.

One door to what stands in small files behind it; the rule itself is in :mod:`.recurrence_rule`.
"""

from .occurrences import occurrences
from .slots import first_slot, is_slot, last_slot, next_slots, slots
from .words import describe

__all__ = ["describe", "first_slot", "is_slot", "last_slot", "next_slots", "occurrences", "slots"]
