from odoo import Command, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.subscription_mgmt.models.importing.resolve import Target
from odoo.addons.subscription_mgmt.models.importing.subscription_import_layout_members import (
    KINDS,
)
from odoo.addons.subscription_mgmt.models.importing.subscription_import_layout_members import (
    SubscriptionImportLayoutMembers as Base,
)
from odoo.addons.subscription_mgmt.tools.refusal import Refusal

from ...tools.member_layout import MORE_MEMBERS, PLACES, get_depth, get_units_above

_lt = LazyTranslate(__name__)

# Column → field that it is compared with; an empty cell leaves the field as it is
FIELDS = {
    "member_state": "member_state",
    "is_customer": "member_is_customer",
    "is_supplier": "member_is_supplier",
    "channel": "member_channel",
    "credit_limit": "credit_limit",
    "sector": "industry_id",
    "language": "lang",
    "unit": "member_unit",
    "branch": "member_branch_id",
    "department": "member_department_id",
    "representative": "user_id",
}
PEOPLE = 100  # deeper than any unit


class SubscriptionImportLayoutMembers(models.AbstractModel):
    """Members with what their own page knows of them (WSI-34): status, roles, limit, category, units, relatives.

    Categories, the responsible and relatives are given to members that the file makes; who is there keeps theirs.
    """

    _inherit = "subscription.import.layout.members"

    _shape = MORE_MEMBERS
    _targets = {
        "category": Target("res.partner.category", _lt("categories"), listed=True),
        "sector": Target("res.partner.industry", _lt("sectors"), listed=True),
        "representative": Target("hr.employee", _lt("our employees")),
        "responsible": Target("hr.employee", _lt("our employees")),
        "degree": Target("member.relation.degree", _lt("degrees of kinship"), listed=True, mode="name"),
    }
    _models = {**Base._models, "member.relation": _lt("Relative")}
    _problems = {
        **Base._problems,
        "bad_member_state": _lt("Potential, active or passive is expected here."),
        "bad_member_channel": _lt("Dealer, service or wholesaler is expected here."),
        "bad_member_unit": _lt("Division, branch, office or department is expected here."),
        "unit_not_taken": _lt("Only units of a corporate member have this. Leave the cell empty."),
        "place_not_taken": _lt("Only contacts work in a branch or department. Leave the cell empty."),
        "relative_not_taken": _lt("Only individual members have relatives. Leave the cell empty."),
        "relative_incomplete": _lt("The number of the relative and the degree of kinship go together."),
        "own_relative": _lt("Nobody is their own relative."),
        "negative_limit": _lt("A credit limit is not below zero."),
        "unit_circle": _lt("A unit cannot stand below itself."),
        "place_unknown": _lt("No unit with this number was found, neither in the file nor among the members."),
        "place_kept_out": _lt("The unit is kept out by a problem."),
        "place_new": _lt("The unit is new in this file, the member is not: import the units first."),
        "relative_unknown": _lt(
            "No individual member with this number was found, neither in the file nor there already."
        ),
        "relative_there": _lt("The member is there already: enter this relative on its page."),
        "no_user": _lt("This employee has no user."),
        "unknown_language": _lt("This language is not installed. Write its code, for instance tr_TR."),
        "no_limit_access": _lt("You may not set credit limits: this takes a right in accounting."),
    }
    _notes = {
        **Base._notes,
        "member_state": _lt("Potential, active or passive. Empty: active."),
        "is_customer": _lt("Yes or no."),
        "is_supplier": _lt("Yes or no."),
        "channel": _lt("Dealer, service or wholesaler. Empty: none."),
        "credit_limit": _lt("How much may be open, in the currency of the company."),
        "category": _lt("Id of a tag, for new members."),
        "sector": _lt("Id of an industry."),
        "language": _lt("For instance tr_TR."),
        "unit": _lt("For branches: division, branch, office or department. Empty: branch."),
        "above": _lt("For branches: number of the unit above, in the file or there already. Empty: the member itself."),
        "branch": _lt("For contacts: number of the branch they work in."),
        "department": _lt("For contacts: number of the department they work in."),
        "representative": _lt("Id of our employee who looks after the member."),
        "responsible": _lt("Id of our employee in the responsible team, for new members."),
        "relative": _lt("For new individuals: number of the individual they are related to."),
        "degree": _lt("What the relative is to the person, for instance Parent."),
    }

    # === CHECK === #
    def _prepare(self, result):
        """Also find the units and relatives that are named and not in the file."""
        done = super()._prepare(result)
        groups, own = result.reading.groups, result.own
        own.above = get_units_above(groups)
        own.persons = {g.number for g in groups if g.values.get("member_kind") == "individual"}
        places = {g.values[key] for g in groups for key in PLACES if key in g.values} - own.above.keys()
        relatives = {g.values["relative"] for g in groups if "relative" in g.values} - own.persons
        own.places = result.engine._resolve_numbers(KINDS["branch"], places)
        own.relatives = result.engine._resolve_numbers(KINDS["individual"], relatives)
        own.languages = {code for code, _name in self.env["res.lang"].get_installed()}
        own.made_units, own.made_persons, own.related = {}, {}, []
        return done

    def _get_problems(self, result, group):
        """Yield also places, relatives, languages and people that do not fit."""
        yield from super()._get_problems(result, group)
        values, header, own = group.values, result.header, result.own
        is_there = bool(self._find(result, group))
        for key in PLACES:
            reason = self._get_place_problem(own, values[key], is_there) if key in values else None
            if reason:
                yield header.problem(reason, group.first, key)
        for key in ("representative", "responsible"):
            if key in values and not self._get_user(result, group, key):
                yield header.problem("no_user", group.first, key)
        if "language" in values and values["language"] not in own.languages:
            yield header.problem("unknown_language", group.first, "language")
        if "credit_limit" in values and not self._may_set_limit():
            yield header.problem("no_limit_access", group.first, "credit_limit")
        yield from self._get_relative_problems(result, group, is_there)

    def _get_place_problem(self, own, number, is_there):
        if number not in own.above:
            return "place_unknown" if isinstance(own.places[number], Refusal) else None
        made = isinstance(own.existing["branch"].get(number), models.BaseModel)
        return "place_new" if is_there and not made else None

    def _get_relative_problems(self, result, group, is_there):
        number, own, header = group.values.get("relative"), result.own, result.header
        if not number:
            return
        if number not in own.persons and isinstance(own.relatives[number], Refusal):
            yield header.problem("relative_unknown", group.first, "relative")
        elif is_there and not self._is_related(result, group):
            yield header.problem("relative_there", group.first, "relative")

    def _may_set_limit(self):
        partners = self.env["res.partner"]
        return partners._has_field_access(partners._fields["credit_limit"], "write")

    def _get_user(self, result, group, key):
        employee = result.records.get(key, {}).get(group.values[key])
        return employee.user_id if isinstance(employee, models.BaseModel) else self.env["res.users"]

    def _is_related(self, result, group):
        """Whether the relation of a row is there, entered for whichever of the two."""
        person, relative = self._find(result, group), self._get_relative(result, group)
        degree = result.records.get("degree", {}).get(group.values.get("degree"))
        return bool(relative) and any(
            seen.other_id == relative and seen.other_degree_id == degree for seen in person.member_relation_ids
        )

    def _conclude(self, result):
        """Keep out whoever works or stands in a unit that is kept out; units come before what is in them."""
        done = super()._conclude(result)
        own = result.own
        there = {number for number, found in own.existing["branch"].items() if isinstance(found, models.BaseModel)}
        result.new.sort(key=lambda entry: self._get_rank(own.above, entry[0]))
        kept = []
        for entry in result.new:
            group = entry[0]
            lost = [key for key in PLACES if group.values.get(key) in own.above.keys() - there]
            if lost:
                result.errors += [result.header.problem("place_kept_out", group.first, key) for key in lost]
                result.skipped_count += 1
                continue
            kept.append(entry)
            if group.values["member_kind"] == "branch":
                there.add(group.number)
        result.new = kept
        return done

    def _get_rank(self, above, group):
        """How early a member is made: companies and persons, then units from the top down, then who works there."""
        kind = group.values["member_kind"]
        if kind == "branch":
            return 1 + (get_depth(above, group.number) or 0)
        return PEOPLE if kind == "contact" else 0

    def _get_fields(self, group=None):
        """Override: and what else the file says of a member; an empty cell says nothing."""
        mine = {key: name for key, name in FIELDS.items() if group is None or key in group.values}
        return {**super()._get_fields(group), **mine}

    # === VALUES === #
    def _prepare_values(self, result, group):
        """Override: with what else the file says of the member."""
        values, row = super()._prepare_values(result, group), group.values
        for key in ("member_state", "is_customer", "is_supplier", "channel", "language"):
            if key in row:
                values[FIELDS[key]] = row[key]
        if "credit_limit" in row:
            values["credit_limit"] = float(row["credit_limit"])
        if "sector" in row:
            values["industry_id"] = result.records["sector"][row["sector"]].id
        if "representative" in row:
            values["user_id"] = self._get_user(result, group, "representative").id
        if row["member_kind"] == "branch":
            values["member_unit"] = row.get("unit") or "branch"
        for key in ("branch", "department"):
            if key in row:
                values[FIELDS[key]] = self._get_place(result, row[key]).id
        return values

    def _get_place(self, result, number):
        """The unit with this number, of the file or there already; none when it is still to be made."""
        own, units = result.own, self.env["res.partner"]
        found = own.made_units.get(number) or own.existing["branch"].get(number) or own.places.get(number)
        return found if isinstance(found, models.BaseModel) else units

    def _get_parent(self, result, group):
        """Override: a unit may stand below another one."""
        above = group.values.get("above")
        return (above and self._get_place(result, above)) or super()._get_parent(result, group)

    def _get_relative(self, result, group):
        own, number = result.own, group.values.get("relative")
        found = own.made_persons.get(number) or own.existing["individual"].get(number) or own.relatives.get(number)
        return found if isinstance(found, models.BaseModel) else self.env["res.partner"]

    # === WRITING === #
    def _get_turns(self, groups):
        """Override: units from the top down, people last."""
        above, turns = get_units_above(groups), {}
        for group in groups:
            turns.setdefault(self._get_rank(above, group), []).append(group)
        return [turns[rank] for rank in sorted(turns)]

    def _make_records(self, result, groups):
        """Override: also tags and the responsible; what was made is found by those who come after."""
        made = super()._make_records(result, groups)
        for group, partner in zip(groups, made, strict=True):
            links = {}
            if "category" in group.values:
                links["category_id"] = [Command.link(result.records["category"][group.values["category"]].id)]
            if "responsible" in group.values:
                links["member_team_ids"] = [Command.link(self._get_user(result, group, "responsible").id)]
            if links:
                partner.write(links)
            kind = self._get_kind(group)
            if kind in ("branch", "individual"):
                (result.own.made_units if kind == "branch" else result.own.made_persons)[group.number] = partner
        return made

    def _make(self, result, entries, batch):
        """Override: keep in mind who is related to whom, which is written when everybody is there."""
        done = super()._make(result, entries, batch)
        result.own.batch = batch
        result.own.related += [group for group, _context in entries if "relative" in group.values]
        return done

    def _finish(self, result):
        """Override: relate the new persons, each pair once, whichever of the two the file says it of."""
        done = super()._finish(result)
        made, seen = [], set()
        for group in result.own.related:
            person, relative = result.own.made_persons[group.number], self._get_relative(result, group)
            degree = result.records["degree"][group.values["degree"]]
            said = {(person, relative, degree), (relative, person, degree._get_inverse())}
            if relative and not said & seen:
                made.append((group.row, {"partner_id": person.id, "relative_id": relative.id, "degree_id": degree.id}))
            seen |= said
        relations = self.env["member.relation"].create([values for _row, values in made])
        if relations:
            result.own.batch._note_made(zip([row for row, _values in made], relations, strict=True))
        return done

    # === UNDO === #
    def _check_unused(self, records):
        """Override: relatives are used by nothing."""
        return super()._check_unused(records) if records._name == "res.partner" else None

    def _delete(self, records):
        """Override: relatives hang on nothing."""
        return super()._delete(records) if records._name == "res.partner" else records.unlink()
