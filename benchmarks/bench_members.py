"""The page of members on a big database: list, searches, form, activities, suggestions, statement."""

import statistics

import measure
from databases import Databases, install, open_environment, read_versions, tidy
from lxml import etree
from members_data import Data

from odoo.tools.safe_eval import safe_eval

NAME = "members"
ADDON = "subscription_mgmt_member"
SIZES = "5000,50000"
GOAL_MS = 300
RUNS = 3
SAMPLE = 500
PAGE = 80
COUNT = 10001


# === JOBS: each in a process of its own === #
def set_up(database, n):
    """Fill the database."""
    with open_environment(database) as env:
        env.company.subscription_enabled = True
        Data(env, n).fill()
        env.cr.commit()
        return read_versions(env)


def find_some(database):
    """Look for duplicates of some members, as the scheduled action does; the rest is said to have been looked at, and
    pairs are made up for the page."""
    with open_environment(database) as env:
        pairs = env["member.duplicate"]
        with measure.Meter(env.cr) as meter:
            looked = 0
            while looked < SAMPLE:
                looked += pairs._find_pending(50)[0]
                env.cr.commit()
        found = pairs.search_count([])
        env.cr.execute("UPDATE res_partner SET member_match_pending = FALSE WHERE member_match_pending")
        env.cr.execute(
            """INSERT INTO member_duplicate (first_id, second_id, has_same_phone, score)
               SELECT id, id + 1, TRUE, 70 FROM res_partner WHERE parent_id IS NULL AND id % 3 = 0
                  AND EXISTS (SELECT FROM res_partner other WHERE other.id = res_partner.id + 1)
                   ON CONFLICT DO NOTHING"""
        )
        env.cr.commit()
        return {**meter.sample, "looked": looked, "pairs": found}


def show(database, n):
    """Every screen once to warm up and then several times with empty caches of records; the medians."""
    with open_environment(database) as env:
        env = env(user=env.ref("base.user_admin"), su=False)
        screens = Screens(env).get_all()
        return {name: run_screen(env, screen) for name, screen in screens.items()}


def run_screen(env, screen):
    """Median of several calls. What a call wrote is taken back."""
    samples = []
    for turn in range(RUNS + 1):
        env.invalidate_all()
        with env.cr.savepoint() as savepoint, measure.Meter(env.cr) as meter:
            screen()
            savepoint.rollback()
        if turn:
            samples.append(meter.sample)
    return {key: statistics.median(sample[key] for sample in samples) for key in samples[0]}


class Screens:
    """What the browser asks for, with the fields of the views that are installed."""

    def __init__(self, env):
        self.env = env
        self.partners = env["res.partner"]
        self.action = env.ref(f"{ADDON}.res_partner_action").sudo()
        env.cr.execute(
            "SELECT partner_id FROM sale_order WHERE state = 'sale' GROUP BY partner_id ORDER BY count(*) DESC LIMIT 1"
        )
        self.heavy = self.partners.browse(env.cr.fetchone())
        env.cr.execute("SELECT id FROM res_partner WHERE name LIKE 'Contact %%' ORDER BY id DESC LIMIT 1")
        self.contact = self.partners.browse(env.cr.fetchone())

    def get_all(self):
        """Name of a screen → function that works it out."""
        word, phone = self.heavy.name.split()[0], "0" + self.heavy.phone[4:8] + " " + self.heavy.phone[8:]
        found = {
            "list": self.search_members,
            f"search a word of the name ({word})": lambda: self.search_members(word),
            "search a telephone, spelt another way": lambda: self.search_members(phone),
            "search the e-mail of a contact": lambda: self.search_members(self.contact.email),
            "form, a member with some documents": self.make_form(self.contact.parent_id),
            "form, a member with 1,600 documents": self.make_form(self.heavy),
            "activities": self.make_page("member.activity", f"{ADDON}.member_activity_action"),
            "suggestions": self.make_suggestions(),
            "statement": self.make_statement(),
            "merge: the dialog with its preview": self.make_merge(),
        }
        return {name: screen for name, screen in found.items() if screen}

    # === LIST === #
    def search_members(self, text=None):
        """The page of members, as it opens or with what a person types."""
        view = self.action.view_ids.filtered(lambda view: view.view_mode == "list").view_id
        domain = safe_eval(self.action.domain or "[]")
        if text:
            domain = [*domain, *self._get_typed_domain(text)]
        return self._search("res.partner", view, domain)

    def _get_typed_domain(self, text):
        """What the search box does with a text when Enter is pressed: its first field."""
        arch = self._get_arch("res.partner", self.action.search_view_id, "search")[0]
        field = arch.find(".//field")
        domain = field.get("filter_domain")
        return safe_eval(domain, {"self": text}) if domain else [(field.get("name"), "ilike", text)]

    def _search(self, model, view, domain):
        specification = self._get_specification(model, view, "list")
        return self.env[model].web_search_read(domain, specification, limit=PAGE, count_limit=COUNT)

    def make_page(self, model, action):
        """A page of another action, as it opens."""
        action = self.env.ref(action, raise_if_not_found=False)
        if not action:
            return None
        return lambda: self._search(model, self.env["ir.ui.view"], safe_eval(action.sudo().domain or "[]"))

    def make_suggestions(self):
        """The yellow bulb and its page."""
        return lambda: (
            self.partners.action_open_member_duplicates(),
            self._search("member.duplicate", self.env["ir.ui.view"], [("is_dismissed", "=", False)]),
        )

    # === ONE MEMBER === #
    def make_form(self, member):
        """The whole form of a member."""
        specification = self._get_specification("res.partner", self.env["ir.ui.view"], "form")
        return lambda: self.partners.browse(member.id).web_read(specification)

    def make_statement(self):
        """The account statement on the screen."""
        if "member.statement" not in self.env:
            return None
        return lambda: self.env["member.statement"].create({"partner_id": self.heavy.id}).content

    def make_merge(self):
        """The dialog of a merge, with the preview of a member with many documents."""
        target = self.contact.parent_id
        dialogs = self.env["member.merge"]
        return lambda: dialogs.create({"source_id": self.heavy.id, "target_id": target.id}).preview

    # === VIEWS === #
    def _get_arch(self, model, view, kind):
        views = self.env[model].get_views([(view.id, kind)])
        return etree.fromstring(views["views"][kind]["arch"]), views["models"]

    def _get_specification(self, model, view, kind):
        arch, models = self._get_arch(model, view, kind)
        return self._get_fields(arch, model, models)

    def _get_fields(self, node, model, models):
        """Fields under a node of a view, with those of the views within them."""
        found = {}
        for child in node:
            if child.tag != "field":
                found.update(self._get_fields(child, model, models))
                continue
            field = models[model]["fields"][child.get("name")]
            found.setdefault(child.get("name"), {})
            if field["type"] == "many2one":
                found[child.get("name")] = {"fields": {"display_name": {}}}
            elif field["type"] in ("one2many", "many2many"):
                within = {}
                for view in child:
                    within.update(self._get_fields(view, field["relation"], models))
                found[child.get("name")] = {"fields": within or {"display_name": {}}, "limit": 40}
        return found


JOBS = {"set_up": set_up, "find_some": find_some, "show": show}


# === THE RUN === #
def run(databases, sizes, **_options):
    """Measure, and return the rows and the text of the result."""
    rows, tables, without = [], [], False
    measure.say("Database with the add-on")
    base = databases.copy("base")
    install(base, ADDON)
    for n in sizes:
        measure.say(f"{n:,} members")
        database = databases.copy("run", base)
        versions = measure.run_child({"job": "set_up", "database": database, "n": n})
        tidy(database)
        measure.say(f"{n:,} members: duplicates")
        found = measure.run_child({"job": "find_some", "database": database})
        tidy(database)
        measure.say(f"{n:,} members: screens")
        shown = measure.run_child({"job": "show", "database": database, "n": n})
        databases.drop(database)
        without |= not found["has_database_cpu"]
        rows += [make_row(name, n, sample) for name, sample in {"find duplicates": found, **shown}.items()]
        tables.append(format_size(n, shown, found))
    head = f"Pages of members: what the server works for each, goal {GOAL_MS} ms."
    text = [head, measure.describe_machine(versions), *tables, *([measure.PYTHON_ONLY] if without else [])]
    return rows, "\n".join(text)


def make_row(name, n, sample):
    """One element of the JSON."""
    return measure.Row(
        name=NAME,
        variant=name,
        n=n,
        seconds=round(sample["seconds"], 3),
        cpu_seconds=round(sample["cpu_seconds"], 3),
        per_second=round(1 / max(sample["seconds"], 0.001), 1),
        queries_per_record=sample["queries"],
        peak_mb=round(sample["peak_mb"], 1),
    )


def format_size(n, shown, found):
    """The table of one size."""
    wide = max(map(len, shown))
    lines = [
        "",
        f"{n:,} members, {int(n * 1.5):,} records of partners, {4 * n:,} documents",
        "",
        f"{'screen'.ljust(wide)}  CPU ms  clock ms  queries  goal",
    ]
    for name, sample in shown.items():
        spent = 1000 * sample["cpu_seconds"]
        # The preview is the merge itself, carried out and taken back
        goal = "" if name.startswith("merge") else "kept" if spent <= GOAL_MS else "MISSED"
        lines.append(
            f"{name.ljust(wide)}  {spent:6.0f}  {1000 * sample['seconds']:8.0f}  {sample['queries']:7.0f}  {goal}"
        )
    lines += [
        "",
        f"Looking for duplicates of one member, in the background: "
        f"{1000 * found['cpu_seconds'] / found['looked']:.1f} ms of CPU.",
    ]
    return "\n".join(lines)


def main():
    """Read the options, measure, and publish the tables; in a child process do its job."""
    options = measure.make_parser(NAME, __doc__, SIZES).parse_args()
    if options.child:
        job = dict(options.child)
        return measure.answer(JOBS[job.pop("job")](**job))
    with Databases() as databases:
        rows, text = run(databases, options.sizes)
    measure.publish(NAME, text, rows, options.json)


if __name__ == "__main__":
    main()
