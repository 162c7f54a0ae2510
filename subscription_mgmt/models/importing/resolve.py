"""The ids of a file: which record each one means (WSI-12..24)."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from ...tools.importing.rows import Reading
from ...tools.importing.rules import Problem
from ...tools.importing.values import looks_like_address
from ...tools.refusal import Refusal

_lt = LazyTranslate(__name__)

MAX_KNOWN = 8  # so many known ids are shown as a hint; a longer list would help nobody
MAX_DATABASE_ID = 2**31 - 1


@dataclass(frozen=True)
class Target:
    """What an id column points to.

    :param model: technical name
    :param label: what such records are called in a sentence
    :param own_field: field in which the record itself carries the id of the old system
    :param kind: under which numbering the mapping table has it, if any
    :param fits: whether a record is of the kind the column asks for
    :param listed: whether there are few enough to show the known ids as a hint
    :param mode: how its ids are read, whatever the ids of the other columns are; empty: as theirs
    """

    model: str
    label: object = field(default="", compare=False)
    own_field: str = ""
    kind: str = ""
    fits: Callable = bool
    listed: bool = False
    mode: str = ""


# What several layouts point to
INDIVIDUAL = Target("res.partner", _lt("customers and contacts"), "ref", "individual", lambda p: not p.is_company)
CORPORATE = replace(INDIVIDUAL, kind="corporate", fits=lambda partner: partner.is_company)
CONTACT = replace(INDIVIDUAL, kind="contact")
PRODUCT = Target("product.product", _lt("products"), "default_code", mode="external")
PAYMENT_METHOD = Target(
    "account.payment.method.line", _lt("payment methods"), fits=lambda m: m.payment_type == "inbound", listed=True
)


class SubscriptionImportEngine(models.AbstractModel):
    _inherit = "subscription.import.engine"

    def _resolve_ids(self, reading: Reading) -> dict:
        """Look up every id column of the file, once for the whole file.

        :return: column key → id in the file → record, or :class:`Refusal` when it means no record that may be used
        """
        rows = [row for group in reading.groups for row in group.rows]
        targets = self._get_layout()._targets
        columns = {key: (targets[key], self._get_id_mode(key)) for key in reading.header.headings if key in targets}
        wanted = defaultdict(set)
        for key, question in columns.items():
            wanted[question].update(row.values[key] for row in rows if key in row.values)
        found = {question: self._resolve_codes(*question, codes) for question, codes in wanted.items()}
        return {key: found[question] for key, question in columns.items()}

    def _resolve_codes(self, target, mode, codes):
        model = self._get_target_model(target)
        label = str(self.env._(target.label))
        try:
            candidates = self._find_candidates(model, target, codes, mode)
            reachable = self._get_reachable(model, set().union(*candidates.values()))
        except AccessError:
            # Asked by reading, not by access rights: employees may be read without any, in their public form.
            return dict.fromkeys(codes, Refusal("no_access", model=label))
        found = {code: self._pick(target, label, reachable, candidates.get(code, ())) for code in codes}
        unknown = {
            code for code, record in found.items() if isinstance(record, Refusal) and record.code == "unknown_reference"
        }
        if unknown:
            found.update(self._explain_unknown(model, target, mode, label, unknown))
        return found

    def _explain_unknown(self, model, target, mode, label, codes):
        """Say more of ids that mean nothing: hidden from the user, the address of a page, or what would be right."""
        found = {code: Refusal("address_reference") for code in codes if looks_like_address(code)}
        # sudo: only to tell what is not there from what the user may not read, in the companies he works in
        model_sudo = model.sudo()
        candidates = self._find_candidates(model_sudo, target, codes, mode)
        hidden = self._get_reachable(model_sudo, set().union(*candidates.values()), self.env.user.company_ids)
        for code, ids in candidates.items():
            if any(number in hidden and target.fits(hidden[number]) for number in ids):
                found[code] = Refusal("no_access", model=label)
        rest = codes - found.keys()
        if rest and target.listed and (known := self._get_known_codes(model, target, mode)):
            found.update(dict.fromkeys(rest, Refusal("unknown_reference_known", model=label, known=", ".join(known))))
        return found

    def _resolve_numbers(self, target, codes):
        """Find records by their number in the old system alone: number → record, or :class:`Refusal`."""
        model, label = self._get_target_model(target), str(self.env._(target.label))
        found = self._find_by_number(model, target, codes)
        reachable = self._get_reachable(model, set().union(*found.values()))
        return {code: self._pick(target, label, reachable, found.get(code, ())) for code in codes}

    def _get_id_mode(self, key):
        """How the ids of a column are read: as chosen for it, as it is usual for its kind, or as the file's."""
        chosen = (self.id_modes or {}).get(key)
        return chosen or self._get_layout()._targets[key].mode or self.id_mode

    def _get_target_model(self, target):
        """The model as the user may see it from the company of the import, its branches and its mother companies."""
        companies = (self._get_companies() | self.company_id.parent_ids) & self.env.user.company_ids
        return self.env[target.model].with_context(active_test=False, allowed_company_ids=companies.ids)

    def _get_companies(self):
        """The company of the import and its branches, the company first."""
        company = self.company_id
        return company | self.env["res.company"].search([("id", "child_of", company.id)])

    def _find_candidates(self, model, target, codes, mode):
        """Records that may be meant: id in the file → ids of records; by no other way than the one chosen."""
        if mode == "database":
            numbers = {code: int(code) for code in codes if code.isascii() and code.isdigit() and len(code) < 11}
            return {code: {number} for code, number in numbers.items() if number <= MAX_DATABASE_ID}
        if mode == "xmlid":
            return self._find_by_xmlid(target, codes)
        if mode == "name":
            return self._find_by_field(model, model._rec_name, codes)
        found = self._find_by_number(model, target, codes)
        mothers = (self.company_id.parent_ids - self.company_id) & self.env.user.company_ids
        for mother in reversed(mothers):  # the nearest first
            found |= self._find_by_mapping(target, codes - found.keys(), mother.ids)
        # What has the form module.name can be nothing else once no code of the old system is written like it.
        return found | self._find_by_xmlid(target, codes - found.keys())

    def _find_by_number(self, model, target, codes):
        found = self._find_by_mapping(target, codes, [self.company_id.id, False])
        if target.own_field:
            found |= self._find_by_field(model, target.own_field, codes - found.keys())
        return found

    def _find_by_mapping(self, target, codes, company_ids):
        """Look in the list of old ids of some companies; False stands for what holds for all."""
        mappings = self._get_target_model(Target("subscription.external.id")).search_fetch(
            Domain("model", "=", target.model)
            & Domain("code", "in", codes)
            & Domain("kind", "in", [target.kind, False])
            & Domain("company_id", "in", company_ids),
            ["code", "res_id"],
        )
        found = defaultdict(set)
        for mapping in mappings:
            found[mapping.code].add(mapping.res_id)
        return dict(found)

    def _find_by_field(self, model, name, codes):
        found = defaultdict(set)
        for record in model.search_fetch([(name, "in", list(codes))], [name]) if codes else ():
            found[record[name]].add(record.id)
        return dict(found)

    def _find_by_xmlid(self, target, codes):
        parts = {code: code.split(".") for code in codes}
        parts = {code: names for code, names in parts.items() if len(names) == 2 and all(names)}
        if not parts:
            return {}
        # sudo: few people may read XML ids; which records of them may be used is decided as the user
        data_sudo = self.env["ir.model.data"].sudo()
        rows = data_sudo.search_fetch(
            [
                ("model", "=", target.model),
                ("module", "in", [module for module, _name in parts.values()]),
                ("name", "in", [name for _module, name in parts.values()]),
            ],
            ["module", "name", "res_id"],
        )
        found = {row.complete_name: {row.res_id} for row in rows}
        return {code: found[code] for code in parts.keys() & found.keys()}

    def _get_reachable(self, model, ids, within=None):
        """Those of the records that the user may use in this company, archived ones too: id → record.

        :param within: companies besides which nothing is looked at; empty: the user's own rights decide
        """
        companies, mothers = self._get_companies(), self.company_id.parent_ids
        if within is not None:
            companies, mothers = companies & within, mothers & within
        domain = Domain("id", "in", ids)
        if model._name == "res.company":
            domain &= Domain("id", "in", companies.ids)
        elif "company_id" in model._fields:
            domain &= Domain("company_id", "in", [False, *companies.ids, *mothers.ids])
        return {record.id: record for record in model.search(domain)} if ids else {}

    def _pick(self, target, label, reachable, ids):
        """Return the one record that is meant, or the reason why there is none."""
        records = [reachable[number] for number in ids if number in reachable]
        fitting = [record for record in records if target.fits(record)]
        active = [record for record in fitting if _is_active(record)]
        if len(active) == 1:
            return active[0]
        if active:
            return Refusal("ambiguous_reference", model=label)
        if fitting:
            return Refusal("archived_reference", model=label)
        return Refusal("wrong_kind_reference" if records else "unknown_reference", model=label)

    def _get_known_codes(self, model, target, mode):
        """Return the ids that would have been right, when they are few."""
        if mode == "name":
            records = self._get_reachable(model, model.search([], limit=MAX_KNOWN + 1).ids).values()
            names = sorted(record.display_name for record in records if _is_active(record))
            return names if len(names) <= MAX_KNOWN else []
        if mode != "external":
            return []
        mappings = self.env["subscription.external.id"].search_fetch(
            Domain("model", "=", target.model)
            & Domain("kind", "in", [target.kind, False])
            & Domain("company_id", "in", [self.company_id.id, False]),
            ["code", "res_id"],
            limit=MAX_KNOWN * 2,
        )
        pairs = [(mapping.code, mapping.res_id) for mapping in mappings]
        if target.own_field:
            own = model.search_fetch([(target.own_field, "!=", False)], [target.own_field], limit=MAX_KNOWN * 2)
            pairs += [(record[target.own_field], record.id) for record in own]
        reachable = self._get_reachable(model, {number for _code, number in pairs})
        right = {number for number, record in reachable.items() if target.fits(record) and _is_active(record)}
        known = {code for code, number in pairs if number in right}
        return sorted(known) if len(known) <= MAX_KNOWN else []

    def _get_id_problems(self, reading, records) -> Iterator[Problem]:
        """Yield a problem for every cell whose id means no record that may be used."""
        refused = {
            key: {code: record for code, record in found.items() if isinstance(record, Refusal)}
            for key, found in records.items()
        }
        refused = {key: codes for key, codes in refused.items() if codes}
        for group in reading.groups:
            for row in group.rows:
                for key in refused:
                    refusal = refused[key].get(row.values.get(key))
                    if refusal:
                        heading = reading.header.heading(key)
                        yield Problem(refusal.code, row.number, heading, row.values[key], refusal.params)


def _is_active(record):
    return "active" not in record._fields or record.active
