"""What a browser asks of the server when a page opens: read from the views and actions that are installed."""

import calendar
import datetime
import json

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval, time

PAGE, CARDS, COUNT = 80, 40, 10001
NUMBERS = ("float", "integer", "monetary")
# Calendars that read a day with more than BUSY_DAY records as numbers: by which date, which kinds, what is added up.
# The same as in static/src/calendar/busy_calendar.js and static/src/agenda/agenda_calendar.js.
BUSY_DAY = 20
BUSY = {
    "subscription_plan_calendar": (
        "date_invoice", ["state"], ["price_subtotal:sum", "currency_id:array_agg_distinct"],
    ),
    "subscription_agenda_calendar": ("occurrence_date", ["type_id", "user_id"], []),
}  # fmt: skip


class Page:
    """One action as it opens, or with other filters, a text in the search box, another view."""

    def __init__(self, env, action):
        self.env = env
        self.action = env.ref(action).sudo()
        self.model = self.action.res_model
        self.context = self._evaluate(self.action.context or "{}")
        own = {line.view_mode: line.view_id.id for line in self.action.view_ids}
        kinds = self.action.view_mode.split(",")
        first = {self.action.view_id.type: self.action.view_id.id} if self.action.view_id else {}
        views = [(own.get(kind) or first.get(kind) or False, kind) for kind in kinds]
        found = env[self.model].get_views([*views, (self.action.search_view_id.id, "search")])
        self.archs = {kind: etree.fromstring(view["arch"]) for kind, view in found["views"].items()}
        self.models = found["models"]
        self.records = env[self.model].with_context(
            **{key: value for key, value in self.context.items() if not key.startswith("search_default_")}
        )

    def _evaluate(self, text, names=None):
        today = datetime.datetime.combine(self.env.company._subscription_today(), datetime.time())
        known = {"uid": self.env.uid, "context_today": lambda: today, "relativedelta": relativedelta, "time": time}
        return safe_eval(text, {**known, "allowed_company_ids": self.env.companies.ids, **(names or {})})

    # === SEARCH BOX === #
    def get_domain(self, filters=None):
        """Domain of the action with filters of the search view (default: those it opens with); groups are added up,
        filters of one group are alternatives."""
        chosen = self._get_defaults() if filters is None else filters
        groups = [
            Domain.OR(
                self._evaluate(one.get("domain")) for one in group if one.get("domain") and one.get("name") in chosen
            )
            for group in self._get_filter_groups()
            if any(one.get("domain") and one.get("name") in chosen for one in group)
        ]
        return list(Domain.AND([self._evaluate(self.action.domain or "[]"), *groups]))

    def _get_defaults(self):
        return [
            key.removeprefix("search_default_") for key, on in self.context.items() if on and "search_default_" in key
        ]

    def _get_filter_groups(self):
        """Filters of the search view, parted by its separators."""
        groups = [[]]
        for node in self.archs["search"]:
            if node.tag == "separator":
                groups.append([])
            elif node.tag == "filter":
                groups[-1].append(node)
        return groups

    def get_groups(self):
        """What the page is grouped by as it opens."""
        nodes = self.archs["search"].xpath("//filter[@context]")
        contexts = [self._evaluate(node.get("context")) for node in nodes if node.get("name") in self._get_defaults()]
        return [context["group_by"] for context in contexts if "group_by" in context]

    def type_text(self, text, field=None):
        """Domain of a text in the search box: its first field, or the one named."""
        node = self.archs["search"].find(f".//field[@name='{field}']" if field else ".//field")
        if node.get("filter_domain"):
            return self._evaluate(node.get("filter_domain"), {"self": text})
        return [(node.get("name"), node.get("operator") or "ilike", text)]

    # === VIEWS === #
    def open(self, domain=None, groups=None, kind=None, order=None):
        """The page as the browser fills it: a list, cards, or groups."""
        domain = self.get_domain() if domain is None else domain
        kind = kind or self.action.view_mode.split(",")[0]
        groups = self.get_groups() if groups is None else groups
        groups = groups or [name for name in [self.archs[kind].get("default_group_by")] if name]
        specification = self.get_fields(self.archs[kind], self.model)
        limit = int(self.archs[kind].get("limit") or (PAGE if kind == "list" else CARDS))
        if groups:
            return self._open_groups(domain, groups, kind, specification, limit)
        order = order or self.archs[kind].get("default_order")
        return self.records.web_search_read(domain, specification, limit=limit, order=order, count_limit=COUNT)

    def _open_groups(self, domain, groups, kind, specification, limit):
        return self.records.web_read_group(
            domain,
            groups,
            self._get_aggregates(kind, specification),
            limit=PAGE,
            auto_unfold=kind == "kanban",
            unfold_read_specification=specification,
            unfold_read_default_limit=limit,
        )

    def _get_aggregates(self, kind, names):
        """What the groups show: of every number that has an aggregator, of amounts their currencies, too.

        Above a column of cards only what its bar adds up.
        """
        if kind == "kanban":
            bars = self.archs[kind].iter("progressbar")
            names = [bar.get("sum_field") for bar in bars if bar.get("sum_field")]
        fields = {name: self._own()[name] for name in names}
        added = {name: field for name, field in fields.items() if field.get("aggregator")}
        numbers = [f"{name}:{one['aggregator']}" for name, one in added.items() if one["type"] in NUMBERS]
        amounts = [
            spec
            for name, one in added.items()
            if one.get("currency_field")
            for spec in (f"{one['currency_field']}:array_agg_distinct", f"{name}:sum_currency")
        ]
        return list(dict.fromkeys([*numbers, *amounts]))

    def open_calendar(self):
        """A month, from the first to the last day that its weeks show."""
        arch = self.archs["calendar"]
        today = self.env.company._subscription_today()
        weeks = calendar.Calendar().monthdatescalendar(today.year, today.month)
        first, last = f"{weeks[0][0]} 00:00:00", f"{weeks[-1][-1]} 23:59:59"
        start = arch.get("date_start")
        if self.models[self.model]["fields"][start]["type"] == "date":
            first, last = first[:10], last[:10]
        span = [(start, "<=", last), (arch.get("date_stop") or start, ">=", first)]
        mapped = ("date_start", "date_stop", "all_day", "color", "date_delay")
        names = [arch.get(name) for name in mapped if arch.get(name)]
        names += [node.get("name") for node in arch.iter("field")]
        fields = [
            name for name in dict.fromkeys(["display_name", *names]) if name == "display_name" or name in self._own()
        ]
        domain = Domain.AND([self.get_domain(), span])
        kinds, busy_days = self._read_kinds(domain, arch)
        if busy_days:
            day, _kinds, _sums = BUSY[arch.get("js_class")]
            domain &= ~Domain(day, "in", busy_days)
        found = self.records.search_read(list(domain), fields)
        if arch.get("show_unusual_days"):
            self.records.get_unusual_days(first, last)
        return found, kinds

    def _read_kinds(self, domain, arch):
        """(groups of each day, days that have too many records to show), where the calendar looks at this first."""
        if arch.get("js_class") not in BUSY:
            return [], []
        day, kinds, sums = BUSY[arch.get("js_class")]
        groups = self.records.formatted_read_group(list(domain), [f"{day}:day", *kinds], ["__count", *sums])
        counts = {}
        for group in groups:
            counts[group[f"{day}:day"][0]] = counts.get(group[f"{day}:day"][0], 0) + group["__count"]
        return groups, [day for day, number in counts.items() if number > BUSY_DAY]

    def _own(self):
        return self.models[self.model]["fields"]

    def open_pivot(self):
        """All sums that the pivot shows when it opens."""
        nodes = self.archs["pivot"].findall("field")
        name = {
            kind: [self._get_grouping(node) for node in nodes if node.get("type") == kind] for kind in ("row", "col")
        }
        rows, columns = name["row"][:1], name["col"][:1]
        sets = [[], rows, columns, [*rows, *columns]] if columns else [[], rows]
        return self.records.formatted_read_grouping_sets(self.get_domain(), sets, self._get_measures(nodes))

    def open_graph(self):
        """All sums that the graph shows when it opens."""
        nodes = self.archs["graph"].findall("field")
        groups = [self._get_grouping(node) for node in nodes if node.get("type") != "measure"]
        records = self.records.with_context(fill_temporal=True)
        return records.formatted_read_group(self.get_domain(), groups, self._get_measures(nodes))

    @staticmethod
    def _get_grouping(node):
        return ":".join(filter(None, (node.get("name"), node.get("interval"))))

    def _get_measures(self, nodes):
        names = [node.get("name") for node in nodes if node.get("type") == "measure"]
        return [f"{name}:{self._own()[name].get('aggregator') or 'sum'}" for name in names] + ["__count"]

    def open_form(self, record):
        """The whole form of a record."""
        return record.web_read(self.get_fields(self.archs["form"], self.model))

    def open_activities(self):
        """The page of activities."""
        specification = self.get_fields(self.archs["activity"], self.model)
        records = self.records.web_search_read(
            [*self.get_domain(), ("activity_ids.active", "in", [True, False])],
            specification,
            limit=100,
            count_limit=COUNT,
        )
        return records, self.env["mail.activity"].get_activity_data(self.model, self.get_domain(), limit=100)

    def get_fields(self, node, model):
        """Fields under a node of a view, with those of the views within them."""
        found = {}
        for child in node:
            if child.tag != "field":
                found.update(self.get_fields(child, model))
                continue
            name = child.get("name")
            field = self.models[model]["fields"][name]
            found.setdefault(name, {})
            if field["type"] == "many2one":
                found[name] = {"fields": {"display_name": {}}}
            elif field["type"] in ("one2many", "many2many"):
                found[name] = {"fields": self._get_inner(child, field) or {"display_name": {}}, "limit": 40}
        return found

    def _get_inner(self, node, field):
        within = {}
        for view in node:
            within.update(self.get_fields(view, field["relation"]))
        return within


class Dialog(Page):
    """An action that opens a form for a new record."""

    def start(self, **values):
        """The empty form, with some of its fields filled in: what it says then, as the browser is told.

        :return: (values, answer)
        """
        specification = self.get_fields(self.archs["form"], self.model)
        answer = self.records.onchange({}, [], specification)
        filled = {**self._flatten(answer["value"], specification), **values}
        answer = self.records.onchange(filled, list(values), specification)
        return filled, answer

    def _flatten(self, values, specification):
        """Values as the browser sends them back: links as ids, only what can be written."""
        flat = {}
        for name, value in values.items():
            field = self._own()[name]
            if field["type"] in ("one2many", "many2many"):
                continue
            flat[name] = value["id"] if isinstance(value, dict) else value
        return {name: value for name, value in flat.items() if name in specification}

    def read(self, record):
        """The form of a record that is there."""
        return record.web_read(self.get_fields(self.archs["form"], self.model))


def get_size(answer):
    """Bytes of an answer as it goes over the line."""
    return len(json.dumps(answer, default=str, ensure_ascii=False).encode())
