"""Multiplies what was made by hand: every row that is newer than a mark, in every table, copied in the database.

A copy refers to its own copies: wherever a row of the originals points to another row of the originals, by a link, a
table of links, a model and an id, an analytic distribution or a matching number, copy number g points to copy number g
of it. What was there before the mark is shared by all.
"""

import dataclasses

from odoo.tools import SQL

# Rows of these tables tell of the making, not of the company
LEFT_OUT = ("ir_", "bus_", "mail_tracking_value", "mail_notification", "res_users", "project_task_")
# Several copies of these are one and the same in reality
SHARED = ("subscription_billing_run", "subscription_billing_part", "subscription_assurance")
# Columns that hold a secret or a key of one row
KEYS = ("access_token", "signup_type", "grant_key")


@dataclasses.dataclass
class Table:
    """Rows of the originals in one table: `count` rows of ids above the mark, whose copies begin after `last`."""

    name: str
    model: object
    count: int
    last: int

    def get_copy(self, rank):
        """SQL for the id of copy number `g` of the row with this rank."""
        return f"({self.last - self.count} + copies.g * {self.count} + {rank})"


class Copier:
    """Copies all rows that appear between :meth:`mark` and :meth:`copy`."""

    def __init__(self, env, values=None):
        """`values`: (table, column) → SQL for the value of a copy, over `row` (the original, with its `scale_rank`),
        `copies.g` (number of the copy) and `{count}` (originals of the table)."""
        self.env, self.cr = env, env.cr
        self.values = values or {}
        self.marks, self.tables = {}, {}

    # === WHAT IS COPIED === #
    def mark(self):
        """What is there by now is not copied."""
        self.env.flush_all()
        self.marks = {name: self._read(f'SELECT coalesce(max(id), 0) FROM "{name}"') for name in self._get_names()}

    def _get_names(self):
        """Tables of models that keep rows, with an id."""
        found = {
            model._table: model
            for model in self.env.values()
            if model._auto and not model._abstract and not model._transient and not model._table_query
        }
        return {name: model for name, model in found.items() if not name.startswith((*LEFT_OUT, *SHARED))}

    def _read(self, query):
        self.cr.execute(query)
        return self.cr.fetchone()[0]

    def _age(self, name, model):
        """Originals, and so their copies, were written the day before yesterday: most of a company rests."""
        if model._log_access:
            aged = "UPDATE %s SET write_date = write_date - interval '2 days' WHERE id > %s"
            self.cr.execute(SQL(aged, SQL.identifier(name), self.marks[name]))

    def find(self, **columns):
        """Set the originals aside in temporary tables, numbered.

        :param columns: table → further columns of its originals: SQL over `row`.
        """
        self.env.flush_all()
        for name, model in self._get_names().items():
            count = self._read(f'SELECT count(*) FROM "{name}" WHERE id > {self.marks[name]}')
            if count:
                self._age(name, model)
                self.tables[name] = Table(name, model, count, self._read(f'SELECT max(id) FROM "{name}"'))
                further = f", {columns[name]}" if name in columns else ""
                self.cr.execute(
                    f'CREATE TEMP TABLE "scale_{name}" AS SELECT row.*, row_number() OVER (ORDER BY row.id) '
                    f'AS scale_rank{further} FROM "{name}" row WHERE id > {self.marks[name]}'
                )
                self.cr.execute(f'CREATE INDEX ON "scale_{name}" (id)')
                self.cr.execute(f'ANALYZE "scale_{name}"')

    # === COPYING === #
    def copy(self, times):
        """Make so many copies of every original."""
        self.cr.execute("SET session_replication_role = replica")  # copies of sound rows need no look at their links
        self.cr.execute("SET maintenance_work_mem = '512MB'")
        relations = list(self._get_relations())
        indexes = self._drop_indexes([*self.tables, *(relation for relation, *_rest in relations)])
        for table in self.tables.values():
            self._copy_table(table, times)
        for relation in relations:
            self._copy_relation(*relation, times)
        for definition in indexes:
            self.cr.execute(definition)
        self.cr.execute("SET session_replication_role = origin")

    def _drop_indexes(self, names):
        """Indexes are built faster over all rows than with each; :return: their definitions."""
        self.cr.execute(
            """SELECT index.relname, pg_get_indexdef(index.oid) FROM pg_index
                 JOIN pg_class index ON index.oid = indexrelid JOIN pg_class rel ON rel.oid = indrelid
                WHERE rel.relname = ANY(%s) AND NOT indisprimary
                  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)""",
            [names],
        )
        found = self.cr.fetchall()
        for name, _definition in found:
            self.cr.execute(f'DROP INDEX "{name}"')
        return [definition for _name, definition in found]

    def _copy_table(self, table, times):
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != 'id'"
            " AND table_schema = current_schema",
            [table.name],
        )
        names = [name for [name] in self.cr.fetchall()]
        links = Links(self.tables)
        values = [self._get_value(table, name, links) for name in names]
        listed = ", ".join(f'"{name}"' for name in names)
        self.cr.execute(
            f'INSERT INTO "{table.name}" (id, {listed}) '
            f'WITH original AS MATERIALIZED (SELECT {links.select("row.*")} FROM "scale_{table.name}" row) '
            f"SELECT {table.get_copy('row.scale_rank')}, {', '.join(values)} "
            f"FROM generate_series(1, {int(times)}) copies (g), original row ORDER BY copies.g, row.id"
        )
        self.cr.execute(f"SELECT setval('{table.name}_id_seq', {table.last + table.count * times})")

    def _get_value(self, table, name, links):
        """SQL for a column of a copy."""
        given = self.values.get((table.name, name))
        if given:
            return given.format(count=table.count)
        if name in KEYS:
            return "NULL"
        if name == "analytic_distribution" and "account_analytic_account" in self.tables:
            return links.add_distribution()
        field = table.model._fields.get(name)
        if field is not None and field.type == "many2one":
            return links.add(self.env[field.comodel_name]._table, f'row."{name}"')
        if field is not None and field.type == "many2one_reference":
            return links.add_reference(name, field.model_field)
        return f'row."{name}"'

    # === TABLES OF LINKS === #
    def _get_relations(self):
        """Yield (table of links, column, table it points to, other column, the other table), each once."""
        seen = set()
        for model in self.env.values():
            for field in model._fields.values():
                if field.type != "many2many" or not field.store or not field.relation or field.relation in seen:
                    continue
                if model._abstract or model._transient or self.env[field.comodel_name]._transient:
                    continue
                own, other = model._table, self.env[field.comodel_name]._table
                if own in self.tables or other in self.tables:
                    seen.add(field.relation)
                    yield field.relation, field.column1, own, field.column2, other

    def _copy_relation(self, relation, column1, table1, column2, table2, times):
        """Links of which at least one end is copied; never links between the copies of one thing and a shared other
        that would have been made once."""
        ends = [
            f'row."{column}" > {self.marks[table]}'
            for column, table in ((column1, table1), (column2, table2))
            if table in self.tables
        ]
        links = Links(self.tables)
        values = [links.add(table1, f'row."{column1}"'), links.add(table2, f'row."{column2}"')]
        self.cr.execute(
            f'INSERT INTO "{relation}" ("{column1}", "{column2}") '
            f'WITH original AS MATERIALIZED (SELECT {links.select("row.*")} FROM "{relation}" row '
            f"WHERE {' OR '.join(ends)}) SELECT {', '.join(values)} "
            f"FROM original row, generate_series(1, {int(times)}) copies (g) ON CONFLICT DO NOTHING"
        )


class Links:
    """Links between originals, looked up once for each original and not for each copy."""

    def __init__(self, tables):
        self.tables, self.columns = tables, []

    def select(self, *columns):
        """What is read of the originals: their own columns and what was looked up."""
        return ", ".join([*columns, *self.columns])

    def _look_up(self, expression):
        name = f"scale_link_{len(self.columns)}"
        self.columns.append(f"{expression} AS {name}")
        return f"row.{name}"

    def _get_copy_zero(self, target, value):
        """SQL for what the numbers of copies are added to: NULL where the thing is shared."""
        table = self.tables[target]
        return (
            f"(SELECT {table.last - table.count} + other.scale_rank "
            f'FROM "scale_{target}" other WHERE other.id = {value})'
        )

    def add(self, target, value):
        """SQL for the copy of what an original links to, or the same where that is shared."""
        if target not in self.tables:
            return value
        zero = self._look_up(self._get_copy_zero(target, value))
        return f"coalesce({zero} + copies.g * {self.tables[target].count}, {value})"

    def add_reference(self, name, model_field):
        """The same for a model and an id."""
        kind = f'row."{model_field}"'
        models = {table.model._name: table for table in self.tables.values()}
        zeros = [
            f"WHEN '{model}' THEN {self._get_copy_zero(table.name, f'row.{name}')}" for model, table in models.items()
        ]
        counts = [f"WHEN '{model}' THEN {table.count}" for model, table in models.items()]
        zero = self._look_up(f"CASE {kind} {' '.join(zeros)} END")
        count = self._look_up(f"CASE {kind} {' '.join(counts)} END")
        return f'coalesce({zero} + copies.g * {count}, row."{name}")'

    def add_distribution(self):
        """The same for the one account of an analytic distribution."""
        first = "(SELECT key::integer FROM jsonb_object_keys(row.analytic_distribution) keys (key) LIMIT 1)"
        key = self._look_up(first)
        table = self.tables["account_analytic_account"]
        value = self._look_up("(SELECT value FROM jsonb_each(row.analytic_distribution) LIMIT 1)")
        zero = self._look_up(self._get_copy_zero(table.name, first))
        account = f"coalesce({zero} + copies.g * {table.count}, {key})::text"
        return f"CASE WHEN {key} IS NOT NULL THEN jsonb_build_object({account}, {value}) END"
