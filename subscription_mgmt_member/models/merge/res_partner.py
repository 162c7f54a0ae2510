import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules.db import has_trigram
from odoo.tools import SQL, mute_logger

from ...tools.matching import get_domain_key, get_name_key, get_phone_key, get_vat_key

_logger = logging.getLogger(__name__)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === WHAT DUPLICATES ARE FOUND BY: worked out when a record is saved, so that looking is a matter of indexes === #
    member_match_name = fields.Char(
        compute="_compute_member_match", store=True, groups="base.group_user", export_string_translation=False
    )
    member_match_phone = fields.Char(
        compute="_compute_member_match",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        export_string_translation=False,
    )
    member_match_vat = fields.Char(
        compute="_compute_member_match",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        export_string_translation=False,
    )
    member_match_domain = fields.Char(
        compute="_compute_member_match",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        export_string_translation=False,
    )
    member_match_root_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_member_match",
        store=True,
        recursive=True,
        index=True,
        groups="base.group_user",
        export_string_translation=False,
    )
    member_match_pending = fields.Boolean(
        compute="_compute_member_match",
        store=True,
        groups="base.group_user",
        export_string_translation=False,
    )
    _member_match_pending_index = models.Index("(write_date DESC, id DESC) WHERE member_match_pending")

    def init(self):
        """Add what similar names need: an extension of the database where its user may, and an index.

        Without the extension only names that are the same but for spelling are found.
        """
        result = super().init()
        cr = self.env.cr
        if not has_trigram(cr):
            try:
                with mute_logger("odoo.sql_db"), cr.savepoint():
                    cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            except psycopg2.Error:
                _logger.info("The extension pg_trgm cannot be added: similar names are not found, only equal ones")
        self.env.registry.has_trigram = has_trigram(cr)
        method = (
            "USING gin (member_match_name gin_trgm_ops)" if self.env.registry.has_trigram else "(member_match_name)"
        )
        cr.execute(SQL("CREATE INDEX IF NOT EXISTS res_partner_member_match_name_like ON res_partner %s", SQL(method)))
        return result

    @api.depends("name", "phone", "vat", "email", "active", "parent_id.member_match_root_id")
    def _compute_member_match(self):
        """Keys that are equal however a thing is written, and a mark to look for others with the same."""
        for partner in self:
            partner.member_match_name = get_name_key(partner.name) or False
            partner.member_match_phone = get_phone_key(partner.phone) or False
            partner.member_match_vat = get_vat_key(partner.vat) or False
            partner.member_match_domain = get_domain_key(partner.email) or False
            partner.member_match_root_id = partner.parent_id.member_match_root_id or partner.parent_id or partner
            partner.member_match_pending = True

    # === MERGING === #
    def action_open_member_merge(self):
        """Ask into which record this one goes, and show what moves and what is lost (CUB-20)."""
        if len(self) != 1:
            raise UserError(self.env._("Choose exactly one customer: the one that goes into another."))
        self.env["base.partner.merge.automatic.wizard"]._member_check_level()
        return self.env["member.merge"].create({"source_id": self.id})._show()

    def action_open_member_duplicates(self):
        """The yellow bulb: open all suggestions of members that may be the same (CUB-27)."""
        return self.env["member.duplicate"].action_open()

    def _member_merge_into(self, target):
        """Move everything of this record to the target, and delete it for good (CUB-22..26).

        :raise UserError: it cannot be, and why.
        """
        merge = self.env["base.partner.merge.automatic.wizard"]
        self._member_check_mergeable(target)
        merge._member_check_rights(self, target)
        merge._member_lock(self | target)
        # sudo: looked at above; what the person may not read moves and is filled all the same
        source, target = self.sudo(), target.sudo()
        merge.sudo()._merge((source | target).ids, target, extra_checks=False)

    def _member_check_mergeable(self, target):
        """Refuse pairs of which one is part of the other, or a customer and somebody's contact.

        :raise UserError: why, and what to do instead.
        """
        source = self.sudo().exists()
        target = target.sudo().exists()
        if not source or not target:
            raise UserError(self.env._("One of the two was merged or deleted meanwhile."))
        names = {"customer": source.display_name, "target": target.display_name}
        if source == target:
            raise UserError(self.env._("%(customer)s cannot be merged with itself. Choose another one.", **names))
        if target in source._member_get_ancestors() or source in target._member_get_ancestors():
            raise UserError(
                self.env._("One of %(customer)s and %(target)s is part of the other: they are not the same.", **names)
            )
        is_contact = source.commercial_partner_id != source
        if is_contact and target.commercial_partner_id == target:
            raise UserError(
                self.env._(
                    "%(customer)s is a contact of %(parent)s and cannot become a customer of its own. Merge %(target)s "
                    "into the contact, or take the contact out of its company first.",
                    parent=source.parent_id.display_name,
                    **names,
                )
            )
        if source.is_company and target.commercial_partner_id != target:
            raise UserError(
                self.env._(
                    "%(customer)s is a company and cannot become a contact. Choose %(company)s instead.",
                    company=target.commercial_partner_id.display_name,
                    **names,
                )
            )

    def _member_get_ancestors(self):
        """Everything that the record is part of."""
        found, above = self.browse(), self.parent_id
        while above and above not in found:
            found |= above
            above = above.parent_id
        return found

    def _member_get_merge_warnings(self, target):
        """What whoever merges has to know: the books of two tax payers become one."""
        keys = {get_vat_key(one.vat) for one in (self.sudo(), target.sudo()) if one.vat}
        if len(keys) < 2:
            return []
        lines = self.env["account.move.line"].sudo()
        booked = [
            lines.search_count([("partner_id", "=", one.id), ("parent_state", "=", "posted")], limit=1)
            for one in (self, target)
        ]
        if not all(booked):
            return []
        return [
            self.env._(
                "The tax numbers differ (%(customer)s, %(target)s) and both have posted entries: are they one "
                "organisation?",
                customer=self.vat,
                target=target.vat,
            )
        ]
