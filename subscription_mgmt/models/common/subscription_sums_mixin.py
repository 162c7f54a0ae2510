"""Sums that the database keeps: what a screen adds up over millions of rows is read from a few thousand."""

from odoo import api, fields, models
from odoo.tools import SQL


def _listed(parts):
    return SQL(", ").join(parts)


class SubscriptionSumsMixin(models.AbstractModel):
    """Sums over the rows of a table by some of its columns, kept up to date by the database itself.

    Whatever changes the rows (the ORM, SQL, a deletion that takes rows along) leaves a line with the difference in the
    same transaction. Lines are only added: two who work on the same sums never wait for each other. At night they are
    replaced by one line for each sum. What is read is what adding up the rows would give, at any moment.

    A model says `_auto` and `_log_access` itself: `models.Model` says otherwise before this class is asked. The table
    has no links to others: a line of what is gone outlives it, and no one is locked for it.
    """

    _name = "subscription.sums.mixin"
    _description = "Kept Sums"
    _auto = False
    _log_access = False

    # The table that is added up; by which columns; which columns; {name: type} in the database.
    _sums_of = ""
    _sums_by = {}
    _sums_values = {}

    row_count = fields.Integer(string="Rows", readonly=True)

    @api.private
    def init(self):
        """Keep the sums, once all columns of the other table are there."""
        if not self._abstract:
            self.pool.post_init(self._keep_sums)

    @property
    def _table_query(self):
        by, values = self._get_sums_names()
        return SQL(
            "SELECT MIN(id) AS id, %(by)s, SUM(row_count)::int AS row_count, %(values)s FROM %(table)s "
            "GROUP BY %(by)s HAVING SUM(row_count) != 0",
            by=_listed(by),
            values=_listed(SQL("SUM(%s) AS %s", name, name) for name in values),
            table=SQL.identifier(self._table),
        )

    def _get_sums_names(self):
        return [[SQL.identifier(name) for name in names] for names in (self._sums_by, self._sums_values)]

    def _keep_sums(self):
        """Make what keeps the sums, and add them up anew."""
        kinds = {**self._sums_by, "row_count": "int4", **self._sums_values}
        columns = [
            SQL("%s %s", SQL.identifier(name), SQL(kind))  # pylint: disable=sql-injection
            for name, kind in kinds.items()
        ]
        by, _values = self._get_sums_names()
        table, index = SQL.identifier(self._table), SQL.identifier(f"{self._table}_by")
        self.env.execute_query(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.execute_query(SQL("CREATE TABLE %s (id bigserial PRIMARY KEY, %s)", table, _listed(columns)))
        self.env.execute_query(SQL("CREATE INDEX %s ON %s (%s)", index, table, _listed(by)))
        self._make_triggers()
        self._sum_up()

    def _make_triggers(self):
        """Have the database add a line with the difference after each statement that changes the rows."""
        cr, source, keep = self.env.cr, SQL.identifier(self._sums_of), SQL.identifier(f"{self._table}_keep")
        cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION %(keep)s() RETURNS trigger LANGUAGE plpgsql AS $keep$
                BEGIN
                    IF TG_OP = 'INSERT' THEN
                        %(added)s;
                    ELSIF TG_OP = 'DELETE' THEN
                        %(removed)s;
                    ELSE
                        %(changed)s;
                    END IF;
                    RETURN NULL;
                END $keep$
                """,
                keep=keep,
                added=self._get_difference({"added": 1}),
                removed=self._get_difference({"removed": -1}),
                changed=self._get_difference({"added": 1, "removed": -1}),
            )
        )
        for event, tables in (
            ("INSERT", "NEW TABLE AS added"),
            ("UPDATE", "OLD TABLE AS removed NEW TABLE AS added"),
            ("DELETE", "OLD TABLE AS removed"),
        ):
            name = SQL.identifier(f"{self._table}_{event.lower()}")
            cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, source))
            cr.execute(
                SQL(
                    "CREATE TRIGGER %s AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION %s()",
                    name,
                    SQL(event),
                    source,
                    SQL(tables),
                    keep,
                )
            )

    def _get_difference(self, signs):
        """Statement that adds lines with the sums of the rows of some tables, where they are not zero.

        :param signs: {table: 1 or -1}, whether its rows are added or taken off.
        """
        by, values = self._get_sums_names()
        signed = [SQL("COALESCE(SUM(sign * %s), 0)", name) for name in values]
        # No column but those that are added up: the table is others', who may have one of any name
        rows = (
            SQL("SELECT %s, %s AS sign FROM %s WHERE %s", _listed(by + values), sign, SQL.identifier(table), where)
            for where in [self._get_sums_where()]
            for table, sign in signs.items()
        )
        return SQL(
            "INSERT INTO %(table)s (%(by)s, row_count, %(values)s) SELECT %(by)s, SUM(sign), %(signed)s "
            "FROM (%(rows)s) AS changed GROUP BY %(by)s HAVING SUM(sign) != 0 OR %(any)s",
            table=SQL.identifier(self._table),
            by=_listed(by),
            values=_listed(values),
            signed=_listed(signed),
            rows=SQL(" UNION ALL ").join(rows),
            any=SQL(" OR ").join(SQL("%s != 0", one) for one in signed),
        )

    def _get_sums_where(self):
        """Of which rows, as SQL; hook of the model."""
        return SQL("TRUE")

    def _sum_up(self):
        """Replace all lines by one for each sum.

        Rows and lines are seen as of one moment: what others change meanwhile is in neither, and stays in their lines.
        Nor is what this transaction has yet to write: it leaves its line when it is written.
        """
        self.env.execute_query(SQL("DELETE FROM %s", SQL.identifier(self._table)))
        self.env.execute_query(self._get_difference({self._sums_of: 1}))

    @api.autovacuum
    def _gc_lines(self):
        """Every night: keep the lines few."""
        if not self._abstract:
            self.env.flush_all()
            self._sum_up()

    @api.model
    def _stop_keeping(self):
        """Before the add-on goes: leave nothing behind on the tables of others."""
        for name in self.env.registry.descendants([self._name], "_inherit") - {self._name}:
            keep = SQL.identifier(f"{self.env[name]._table}_keep")
            self.env.execute_query(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", keep))
