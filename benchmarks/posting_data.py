"""Drafts to post, thousands of others that wait beside them, the ways to post, and what came of it."""

import billing_variants
from billing_variants import QUIET, VARIANTS

BATCH = 100  # invoices posted and committed together
OWN = ("id", "create_date", "write_date", "create_uid", "write_uid", "access_token")
WAITING = "bench-waiting"


class Drafts(VARIANTS["ours"]):
    """Drafts that our billing makes, with an analytic account for each contract unless it is told otherwise."""

    def __init__(self, env, day, analytic=True):
        super().__init__(env, day)
        self.analytic = analytic


def make_drafts(env, n, day, analytic):
    """Drafts of n subscribers, which our posting would find, and a few to warm up with."""
    partners, warm = billing_variants.get_partners(env, n), billing_variants.get_partners(env, warm_up=True)
    ours = Drafts(env, day, analytic)
    ours.set_up(partners, warm)
    ours.warm_up(warm)
    ours.bill()
    ours.get_drafts(partners + warm).subscription_billing_mode = "post"


def make_waiting(env, count, day):
    """So many drafts more, newer than all others, that nobody posts: copies of one, lines included, by the database."""
    model = Drafts(env, day).get_drafts(billing_variants.get_partners(env))[-1:]
    env.flush_all()
    given = {"ref": "%(ref)s", "subscription_billing_mode": "'draft'", "subscription_run_id": "NULL"}
    values = {"ref": WAITING, "id": model.id, "count": count}
    names, columns = _read_columns(env, "account_move", given)
    env.cr.execute(
        f"INSERT INTO account_move ({names}) SELECT {columns} FROM account_move one, generate_series(1, %(count)s) "
        "WHERE one.id = %(id)s",
        values,
    )
    names, columns = _read_columns(env, "account_move_line", {"move_id": "move.id"})
    env.cr.execute(
        f"INSERT INTO account_move_line ({names}) SELECT {columns} FROM account_move_line one, account_move move "
        "WHERE one.move_id = %(id)s AND move.ref = %(ref)s",
        values,
    )


def _read_columns(env, table, given):
    """What to insert into and what to select of a copied record, where these columns are given."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> ALL(%s)",
        [table, list(OWN)],
    )
    names = [name for (name,) in env.cr.fetchall()]
    return ", ".join(f'"{name}"' for name in names), ", ".join(given.get(name, f'one."{name}"') for name in names)


def use_two_journals(env, day):
    """Every second draft in a journal of its own."""
    moves = Drafts(env, day).get_drafts(billing_variants.get_partners(env)).sorted("id")
    journal = moves.journal_id.copy({"code": "BNCH2", "name": "Second journal"})
    moves[::2].with_context(**QUIET).journal_id = journal


# === WAYS TO POST === #
def post_core(env, moves, day):
    """Odoo's `action_post` of all at once, as it comes."""
    moves.action_post()


def post_quiet(env, moves, day):
    """The same without notes and tracking, in batches, each committed, the cache emptied after it."""
    for start in range(0, len(moves), BATCH):
        moves[start : start + BATCH].with_context(**QUIET).action_post()
        env.cr.commit()
        env.invalidate_all()


def post_ours(env, moves, day):
    """The posting queue of subscription management, as its scheduled action runs it."""
    from odoo.addons.subscription_mgmt.models.billing.background import POST

    company = env.company
    company._work_for(env["subscription.batches"])._run_job(POST, day)


WAYS = {"core": post_core, "quiet": post_quiet, "ours": post_ours}


# === WHAT CAME OF IT === #
def read_posted(env, day):
    """Numbers and states of the invoices, of their lines and of what follows from them: the same whoever posted."""
    env.flush_all()
    result = []
    for query in (
        "SELECT name, sequence_prefix, sequence_number, state, date::text, payment_state, payment_reference, "
        "made_sequence_gap, is_manually_modified, amount_total::text FROM account_move "
        "WHERE move_type = 'out_invoice' AND invoice_date = %s AND ref IS DISTINCT FROM %s ORDER BY id",
        "SELECT move.name, line.name, line.parent_state, line.date::text, line.balance::text, "
        "line.amount_residual::text, count(analytic.id) FROM account_move_line line "
        "JOIN account_move move ON move.id = line.move_id "
        "LEFT JOIN account_analytic_line analytic ON analytic.move_line_id = line.id "
        "WHERE move.move_type = 'out_invoice' AND move.invoice_date = %s AND move.ref IS DISTINCT FROM %s "
        "GROUP BY line.id, move.id ORDER BY line.id",
    ):
        env.cr.execute(query, [day, WAITING])
        result.append(env.cr.fetchall())
    return result
