"""Databases to measure on: copied from the prepared one, given add-ons, opened, and dropped at the end."""

import contextlib
import os
import signal
import subprocess
import sys
import zlib

ROOT = os.environ["ROOT"]
# One name per checkout: whatever an interrupted run has left is replaced by the next.
PREFIX = f"bench_{zlib.crc32(ROOT.encode()):08x}"


class Databases:
    """The databases of one run of a benchmark; leaving the `with` block drops them, whatever happened."""

    def __init__(self):
        self._names = []

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: terminated"))
        return self

    def __exit__(self, *_error):
        for name in self._names:
            _call_shell("drop_db", name)

    def copy(self, name, source=None):
        """A fresh copy of one of these databases (default: the prepared database with Odoo's own apps)."""
        target = f"{PREFIX}_{name}"
        self._names.append(target)
        _call_shell("drop_db", target)
        source = source or os.environ["TEMPLATE_DB"]
        subprocess.run(["createdb", "-T", source, target], check=True)
        _call_shell("copy_files", source, target)
        return target

    def keep(self, name, target):
        """Leave a database behind under a name of one's own, in place of one that has it."""
        _call_shell("drop_db", target)
        subprocess.run(["psql", "-qd", "postgres", "-c", f'ALTER DATABASE "{name}" RENAME TO "{target}"'], check=True)
        _call_shell("copy_files", name, target)

    def drop(self, name):
        """Drop one that is not needed any more."""
        self._names.remove(name)
        _call_shell("drop_db", name)


def _call_shell(function, *arguments):
    """Call one of the functions of bin/lib.sh, which knows where a database keeps its files."""
    subprocess.run(["bash", "-c", f'. "$0/bin/lib.sh"; {function} "$@"', ROOT, *arguments], check=True)


def install(database, addon):
    """Install an add-on."""
    options = ["-d", database, "-i", addon, "--stop-after-init", "--no-http", "--log-level=error"]
    done = subprocess.run(
        [sys.executable, os.environ["ODOO_BIN"], *options], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}\nerror: {addon} did not install")


def tidy(database):
    """Bring the planner's statistics up to date, as they are on a database that has been in use."""
    subprocess.run(["psql", "-qd", database, "-c", "VACUUM ANALYZE"], check=True)


@contextlib.contextmanager
def open_environment(database):
    """Odoo's environment on a database, with the rights and the company of a cron."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", database, "--no-http", "--log-level=error"], setup_logging=True)
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def read_versions(env):
    """Versions of what the figures depend on."""
    from odoo import release

    env.cr.execute("SHOW server_version")
    return {"odoo": release.version, "postgresql": env.cr.fetchone()[0].split()[0]}
