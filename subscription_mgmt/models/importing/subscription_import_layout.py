from odoo import api, models

from ...tools.importing.layout import Layout
from .messages import COLUMN_NOTES, HINTS, PROBLEMS
from .subscription_import_engine import Step, Update
from .write import differs

SHOWN = 10


class SubscriptionImportLayout(models.AbstractModel):
    """A kind of file that can be imported: one model that says everything of it.

    A layout inherits this model and is named `subscription.import.layout.NAME`, where NAME is what the field `layout`
    of an import holds. Nothing else has to know of it: the page, the receipt, the job and the undo ask
    `_get_layout()`. What is known of one file stands in the :class:`.Result` that each method takes; `result.own` is
    for whatever a layout keeps between its methods.
    """

    _name = "subscription.import.layout"
    _description = "File Layout"

    # === WHAT A LAYOUT SAYS OF ITSELF === #
    _label = ""  # as people choose it
    _shape = Layout()  # columns, headings, rules between cells: plain Python
    _targets = {}  # id column → the :class:`.Target` it points to
    _precisions = {}  # column → name of the decimal precision that its figures are kept with
    _models = {}  # kind of record that it makes or changes → its name; what was made is deleted from last to first
    _shown = ()  # columns by which a person knows a record that is still to be made
    _differs = ""  # reason that keeps a row out whose record is there with other values
    _problems = {}  # reason → sentence, besides those of every layout
    _hints = {}  # reason → what people do about it
    _notes = {}  # column → what it takes

    # === ALL LAYOUTS === #
    @api.model
    def _get_all(self):
        """Every layout of the database, in the order in which they were loaded."""
        names = self.env.registry.descendants(["subscription.import.layout"], "_inherit")
        return [self.env[name] for name in names if name != "subscription.import.layout"]

    @api.model
    def _get_labels(self):
        """The choices of what is loaded."""
        return [(layout._name.rpartition(".")[2], self.env._(layout._label)) for layout in self._get_all()]

    @api.model
    def _get_model_labels(self):
        """The kinds of records that an import can make or change."""
        found = [item for layout in self._get_all() for item in layout._models.items()]
        return [(model, self.env._(label)) for model, label in dict(found).items()]

    @api.model
    def _get_kinds(self):
        """How old systems number records → whether one is of that kind."""
        targets = [target for layout in self._get_all() for target in layout._targets.values()]
        return {target.kind: target.fits for target in targets if target.kind}

    # === IN WORDS === #
    def _get_note(self, key):
        """Return what a column takes."""
        return str(self.env._(self._notes.get(key) or COLUMN_NOTES[key]))

    def _get_hint(self, code):
        """Return what people do about a problem, if there is something to say."""
        return str(self.env._(self._hints.get(code) or HINTS.get(code, "")))

    def _get_message(self, problem):
        """Return the sentence for a problem in the user's language."""
        return str(self.env._(self._problems.get(problem.code) or PROBLEMS[problem.code])) % problem.params

    def _describe_problem(self, problem):
        """Return a problem as one line of text with its place."""
        place = [self.env._("Row %s", problem.row)] if problem.row else []
        place += [text for text in (problem.column, problem.value) if text]
        message = self._get_message(problem)
        return f"{', '.join(place)}: {message}" if place else message

    def _describe_problems(self, problems):
        """Return the first problems of a file as text, for a message outside the list."""
        return self.env._(
            "Nothing was imported: the file has %(count)s problems.\n%(problems)s",
            count=len(problems),
            problems="\n".join(self._describe_problem(problem) for problem in problems[:SHOWN]),
        )

    def _describe_new(self, result, group):
        """Return the cells of a record to be made that a person knows it by."""
        texts = []
        for key in self._shown:
            value = group.values.get(key)
            record = result.records.get(key, {}).get(value)
            if value is not None:
                # Few of the records are shown: not every name of a big file is wanted.
                shown = record.with_prefetch().display_name if isinstance(record, models.BaseModel) else str(value)
                texts.append(shown)
        if len(group.rows) > 1:
            texts.append(self.env._("%s lines", len(group.rows)))
        return " · ".join(texts)

    def _describe_made(self, step):
        """Return what a change to a record that is there makes besides."""
        return self.env._(self._models[step.record._name])

    # === CHECK === #
    def _check(self, result):
        """Sort what the file says into new, changed, unchanged and impossible. Reads only."""
        self._prepare(result)
        bad_rows = result.bad_rows
        for group in result.reading.groups:
            is_bad = any(row.number in bad_rows for row in group.rows)
            problems = [] if is_bad else self._check_group(result, group)
            result.add_problems(problems)
            result.skipped_count += bool(is_bad or problems)
        self._conclude(result)

    def _prepare(self, result):
        """Hook: look up for the whole file at once what its rows are compared with, and keep it in `result.own`."""

    def _conclude(self, result):
        """Hook: what can only be told once every row was looked at."""

    def _check_group(self, result, group):
        """Sort the rows of one number: into `result.new`, into `result.updates`, or count them as unchanged.

        :return: the problems that keep them out
        """
        problems = list(self._get_problems(result, group))
        if problems:
            return problems
        there = self._find(result, group)
        if there:
            return self._compare(result, group, there)
        result.new.append((group, None))
        return []

    def _get_problems(self, result, group):
        """Hook: what is wrong with records that exist each for itself."""
        return ()

    def _find(self, result, group):
        """Return the record that is there already, if there is one."""
        raise NotImplementedError

    def _compare(self, result, group, record):
        """Sort rows whose record is there.

        :return: that it has other values, unless it may be updated
        """
        changes = self._get_changes(result, group, record)
        if not changes:
            result.unchanged_count += 1
        elif result.engine.on_existing == "update":
            result.updates.append(Update(record, group.row, [Step(record, changes)]))
        else:
            return [self._get_difference(result, group, self._get_columns(result, record, changes))]
        return []

    def _get_changes(self, result, group, record):
        """Return the values of the file that the record does not have."""
        values = self._prepare_values(result, group)
        return {name: value for name, value in values.items() if differs(record[name], value)}

    def _get_columns(self, result, record, changes):
        """Return the names of what differs."""
        return [record._fields[name]._description_string(self.env) for name in changes]

    def _get_difference(self, result, group, columns):
        """Return the problem that a record is there with other values."""
        params = {"number": group.number, "columns": ", ".join(columns)}
        return result.header.problem(self._differs, group.first, self._shape.key, **params)

    # === WRITING === #
    def _prepare_values(self, result, group):
        """Values of a record of the file, as it would be compared with the one that is there."""
        raise NotImplementedError

    def _make(self, result, entries, batch):
        """Make the records of some entries of `result.new`, note them on the receipt, and keep their old numbers."""
        for groups in self._get_turns([group for group, _context in entries]):
            pairs = list(zip(groups, self._make_records(result, groups), strict=True))
            codes = [(group.number, self._get_kind(group), record) for group, record in pairs]
            self.env["subscription.external.id"]._keep(batch.company_id, codes)
            batch._note_made((group.row, record) for group, record in pairs)

    def _get_turns(self, groups):
        """Hook: the groups in the order in which their records can be made."""
        return [groups]

    def _make_records(self, result, groups):
        """Make a record for each group."""
        records = self.env[next(iter(self._models))].with_context(**result.engine._get_write_context())
        return records.create([self._prepare_values(result, group) for group in groups])

    def _get_kind(self, group):
        """Hook: as what the old system numbers a record, when it numbers several kinds each from 1."""
        return False

    def _finish(self, result):
        """Hook: what is to be done once everything is written."""

    # === UNDO === #
    def _check_undoable(self, batch):
        """Hook: raise when what the import made or changed has to stay."""

    def _undo(self, plan):
        """Put back what the import changed, and delete what it made.

        :return: what was put back
        :raise UserError: something of it is used elsewhere
        """
        plan.restored._restore(plan.records)
        made = plan.made.with_prefetch().grouped("model")
        for model in reversed(self._models):
            if model in made:
                records = self.env[model].union(*(plan.records[change] for change in made[model])).with_prefetch()
                self._check_unused(records)
                self.env["subscription.external.id"]._forget(records)
                self._delete(records)
        return plan.restored

    def _check_unused(self, records):
        """Hook: raise when records that the import made are used by now."""

    def _delete(self, records):
        """Delete records that the import made."""
        # Deleting empties the cache, and records found through a field would then be read one by one.
        return records.with_prefetch().unlink()
