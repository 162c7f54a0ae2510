"""A company over 26 months, day by day: every scheduled action every day and once more, people and an accountant."""

from datetime import date
from functools import partial

import measure
from databases import Databases, install, open_environment, read_versions
from dateutil.relativedelta import relativedelta

NAME = "years"
# Contracts of every kind; ten kinds make one copy
SIZES = "20"
KINDS = 10
LAST = date(2030, 2, 14)


# === JOB: in a process of its own === #
def live(database, n):
    """Live all the days, and compare with what was agreed."""
    from freezegun import freeze_time

    with open_environment(database) as env:
        from odoo.addons.subscription_mgmt.tests.years import Years

        company = env.company
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.write({"subscription_enabled": True, "subscription_analytic": False})
        product = env["product.product"].create({"name": "Service", "type": "service"})
        reason = env.ref("subscription_mgmt.close_reason_customer")
        env.cr.commit()
        with measure.Meter(env.cr) as meter, freeze_time("2027-12-15 10:00:00") as clock:
            years = Years(
                env(user=env.ref("base.user_admin")),
                company,
                product,
                reason,
                clock,
                copies=max(n // KINDS, 1),
                commit=env.cr.commit,
            )
            for month in range(1, 27):
                first = date(2027, 12, 1) + relativedelta(months=month)
                years.acts[first].append(partial(measure.say, f"{first:%B %Y}"))
            years.live(LAST)
            wrong = list(years.check())
        found = {"days": years.days, "amount": str(years.amount), "wrong": wrong, "contracts": len(years.agreements)}
        return {"sample": meter.sample, "versions": read_versions(env), **found}


def main():
    """Read the options, live, and publish what came of it; in a child process live."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        options.child.pop("job")
        return measure.answer(live(**options.child))
    lines, rows = [], []
    with Databases() as databases:
        base = databases.copy("base")
        install(base, "subscription_mgmt")
        for n in options.sizes:
            measure.say(f"{n} contracts")
            database = databases.copy("run", base)
            found = measure.run_child({"job": "live", "database": database, "n": n})
            databases.drop(database)
            rows.append(measure.Row.from_samples(NAME, "days", found["days"], [found["sample"]]))
            lines += [
                f"{found['contracts']} contracts, {found['days']:,} days of service charged, {found['amount']} in all: "
                f"{len(found['wrong'])} not as agreed.",
                *found["wrong"],
            ]
    text = "\n".join(
        [
            f"15 December 2027 to {LAST}, every scheduled action twice a day.",
            measure.describe_machine(found["versions"]),
            "",
            *lines,
            "",
            measure.format_table(rows, "day", {"days": "days"}),
        ]
    )
    measure.publish(NAME, text, rows, options.json)
    if any(line for line in lines if "instead of" in line or "charged without" in line or "not charged" in line):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
