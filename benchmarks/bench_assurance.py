"""Comparing contracts with their terms every night: what it costs a contract, and a night of 100,000."""

from datetime import date

import billing_variants
import measure
from databases import Databases, install, open_environment, read_versions, tidy

NAME = "assurance"
SIZES = "500,2000"
NIGHT = 100_000


def set_up(database, n, day):
    """Contracts of three lines, billed for one month."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        ours = billing_variants.Ours(env, day)
        ours.set_up(billing_variants.get_partners(env, n), billing_variants.get_partners(env, warm_up=True))
        ours.bill()
        env.cr.commit()
        return read_versions(env)


def compare(database, n, day):
    """Find the contracts to look at, and compare them in batches, as the night does."""
    with open_environment(database) as env:
        from odoo.addons.subscription_mgmt.models.reporting.comparison import COMPARE  # now that Odoo is there

        frame = env.company._work_for(env["subscription.batches"])
        warm = env["subscription.contract"].search([], limit=1)
        warm._compare_with_terms(day)
        env.cr.commit()
        env.invalidate_all()
        with measure.Meter(env.cr) as meter:
            done = frame._run_job(COMPARE, day)
        checked = env["subscription.assurance.check"].search_count([])
        found = env["subscription.assurance.difference"].search_count([])
        if not done or checked < n or found:
            raise SystemExit(f"error: {checked} of {n} contracts compared, {found} differences found")
        return meter.sample


JOBS = {"set_up": set_up, "compare": compare}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


def run(databases, sizes, repeat, rows):
    """Measure all sizes; return the text of the result."""
    day = date.today().replace(day=1).isoformat()
    for n in sizes:
        measure.say(f"{n:,} contracts: set-up")
        source = databases.copy("base")
        install(source, "subscription_mgmt")
        versions = measure.run_child({"job": "set_up", "database": source, "n": n, "day": day})
        tidy(source)
        samples = []
        for _turn in range(repeat):
            measure.say(f"{n:,} contracts: measurement")
            database = databases.copy("run", source)
            samples.append(measure.run_child({"job": "compare", "database": database, "n": n, "day": day}))
            databases.drop(database)
        rows.append(measure.Row.from_samples(NAME, "compare", n, samples))
        databases.drop(source)
    night = rows[-1].cpu_seconds / rows[-1].n * NIGHT / 60
    return "\n".join(
        [
            "Assurance: contracts of three lines and twelve months, compared with their terms.",
            measure.describe_machine(versions),
            "",
            measure.format_table(rows, "contract", {"compare": "compare"}),
            "",
            *({measure.PYTHON_ONLY} if not all(sample["has_database_cpu"] for sample in samples) else ()),
            f"{NIGHT:,} contracts at the rate of the last line: {night:.1f} minutes of one core.",
        ]
    )


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    rows = []
    with Databases() as databases:
        text = run(databases, options.sizes, options.repeat, rows)
    measure.publish(NAME, text, rows, options.json)


if __name__ == "__main__":
    main()
