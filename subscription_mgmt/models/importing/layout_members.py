"""The layout "members": individuals, companies, their contact persons and branches (WSI-34)."""

from odoo import models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext, plaintext2html

from ...tools.importing.rules import Problem
from ...tools.refusal import Refusal
from .layout_contracts import plain
from .messages import MODEL_LABELS
from .resolve import Target, is_company, is_person
from .subscription_import_engine import Step, Update

FIELDS = {
    "member_name": "name",
    "parent": "parent_id",
    "vat": "vat",
    "email": "email",
    "phone": "phone",
    "job": "function",
    "street": "street",
    "street2": "street2",
    "zip": "zip",
    "city": "city",
    "country": "country_id",
    "member_note": "comment",
}
ADDRESS = ("street", "street2", "zip", "city", "country")
MEMBER_TARGETS = {
    "individual": Target(
        "res.partner", "ref", "individual", lambda partner: is_person(partner) and not partner.parent_id
    ),
    "corporate": Target("res.partner", "ref", "corporate", is_company),
    "contact": Target("res.partner", "ref", "contact", lambda partner: is_person(partner) and partner.parent_id),
    "branch": Target("res.partner", "ref", "branch", lambda partner: is_person(partner) and partner.parent_id),
}
CHILDREN = ("contact", "branch")


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    def _check_members(self, reading, records, result):
        """Sort the members of the file into new, changed, unchanged and impossible."""
        existing = self._find_members(reading)
        records["countries"] = {country.code: country for country in self.env["res.country"].search([])}
        parents = {g.values.get("member") for g in reading.groups if g.values.get("member_kind") == "corporate"}
        wanted = {g.values["parent"] for g in reading.groups if g.values.get("parent") not in (None, *parents)}
        records["parents"] = self._resolve_members("corporate", wanted)
        records["existing_parents"], records["members_there"] = existing["corporate"], set()
        bad_rows = result.bad_rows
        for group in reading.groups:
            if group.row in bad_rows:
                result.skipped_count += 1
                continue
            problems = list(self._get_member_problems(reading.header, group, existing, records, parents))
            if problems:
                result.add_problems(problems)
                result.skipped_count += 1
                continue
            member = existing[group.values["member_kind"]].get(group.values["member"])
            if isinstance(member, models.BaseModel):
                self._check_existing_member(reading.header, group, member, existing, records, result)
            else:
                result.new.append((group, None))
        self._leave_out_orphans(reading.header, result)
        # Companies and persons first: the others belong to them.
        result.new.sort(key=lambda entry: entry[0].values["member_kind"] in CHILDREN)

    def _leave_out_orphans(self, header, result):
        """Keep out contacts and branches whose company is kept out."""
        made = {g.values["member"] for g, _none in result.new if g.values["member_kind"] == "corporate"}
        known = {code for code, found in result.records["parents"].items() if isinstance(found, models.BaseModel)}
        there = known | result.records["members_there"]
        orphans = [
            group
            for group, _none in result.new
            if group.values["member_kind"] in CHILDREN and group.values["parent"] not in made | there
        ]
        result.errors += [
            Problem("parent_kept_out", group.row, header.heading("parent"), group.values["parent"]) for group in orphans
        ]
        rows = {group.row for group in orphans}
        result.new = [entry for entry in result.new if entry[0].row not in rows]
        result.skipped_count += len(orphans)

    def _find_members(self, reading):
        """Look every member of the file up: kind → number → record or Refusal."""
        wanted = {kind: set() for kind in MEMBER_TARGETS}
        for group in reading.groups:
            if "member" in group.values and "member_kind" in group.values:
                wanted[group.values["member_kind"]].add(group.values["member"])
        return {kind: self._resolve_members(kind, codes) for kind, codes in wanted.items()}

    def _resolve_members(self, kind, codes):
        """Find members by their number in the old system: number → record, or Refusal."""
        target = MEMBER_TARGETS[kind]
        model, label = self._get_target_model(target), str(self.env._(MODEL_LABELS[target.model]))
        found = self._find_by_mapping(target, codes)
        found |= self._find_by_field(model, "ref", codes - found.keys())
        reachable = self._get_reachable(model, set().union(*found.values()))
        return {code: self._pick(target, label, reachable, found.get(code, ())) for code in codes}

    def _get_member_problems(self, header, group, existing, records, parents):
        values = group.values
        found = existing[values["member_kind"]].get(values["member"])
        if isinstance(found, Refusal) and found.code in ("ambiguous_reference", "archived_reference"):
            yield Problem(found.code, group.row, header.heading("member"), values["member"], found.params)
        country = records["countries"].get(values.get("country"))
        if "country" in values and not country:
            yield Problem("unknown_country", group.row, header.heading("country"), values["country"])
        parent = values.get("parent")
        if parent and parent not in parents and isinstance(records["parents"][parent], Refusal):
            yield Problem("parent_unknown", group.row, header.heading("parent"), parent)
        if "vat" in values:
            try:
                records.setdefault("vat", {})[group.row] = self._normalize_vat(country, values["vat"])
            except ValidationError:
                yield Problem("bad_vat", group.row, header.heading("vat"), values["vat"])

    def _normalize_vat(self, country, vat):
        """Return a tax id as the database keeps it.

        :raise ValidationError: it is none
        """
        partners = self.env["res.partner"]
        return partners._run_vat_checks(country or partners.country_id, vat)[0]

    # === VALUES === #
    def _prepare_member_values(self, group, records, parent):
        """Values of a member of the file."""
        values = {name: group.values.get(key, False) for key, name in FIELDS.items()}
        kind = group.values["member_kind"]
        country = records["countries"].get(group.values.get("country"))
        values.update(
            parent_id=parent.id if parent else False,
            country_id=country.id if country else False,
            comment=plaintext2html(group.values["member_note"]) if "member_note" in group.values else False,
            vat=records.get("vat", {}).get(group.row, False),
        )
        own_address = any(key in group.values for key in ADDRESS)
        # Odoo keeps the address of a contact equal to that of its company, unless it is of the kind "other".
        member_type = "contact" if kind not in CHILDREN or (kind == "contact" and not own_address) else "other"
        return {**values, "ref": group.values["member"], "is_company": kind == "corporate", "type": member_type}

    def _get_parent(self, group, records, made):
        code = group.values.get("parent")
        if not code:
            return None
        found = made.get(code) or records["parents"].get(code) or records["existing_parents"].get(code)
        return found if isinstance(found, models.BaseModel) else None

    def _check_existing_member(self, header, group, member, existing, records, result):
        """Compare a member that is there with its row; a column that the file does not have is left alone."""
        records["members_there"].add(group.values["member"])
        parent = self._get_parent(group, records, {})
        values = self._prepare_member_values(group, records, parent)
        inherited = set()
        if group.values["member_kind"] in CHILDREN:
            inherited = {"vat"} | ({*ADDRESS} if values["type"] == "contact" else set())
            if not parent:  # its company is new in this file
                inherited.add("parent")
        changes = {
            name: values[name]
            for key, name in FIELDS.items()
            if key in header.headings and not (key in inherited and key not in group.values)
            and _comparable(member, name) != (values[name] or "")
        }  # fmt: skip
        if not changes:
            result.unchanged_count += 1
        elif self.on_existing == "update":
            result.updates.append(Update(member, group.row, [Step(member, changes)]))
        else:
            keys = {name: key for key, name in FIELDS.items()}
            params = {"number": group.values["member"], "columns": ", ".join(header.heading(keys[n]) for n in changes)}
            result.errors.append(
                Problem("member_differs", group.row, header.heading("member"), group.values["member"], params)
            )
            result.skipped_count += 1

    # === WRITING === #
    def _create_members(self, entries, batch, result):
        """Make members, companies before those that belong to them, and note which old number each one has."""
        made = result.records.setdefault("made", {})
        for children in (False, True):
            groups = [g for g, _none in entries if (g.values["member_kind"] in CHILDREN) == children]
            partners = self._create_partners(groups, result.records, made)
            made.update(
                {g.values["member"]: p for g, p in zip(groups, partners, strict=True)
                 if g.values["member_kind"] == "corporate"}
            )  # fmt: skip
            pairs = zip(groups, partners, strict=True)
            self._keep_codes([(g.values["member"], g.values["member_kind"], partner) for g, partner in pairs])
            self.env["subscription.import.change"].create(
                [
                    self._prepare_made_values(batch, group.row, partner)
                    for group, partner in zip(groups, partners, strict=True)
                ]
            )

    def _create_partners(self, groups, records, made):
        # import_file: no look-up of tax numbers over the network; _partners_skip_fields_sync: Odoo would read every
        # parent and write every child once more; what a child takes over from its company is given here at once.
        partners = self.env["res.partner"].with_context(
            **self._get_write_context(), import_file=True, _partners_skip_fields_sync=True
        )
        inherited, values_list = {}, []
        for group in groups:
            parent = self._get_parent(group, records, made)
            values = self._prepare_member_values(group, records, parent)
            if parent:
                if parent.id not in inherited:
                    parent = partners.browse(parent.id)
                    inherited[parent.id] = (
                        parent._convert_fields_to_values(parent._commercial_fields()),
                        parent._convert_fields_to_values(parent._address_fields()),
                    )
                commercial, address = inherited[parent.id]
                values |= commercial | (address if values["type"] == "contact" else {})
            values_list.append(values)
        return partners.create(values_list)

    def _keep_codes(self, codes):
        """Fill the mapping table, so that the other imports find these records.

        :param codes: list of (number in the old system, under which numbering, record)
        """
        self.env["subscription.external.id"].create(
            [
                {
                    "model": record._name,
                    "kind": kind,
                    "code": code,
                    "res_id": record.id,
                    "company_id": self.company_id.id,
                }
                for code, kind, record in codes
            ]
        )


def _comparable(member, name):
    """Return a field of a member as the file would have it."""
    value = member[name]
    if name == "comment":
        return plaintext2html(html2plaintext(value)) if value else ""
    return plain(value) or ""
