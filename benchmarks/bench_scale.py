"""A hundred thousand contracts: every screen, every dialog, every scheduled action, with its goal."""

import time

import measure
from databases import Databases, install, open_environment, read_versions, tidy
from scale_data import Data

NAME = "scale"
ADDON = "subscription_mgmt"
SIZES = "10000"


# === JOBS: each in a process of its own === #
def set_up(database, n):
    """Fill the database."""
    with open_environment(database) as env:
        contracts = Data(env, n).fill()
        env.cr.commit()
        return {"contracts": contracts, **read_versions(env)}


JOBS = {"set_up": set_up}


def fill(databases, base, name, n):
    """A database of n contracts; how long it took is said."""
    start = time.perf_counter()
    database = databases.copy(name, base)
    versions = measure.run_child({"job": "set_up", "database": database, "n": n})
    tidy(database)
    measure.say(f"{versions['contracts']:,} contracts: made in {time.perf_counter() - start:.0f} s")
    return database, versions


def main():
    """Read the options, measure, and publish the tables; in a child process do its job."""
    parser = measure.make_parser(NAME, __doc__, SIZES)
    parser.add_argument("--keep", metavar="DATABASE", help="only make the database of the first size, under that name")
    options = parser.parse_args()
    if options.child:
        job = dict(options.child)
        return measure.answer(JOBS[job.pop("job")](**job))
    with Databases() as databases:
        measure.say("Database with the add-on")
        base = databases.copy("scale_base")
        install(base, ADDON)
        if options.keep:
            database, _versions = fill(databases, base, "scale_run", options.sizes[0])
            databases.keep(database, options.keep)


if __name__ == "__main__":
    main()
