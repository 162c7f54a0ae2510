"""Settling contracts in which nothing changed, as the nightly check and every import do: what does looking cost?"""

from datetime import date

import billing_variants
import measure
from databases import Databases, install, open_environment, read_versions, tidy

from odoo.fields import Command, Date

NAME = "settle"
SIZES = "500,2000"
# Months of each contract that are billed, and as many again are planned
MONTHS = 12
# variant → lines of a contract, whether their months are billed
CASES = {"planned": (1, False), "billed": (1, True), "three_lines": (3, True)}


# === JOBS: each in a process of its own === #
def make_base(database, n, day):
    """Partners, products and invoices to begin with."""
    with open_environment(database) as env:
        billing_variants.make_base(env, n, day)
        env.cr.commit()
        return read_versions(env)


def set_up(database, variant, n, day):
    """Contracts half of whose plan is billed."""
    lines, billed = CASES[variant]
    with open_environment(database) as env:
        env.company.write({"subscription_enabled": True, "subscription_analytic": False})
        products, start = billing_variants.get_products(env), Date.subtract(day, months=MONTHS)
        partners = billing_variants.get_partners(env, n) + billing_variants.get_partners(env, warm_up=True)
        contracts = env["subscription.contract"].create(
            [
                {
                    "subject": "Benchmark",
                    "partner_id": partner.id,
                    "date_start": start,
                    "date_end": Date.subtract(Date.add(start, months=2 * MONTHS), days=1),
                    "billing_mode": "draft",
                    "line_ids": [
                        Command.create(line) for line in billing_variants.make_lines(products, partner)[:lines]
                    ],
                }
                for partner in partners
            ]
        )
        contracts.action_activate()
        if billed:
            env["subscription.billing.run"]._bill_due(Date.subtract(day, days=1))
        env.cr.commit()


def settle(database, variant, n, day):
    """Settle all of them once, and tell what was changed: nothing."""
    with open_environment(database) as env:
        found = env["subscription.contract"].search([], order="id")
        found[n:]._settle()
        env.cr.commit()
        env.invalidate_all()
        contracts = env["subscription.contract"].browse(found[:n].ids)
        with measure.Meter(env.cr) as meter:
            change = contracts._settle()
            env.flush_all()
        if change.added or change.changed or change.removed:
            raise SystemExit(f"error: {variant} was not settled before: {change}")
        return meter.sample


JOBS = {"make_base": make_base, "set_up": set_up, "settle": settle}


def do_job(job, day, **arguments):
    """What a child process was started for."""
    measure.answer(JOBS[job](day=date.fromisoformat(day), **arguments))


# === THE RUN === #
def run(databases, sizes, repeat):
    """Measure, and return the rows and the text of the result."""
    day, rows, without = date.today().replace(day=1).isoformat(), [], False
    measure.say(f"Database with {max(sizes):,} partners")
    base = databases.copy("base")
    versions = measure.run_child({"job": "make_base", "database": base, "n": max(sizes), "day": day})
    install(base, "subscription_mgmt")
    for n in sizes:
        for variant in CASES:
            measure.say(f"{n:,} × {variant}")
            database = databases.copy("run", base)
            job = {"database": database, "variant": variant, "n": n, "day": day}
            measure.run_child({"job": "set_up", **job})
            tidy(database)
            samples = [measure.run_child({"job": "settle", **job}) for _turn in range(repeat)]
            databases.drop(database)
            without |= not all(sample["has_database_cpu"] for sample in samples)
            rows.append(measure.Row.from_samples(NAME, variant, n, samples))
    return rows, "\n".join(
        [
            f"Settling contracts of {2 * MONTHS} months in which nothing changed.",
            f"{measure.describe_machine(versions)} · {'one run' if repeat == 1 else f'median of {repeat} runs'}",
            "",
            measure.format_table(rows, "contract", {name: name for name in CASES}),
            "",
            f"planned: one line, {2 * MONTHS} planned rows.",
            f"billed: {MONTHS} of them are billed. three_lines: three such lines.",
            *([measure.PYTHON_ONLY] if without else []),
        ]
    )


def main():
    """Read the options, measure, and publish the table; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        return do_job(**options.child)
    with Databases() as databases:
        rows, text = run(databases, options.sizes, options.repeat)
    measure.publish(NAME, text, rows, options.json)


if __name__ == "__main__":
    main()
