"""What the import page and its receipt share: what is loaded, how it is read, and the check of a file."""

import base64
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.importing import sandbox
from ...tools.importing.errors import build_error_workbook
from ...tools.importing.rows import MAX_PROBLEMS, Options, file_problem
from ...tools.importing.rules import Group, Problem
from ...tools.refusal import Refusal

ID_MODES = [
    ("external", "Ids of the old system"),
    ("xmlid", "External identifiers of Odoo (module.name)"),
    ("database", "Database ids of Odoo"),
    ("name", "Names"),
]


class Step(NamedTuple):
    """A change to one record.

    :param record: what is changed; an empty set of its model when a record is to be made
    :param values: as `write` and `create` take them
    :param silent: names of values that only keep a compute from changing them; they are not worth a line
    """

    record: models.BaseModel
    values: dict
    silent: frozenset = frozenset()


class Update(NamedTuple):
    """Changes to a record that is there and what hangs on it.

    :param record: the record that the row of the file means
    :param row: number of the row
    :param steps: what is to be done
    """

    record: models.BaseModel
    row: int
    steps: list[Step]


@dataclass
class Result:
    """What the check of a file found.

    :param engine: the import page or the receipt that checked it
    :param new: for each record that is to be made (group of the file, what its layout needs besides)
    :param updates: what is to be changed
    :param unchanged_count: records that are there already, equal to the file
    :param skipped_count: groups of the file that a problem keeps out
    :param records: id column → id in the file → record
    :param own: what the layout keeps from the check to the writing
    :param control: counts and money of the file, once somebody asked for them
    """

    engine: models.BaseModel | None = None
    row_count: int = 0
    new: list[tuple[Group, object]] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    unchanged_count: int = 0
    skipped_count: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused: bool = True
    reading: object = None
    records: dict = field(default_factory=dict)
    own: object = None
    control: dict | None = None

    @property
    def header(self):
        """The heading row."""
        return self.reading.header

    def add_problems(self, problems):
        """Sort problems into those that stop the import and those that are only said."""
        for problem in problems:
            (self.warnings if problem.is_notice else self.errors).append(problem)

    @property
    def bad_rows(self) -> set[int]:
        """Numbers of the rows that a problem keeps out."""
        ranges = sorted((problem.row, problem.params.get("last", 0)) for problem in self.errors)
        rows, covered = set(), -1
        for first, last in ranges:  # joined cells may reach over the whole sheet, thousands of times
            rows.add(first)
            rows.update(range(max(first, covered + 1), last + 1))
            covered = max(covered, last)
        return rows


class SubscriptionImportEngine(models.AbstractModel):
    """Reads a file, checks it against the database, and writes it; without a screen of its own."""

    _name = "subscription.import.engine"
    _description = "Subscriber Import Engine"

    company_id = fields.Many2one(comodel_name="res.company", required=True)
    layout = fields.Selection(
        selection=lambda self: self.env["subscription.import.layout"]._get_labels(),
        string="What Is Loaded",
        required=True,
        default=lambda self: self.env["subscription.import.layout"]._get_labels()[0][0],
    )
    makes_contracts = fields.Boolean(compute="_compute_makes_contracts", export_string_translation=False)
    filename = fields.Char()
    sheet_name = fields.Char(string="Sheet", help="Empty: the one sheet that has the layout.")
    id_mode = fields.Selection(
        selection=ID_MODES,
        string="IDs in the File",
        required=True,
        default="external",
        help="How the id columns are read. Ids of the old system are those on the records themselves (reference of a "
        "customer, old system id of a category) or in the list Old System IDs.",
    )
    decimal_sign = fields.Selection(
        selection=[(",", "Comma: 1.234,56"), (".", "Point: 1,234.56")],
        help="For amounts written as text. Empty: a number that could be read both ways is reported.",
    )
    on_existing = fields.Selection(
        selection=[("refuse", "Report it as a problem"), ("update", "Update what was not billed")],
        string="If There With Other Values",
        required=True,
        default="refuse",
        help="What happens to a record that is there already with other values than the file has.",
    )
    column_map = fields.Json(help="Folded heading → key of the column, as a person mapped them.")
    id_modes = fields.Json(help="Key of an id column → how its ids are read, where it differs from the file's.")

    @api.depends("layout")
    def _compute_makes_contracts(self):
        for record in self:
            record.makes_contracts = "subscription.contract" in record._get_layout()._models

    def _get_layout(self):
        """The layout, which knows everything of such files; that of an add-on that is gone knows nothing."""
        name = "subscription.import.layout"
        return self.env.get(f"{name}.{self.layout}", self.env[name])

    def _get_content(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _get_options(self) -> Options:
        return Options(
            layout=self._get_layout()._shape,
            decimal_sign=self.decimal_sign or None,
            sheet=self.sheet_name or None,
            columns=self.column_map or {},
        )

    def _check_may_import(self):
        """Raise unless the user may import into this company, and it runs subscriptions."""
        if not self.env.user.has_group("subscription_mgmt.group_subscription_manager"):
            raise AccessError(self.env._("Only managers of subscriptions may import subscribers."))
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work in company %s.", self.company_id.sudo().name))
        self.company_id._check_subscription_enabled()

    def _copy_options(self):
        """Values with which another record reads the same file the same way."""
        names = ("layout", "filename", "sheet_name", "id_mode", "decimal_sign", "on_existing", "column_map", "id_modes")
        return {"company_id": self.company_id.id, **{name: self[name] for name in names}}

    # === CHECK === #
    def _examine(self) -> Result:
        """Read the file, look up its ids, and compare it with what is there. Reads only."""
        try:
            reading = sandbox.read_file(self._get_content(), self.filename or "", self._get_options())
        except Refusal as refusal:
            return Result(self, errors=[file_problem(refusal)])
        result = Result(self, row_count=reading.row_count, refused=reading.refused, reading=reading)
        result.add_problems(reading.problems)
        if not reading.refused:
            self._apply_remembered_modes(reading)
            records = result.records = self._resolve_ids(reading)
            id_problems = list(islice(self._get_id_problems(reading, records), MAX_PROBLEMS + 1))
            result.add_problems(id_problems)
            if len(id_problems) > MAX_PROBLEMS:
                result.errors.insert(0, file_problem(Refusal("too_many_problems", limit=MAX_PROBLEMS)))
                result.refused = True
                return result
            result.add_problems(self._get_precision_problems(reading))
            self._get_layout()._check(result)
            places = {heading: place for place, heading in enumerate(reading.header.headings.values())}
            for problems in (result.errors, result.warnings):
                problems.sort(key=lambda problem: (problem.row, places.get(problem.column, -1)))
        return result

    def _apply_remembered_modes(self, reading):
        """Hook of the import page: what a person said of these headings before."""

    def _get_precision_problems(self, reading):
        """Return a problem for every figure that would be rounded when it is stored."""
        digits = {
            key: self.env["decimal.precision"].precision_get(name)
            for key, name in self._get_layout()._precisions.items()
            if key in reading.header.headings
        }
        return [
            Problem("too_precise", row.number, reading.header.heading(key), str(row.values[key]), {"digits": places})
            for group in reading.groups
            for row in group.rows
            for key, places in digits.items()
            if abs(round(figure := row.values.get(key, 0.0), places) - figure) > 1e-9
        ]

    # === FAILING ROWS === #
    def _get_error_filename(self):
        stem = (self.filename or "").rpartition(".")[0] or "import"
        return self.env._("%s - failing rows.xlsx", stem)

    def _build_error_workbook(self, result) -> bytes:
        """Return the rows that a problem keeps out, with all rows of their contract, marked and explained.

        :raise UserError: nothing failed, or the file cannot be read at all
        """
        if result.refused or not result.errors:
            raise UserError(self.env._("There are no failing rows; what is wrong concerns the file as a whole."))
        bad = result.bad_rows
        numbers = {
            row.number
            for group in result.reading.groups
            if any(row.number in bad for row in group.rows)
            for row in group.rows
        }
        headings, rows = sandbox.read_raw(self._get_content(), self.filename or "", self._get_options(), numbers)
        header = result.reading.header
        places = {header.headings[key]: place for place, key in header.places.items() if key}
        get_message = self._get_layout()._get_message
        problems = [(problem.row, problem.column, get_message(problem)) for problem in result.errors]
        return build_error_workbook(headings, rows, problems, places, self.env._("Failing Rows"))
