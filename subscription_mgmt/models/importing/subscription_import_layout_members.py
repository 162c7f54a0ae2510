from dataclasses import replace
from types import SimpleNamespace

from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html
from odoo.tools.translate import LazyTranslate

from ...tools.importing.members import CHILDREN, MEMBERS
from ...tools.refusal import Refusal
from .resolve import CONTACT, CORPORATE, INDIVIDUAL
from .write import plain

_lt = LazyTranslate(__name__)

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


def _belongs(partner):
    return not partner.is_company and partner.parent_id


KINDS = {
    "individual": replace(INDIVIDUAL, fits=lambda partner: not partner.is_company and not partner.parent_id),
    "corporate": CORPORATE,
    "contact": replace(CONTACT, fits=_belongs),
    "branch": replace(CONTACT, kind="branch", fits=_belongs),
}


class SubscriptionImportLayoutMembers(models.AbstractModel):
    """Individuals, companies, their contact persons and branches (WSI-34)."""

    _name = "subscription.import.layout.members"
    _inherit = "subscription.import.layout"
    _description = "Members, their contacts and branches"

    _label = _lt("Members, their contacts and branches")
    _shape = MEMBERS
    _models = {"res.partner": _lt("Member")}
    _shown = ("member_name", "parent", "city")
    _differs = "member_differs"
    _problems = {
        "bad_member_kind": _lt("Individual, corporate, contact or branch is expected here."),
        "parent_needed": _lt("Contacts and branches need the number of the member they belong to."),
        "parent_not_taken": _lt("Only contacts and branches belong to another member. Leave the cell empty."),
        "parent_not_corporate": _lt("Contacts and branches belong to a corporate member; this one is of another kind."),
        "parent_unknown": _lt(
            "No corporate member with this number was found, neither in the file nor among the members."
        ),
        "parent_kept_out": _lt("The member it belongs to is kept out by a problem."),
        "vat_not_taken": _lt("Contacts and branches have the tax id of their member. Leave the cell empty."),
        "unknown_country": _lt("There is no country with these two letters."),
        "bad_vat": _lt("This is no valid tax id of the country."),
        "member_differs": _lt("Member %(number)s already exists with other values: %(columns)s."),
    }
    _hints = {"member_differs": _lt("Choose to update, or take these rows out.")}
    _notes = {
        "member": _lt("Number of the member in the old system; the other imports find the member by it."),
        "member_kind": _lt("Individual, corporate, contact (a person at a corporate member) or branch (of one)."),
        "member_name": _lt("Name of the person, title of the company, or name of the branch."),
        "parent": _lt(
            "Contacts and branches: number of the corporate member they belong to, in the file or there already."
        ),
        "vat": _lt("Tax number or identity number, checked by the rules of the country."),
        "email": _lt("One address."),
        "phone": _lt("As it is to be shown."),
        "job": _lt("What the contact does there."),
        "street": _lt("Any text."),
        "street2": _lt("Any text."),
        "zip": _lt("Text; leading zeros are kept."),
        "city": _lt("Any text."),
        "country": _lt("Two letters, for instance TR. Empty: none."),
        "member_note": _lt("Any text."),
    }

    # === CHECK === #
    def _prepare(self, result):
        """Find the members of the file that are there, and the companies that others belong to."""
        values = [group.values for group in result.reading.groups]
        existing = self._find_members(result)
        in_file = {v.get("member") for v in values if v.get("member_kind") == "corporate"}
        wanted = {v["parent"] for v in values if v.get("parent") not in (None, *in_file)}
        result.own = SimpleNamespace(
            existing=existing,
            in_file=in_file,
            parents=result.engine._resolve_numbers(KINDS["corporate"], wanted),
            countries={country.code: country for country in self.env["res.country"].search([])},
            there=set(),
            vats={},
            made={},
        )

    def _conclude(self, result):
        """Keep out contacts and branches whose company is kept out."""
        made = {g.number for g, _none in result.new if g.values["member_kind"] == "corporate"}
        known = {code for code, found in result.own.parents.items() if isinstance(found, models.BaseModel)}
        there = made | known | result.own.there
        orphans = [
            group
            for group, _none in result.new
            if group.values["member_kind"] in CHILDREN and group.values["parent"] not in there
        ]
        result.errors += [result.header.problem("parent_kept_out", group.first, "parent") for group in orphans]
        rows = {group.row for group in orphans}
        result.new = [entry for entry in result.new if entry[0].row not in rows]
        result.skipped_count += len(orphans)
        # Companies and persons first: the others belong to them.
        result.new.sort(key=lambda entry: entry[0].values["member_kind"] in CHILDREN)

    def _find_members(self, result):
        """Look every member of the file up: kind → number → record or Refusal."""
        wanted = {kind: set() for kind in KINDS}
        for group in result.reading.groups:
            if group.number and "member_kind" in group.values:
                wanted[group.values["member_kind"]].add(group.number)
        return {kind: result.engine._resolve_numbers(KINDS[kind], codes) for kind, codes in wanted.items()}

    def _find(self, result, group):
        """Return the member with this number."""
        member = result.own.existing[group.values["member_kind"]].get(group.number)
        return member if isinstance(member, models.BaseModel) else None

    def _get_problems(self, result, group):
        """Yield what is wrong with a member: its number, its country, its company, its tax id."""
        values, first, header, own = group.values, group.first, result.header, result.own
        found = own.existing[values["member_kind"]].get(group.number)
        if isinstance(found, Refusal) and found.code in ("ambiguous_reference", "archived_reference"):
            yield header.problem(found.code, first, "member", **found.params)
        country = own.countries.get(values.get("country"))
        if "country" in values and not country:
            yield header.problem("unknown_country", first, "country")
        parent = values.get("parent")
        if parent and parent not in own.in_file and isinstance(own.parents[parent], Refusal):
            yield header.problem("parent_unknown", first, "parent")
        if "vat" in values:
            try:
                own.vats[group.row] = self._normalize_vat(country, values["vat"])
            except ValidationError:
                yield header.problem("bad_vat", first, "vat")

    def _normalize_vat(self, country, vat):
        """Return a tax id as the database keeps it.

        :raise ValidationError: it is none
        """
        partners = self.env["res.partner"]
        return partners._run_vat_checks(country or partners.country_id, vat)[0]

    def _get_changes(self, result, group, record):
        """Compare a member that is there with its row; a column that the file does not have is left alone."""
        result.own.there.add(group.number)
        values = self._prepare_values(result, group)
        inherited = set()
        if group.values["member_kind"] in CHILDREN:
            inherited = {"vat"} | ({*ADDRESS} if values["type"] == "contact" else set())
            if not values["parent_id"]:  # its company is new in this file
                inherited.add("parent")
        return {
            name: values[name]
            for key, name in self._get_fields(group).items()
            if key in result.header.headings and not (key in inherited and key not in group.values)
            and _comparable(record, name) != (values[name] or "")
        }  # fmt: skip

    def _get_columns(self, result, record, changes):
        """Return the headings of what differs."""
        return [result.header.heading(key) for key, name in self._get_fields().items() if name in changes]

    def _get_fields(self, group=None):
        """Hook: column → field of the member that is compared with it.

        :param group: the rows of one member, when only what they are compared with is asked for
        """
        return FIELDS

    # === VALUES === #
    def _prepare_values(self, result, group):
        """Values of a member of the file."""
        parent = self._get_parent(result, group)
        values = {name: group.values.get(key, False) for key, name in FIELDS.items()}
        kind = group.values["member_kind"]
        country = result.own.countries.get(group.values.get("country"))
        values.update(
            parent_id=parent.id if parent else False,
            country_id=country.id if country else False,
            comment=plaintext2html(group.values["member_note"]) if "member_note" in group.values else False,
            vat=result.own.vats.get(group.row, False),
        )
        own_address = any(key in group.values for key in ADDRESS)
        # Odoo keeps the address of a contact equal to that of its company, unless it is of the kind "other".
        member_type = "contact" if kind not in CHILDREN or (kind == "contact" and not own_address) else "other"
        return {**values, "ref": group.number, "is_company": kind == "corporate", "type": member_type}

    def _get_parent(self, result, group):
        """The member to which one belongs, unless that is still to be made."""
        code, own = group.values.get("parent"), result.own
        found = code and (own.made.get(code) or own.parents.get(code) or own.existing["corporate"].get(code))
        return found if isinstance(found, models.BaseModel) else None

    # === WRITING === #
    def _get_kind(self, group):
        """Old systems number each kind of member for itself."""
        return group.values["member_kind"]

    def _get_turns(self, groups):
        """Companies before those that belong to them."""
        children = [group for group in groups if self._get_kind(group) in CHILDREN]
        return [[group for group in groups if self._get_kind(group) not in CHILDREN], children]

    def _make_records(self, result, groups):
        """Make members; what one takes over from its company is given at once."""
        # import_file: no look-up of tax numbers over the network; _partners_skip_fields_sync: Odoo would read every
        # parent and write every child once more; what a child takes over from its company is given here at once.
        partners = self.env["res.partner"].with_context(
            **result.engine._get_write_context(), import_file=True, _partners_skip_fields_sync=True
        )
        inherited, values_list = {}, []
        for group in groups:
            parent = self._get_parent(result, group)
            values = self._prepare_values(result, group)
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
        made = partners.create(values_list)
        pairs = zip(groups, made, strict=True)
        result.own.made.update({g.number: partner for g, partner in pairs if self._get_kind(g) == "corporate"})
        return made

    # === UNDO === #
    def _delete(self, records):
        """Delete members, contacts and branches before those they belong to."""
        children = records.filtered("parent_id")
        return super()._delete(children) and super()._delete(records - children)

    def _check_unused(self, records):
        """Raise when a member is used by now."""
        domains = {
            "subscription.contract": Domain("partner_id", "in", records.ids)
            | Domain("invoice_partner_id", "in", records.ids),
            "account.move": Domain("partner_id", "in", records.ids),
        }
        for model, domain in domains.items():
            # sudo: what the user may not see uses the member all the same
            used = self.env[model].sudo().with_context(active_test=False).search(domain, limit=1)
            if used:
                payer = used.invoice_partner_id if model == "subscription.contract" else used.partner_id
                raise UserError(
                    self.env._(
                        "The import cannot be undone: member %(member)s is used by %(record)s.",
                        member=((used.partner_id | payer) & records)[:1].name,
                        record=used.display_name,
                    )
                )


def _comparable(member, name):
    """Return a field of a member as the file would have it."""
    value = member[name]
    if name == "comment":
        return plaintext2html(html2plaintext(value)) if value else ""
    return plain(value) or ""
