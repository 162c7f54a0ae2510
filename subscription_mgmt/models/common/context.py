"""Contexts by which our own code tells the models what it has seen to already.

A caller's words cannot forge the marks: they are objects of this process, compared by identity.
"""

from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

# Nobody follows, or is told of, thousands of records: the run, or whatever made them, says which it made.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True}

# Value of `subscription_companies`: the companies of the records were looked at by whoever makes them.
CHECKED = object()

# Value of `subscription_ledger`: the ledger (plan rows, states of contracts, pauses) is written by its own code.
LEDGER = object()

# Value of `subscription_settle`: whoever changes many terms settles the contracts once, when it is done.
LATER = object()

# Value of `subscription_followed`: an interaction and what was made of it change together; whoever writes the one has
# seen to the other.
FOLLOWED = object()

# Value of `subscription_removed`: interactions go because their rule does not want them any more, and may come back.
REMOVED = object()

# Value of `subscription_posting`: drafts are posted in one go, and nothing of them is changed but what follows from it.
POSTING = object()


class KnownAccounts(NamedTuple):
    """Value of `subscription_accounts`: analytic accounts that were looked up for a whole batch and are there."""

    ids: frozenset


class RehearsedDay(NamedTuple):
    """Value of `subscription_day`: all is done as on that day, and rolled back at the end."""

    day: date


@contextmanager
def rehearsed(records):
    """The records, with all rights, in a transaction of their own that is rolled back whatever happens.

    Not a savepoint: what Odoo does after a commit (mail that leaves) is forgotten with the transaction.
    """
    with records.env.registry.cursor() as cr:
        try:
            # Whoever is changing the same records is waited for a moment only.
            cr.execute("SET LOCAL lock_timeout = '5s'")
            yield records.with_env(records.env(cr=cr, su=True)).with_context(**QUIET)
        finally:
            cr.rollback()


def rehearse(records, day):
    """The records as they work on the day."""
    return records.with_context(subscription_day=RehearsedDay(day))


def get_rehearsed_day(env):
    """Day on which the work is rehearsed, or None where it is done in earnest."""
    value = env.context.get("subscription_day")
    return value.day if isinstance(value, RehearsedDay) else None
