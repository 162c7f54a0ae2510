"""Which tests a name means, and how the whole suite is divided over two processes.

Everything is read from the files on disk, so that a new file takes part at once. A file that Odoo would pass by without
a word (not imported, or of the same name as another) is an error here. bin/test reads the lines that this prints:

    choose_tests.py ADDONS names test_billing TestWallet.test_once
        odoo /subscription_mgmt/tests/billing/test_billing.py                a tag for Odoo's --test-tags
        plain subscription_mgmt/tests/tools test_wallet.py TestWallet.test_once
        error no test is named …                                             (folder, file and test, - for all)
    choose_tests.py ADDONS halves 25 20
        odoo TAG,TAG…                   a line for each process; the numbers are the seconds of other work that it has
        odoo TAG,TAG…
    choose_tests.py ADDONS measured LOG…
        (writes test_seconds.txt)
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = Path(__file__).with_name("test_seconds.txt")
SECONDS_A_TEST = 0.4  # of a file that was never measured
SECONDS_OF_ASSETS = 13  # scripts and styles, which Odoo bundles before the first test that calls pages

PLAIN = "tools"  # the folder of the tests that need neither Odoo nor a database
CALLS_PAGES = re.compile(r"Http|start_tour|url_open")
CLASS_SECONDS = re.compile(r"^\t(\w+)\.([\w.]+)\.([A-Z]\w*): ([0-9.]+)s ", re.M)
TEST = re.compile(r"^    (?:async )?def (test\w*)\(", re.M)


class Suite:
    """The test files of some add-ons, by their paths from the root on."""

    def __init__(self, addons, root=ROOT, seconds=None):
        self.root, self.addons, self.seconds = root, addons, seconds or {}
        self.files = sorted(
            path.relative_to(root) for addon in addons for path in (root / addon / "tests").rglob("test_*.py")
        )

    def text(self, file):
        return (self.root / file).read_text(encoding="utf-8")

    def is_plain(self, file):
        return file.parts[2] == PLAIN

    def room(self, file):
        """The folder of a file below `tests`, or None."""
        return file.parts[2] if len(file.parts) > 3 else None

    # --- What Odoo would pass by ---------------------------------------------------------------
    def overlooked(self):
        """A sentence for every file whose tests Odoo would never start."""
        seen = {}
        for file in self.files:
            if self.is_plain(file):
                continue
            if not self.is_imported(file):
                yield f"{file} is not imported: name it in {file.parent / '__init__.py'}"
            twin = seen.setdefault((file.parts[0], file.name), file)
            if twin != file:
                yield f"{file} and {twin} have one name: Odoo would see only one of them"

    def is_imported(self, file):
        own = self.text(file.parent / "__init__.py") if (self.root / file.parent / "__init__.py").exists() else ""
        found = re.search(rf"^from \. import (?:.*\W)?{file.stem}\b", own, re.M)
        if found and self.room(file):
            tests = self.text(Path(*file.parts[:2], "__init__.py"))
            found = re.search(rf"^from \.{self.room(file)} import \*", tests, re.M)
        return bool(found)

    # --- Names ---------------------------------------------------------------------------------
    def named(self, name):
        """Lines for an add-on, a room, a file, a class or a test; an error if it is none of them."""
        name = name.rstrip("/").removesuffix(".py")
        if name in self.addons:
            return self.addon(name)
        short = name.rsplit("/", 1)[-1]
        found = [file for file in self.files if self.room(file) == short and not self.is_plain(file)]
        found = found or [file for file in self.files if file.stem == short]
        lines = [self.line(file) for file in found] or self.classes(short)
        for addon in self.addons if not lines else ():  # a part of its name will do: nestpay
            lines += self.addon(addon) if short in addon.split("_") else []
        return lines or [f"error no test is named {name}"]

    def addon(self, name):
        """Lines for an add-on: what needs Odoo, and its plain tests."""
        plain = any(self.is_plain(file) for file in self.files if file.parts[0] == name)
        return [f"odoo /{name}", *([f"plain {name}/tests/{PLAIN} test_*.py -"] if plain else [])]

    def classes(self, name):
        """Lines for `TestSomething` or `TestSomething.test_that`, wherever it stands."""
        klass, _, method = name.partition(".")
        lines = []
        for file in self.files:
            body = re.search(rf"^class {re.escape(klass)}\b.*?(?=^class |\Z)", self.text(file), re.M | re.S)
            if klass and body and (not method or method in TEST.findall(body[0])):
                lines.append(self.line(file, name))
        return lines

    def line(self, file, test=""):
        if self.is_plain(file):
            return f"plain {Path(*file.parts[:3])} {file.name} {test or '-'}"
        return f"odoo /{file.as_posix()}" + (f":{test}" if test else "")

    # --- Halves --------------------------------------------------------------------------------
    def weight(self, file):
        """Seconds that a file takes, or is likely to take."""
        return self.seconds.get(file.as_posix()) or len(TEST.findall(self.text(file))) * SECONDS_A_TEST

    def shares(self, besides):
        """The files of each process, so that all end together; `besides` says what each has to do as well, in seconds.

        All that calls pages goes to one process: only that one has to bundle the assets and to start a browser.
        """
        files = [file for file in self.files if not self.is_plain(file)]
        pages = [file for file in files if CALLS_PAGES.search(self.text(file))]
        parcels = [(self.weight(file), [file]) for file in files if file not in pages]
        if pages:
            parcels.append((sum(map(self.weight, pages)) + SECONDS_OF_ASSETS, pages))
        loads, shares = list(besides), [[] for _ in besides]
        for seconds, parcel in sorted(parcels, reverse=True):
            lightest = loads.index(min(loads))
            loads[lightest] += seconds
            shares[lightest] += parcel
        return shares


def read_seconds():
    """What files took when they were last measured: lines of seconds and path."""
    lines = SECONDS.read_text(encoding="utf-8").splitlines() if SECONDS.exists() else ()
    return {path: float(seconds) for seconds, path in (line.split() for line in lines)}


def measured(suite, logs):
    """Seconds and path of each file, by what Odoo's logs say of its classes (`odoo.tests.stats`)."""
    seconds = {}
    for log in logs:
        for addon, module, _class, taken in CLASS_SECONDS.findall(Path(log).read_text(encoding="utf-8")):
            path = f"{addon}/tests/{module.replace('.', '/')}.py"
            seconds[path] = seconds.get(path, 0) + float(taken)
    return [(round(seconds[path], 1), path) for path in map(Path.as_posix, suite.files) if path in seconds]


def main(addons, order, *arguments):
    suite = Suite(addons.split(), seconds=read_seconds())
    if order == "measured":
        lines = [f"{seconds} {path}\n" for seconds, path in sorted(measured(suite, arguments), reverse=True)]
        SECONDS.write_text("".join(lines), encoding="utf-8")
        return
    lines = [f"error {sentence}" for sentence in suite.overlooked()]
    if order == "halves":
        for share in suite.shares(list(map(float, arguments))):
            lines.append("odoo " + ",".join(f"/{file.as_posix()}" for file in sorted(share)))
    else:
        for name in arguments:
            lines += suite.named(name)
    print(*lines, sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
