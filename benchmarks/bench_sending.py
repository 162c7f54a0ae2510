"""Sending, which never holds up billing: each posted invoice rendered as PDF and mailed, one by one."""

from datetime import date

import billing_variants
import measure
from billing_variants import VARIANTS
from databases import Databases, install, open_environment, read_versions, tidy

NAME = "sending"
SIZES = "50"


def set_up(database, n, day):
    """Posted invoices that wait to be sent."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        ours = VARIANTS["ours"](env, day)
        ours.set_up(billing_variants.get_partners(env, n), env["res.partner"])
        ours.bill()
        moves = ours.get_drafts(billing_variants.get_partners(env, n))
        moves.action_post()
        moves.subscription_billing_mode = "send"
        env.cr.commit()
        return read_versions(env)


def send(database, n, day):
    """Measure the cron over all of them; the mails wait in Odoo's queue."""
    with open_environment(database) as env:
        with measure.Meter(env.cr) as meter:
            env["account.move"]._cron_send_subscription_invoices()
            env.cr.commit()
        sent = env["account.move"].search_count([("is_move_sent", "=", True), ("subscription_run_id", "!=", False)])
        if sent != n:
            raise SystemExit(f"error: {sent} of {n} invoices were sent")
        return meter.sample


JOBS = {"set_up": set_up, "send": send}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    rows = []
    with Databases() as databases:
        empty = databases.copy("send_empty")
        install(empty, "subscription_mgmt")
        for n in options.sizes:
            database = databases.copy("send", empty)
            job = {"database": database, "n": n, "day": date.today().replace(day=1).isoformat()}
            versions = measure.run_child({"job": "set_up", **job})
            tidy(database)
            sample = measure.run_child({"job": "send", **job})
            rows.append(measure.Row.from_samples(NAME, "ours_send", n, [sample]))
            databases.drop(database)
    text = "\n".join(
        [
            "Sending: each invoice as PDF by e-mail, by the scheduled action. CPU without that of the PDF renderer.",
            measure.describe_machine(versions),
            "",
            measure.format_table(rows, "invoice", {"ours_send": "ours_send"}),
        ]
    )
    measure.publish(NAME, text, rows, options.json)


if __name__ == "__main__":
    main()
