"""An act carried out only to see what it would do: the real code, in a savepoint that is rolled back."""

from contextlib import contextmanager

from odoo import api

from .context import QUIET


@contextmanager
def dry_run(records):
    """Yield the same records in a cache of their own; whatever is done to them is undone afterwards.

    The caller's cache sees nothing of it: a dialog that is only being filled in lives there. Nobody is told, and
    nothing is tracked. An error of the act comes through, undone as well.

    :param records: stored records on which the act is done.
    """
    env = records.env
    cr, before = env.cr, env.transaction
    cr.flush()
    cr.transaction = None
    try:
        own = api.Environment(cr, env.uid, {**env.context, **QUIET}, env.su)
        with cr.savepoint() as savepoint:
            yield records.with_env(own)
            own.flush_all()
            savepoint.close()
    finally:
        cr.transaction = before
