"""Odoo's own merge, made safe for members: who may, what is refused, what is filled, and nothing lost on the way.

Everything here holds for *Contacts › Merge* as well: a second way in would be a way around.
"""

import logging

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.subscription_mgmt.models.common.isolation import run_isolated

from .values import find_losses

_logger = logging.getLogger(__name__)
EDITOR = "subscription_mgmt_member.group_member_editor"


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    # === BEFORE === #
    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Override of `base`: to look at rights and books first, hold both records, and keep every user."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if len(partners) < 2:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        target = dst_partner if dst_partner and dst_partner in partners else self._get_ordered_partner(partners.ids)[-1]
        sources = partners - target
        if not self.env.su:
            self._member_check_rights(sources, target)
        self._member_lock(partners)
        self._member_check_who(partners)
        self._member_check_books(sources)
        self._member_join_books(sources, target)
        self._member_keep_users(sources, target)
        if not target.company_id:  # shared by all companies, and stays so
            sources.sudo().filtered("company_id").company_id = False
        result = super()._merge(partners.ids, target, extra_checks)
        target.commercial_partner_id._member_activate_traders()
        return result

    @api.model
    def _member_check_level(self):
        """Merging deletes a record, so it takes the level that deletes (reading 3).

        :raise AccessError: a lower one.
        """
        if not self.env.user.has_group(EDITOR):
            raise AccessError(self.env._("Merging customers takes the level Edit or Manage."))

    @api.model
    def _member_check_rights(self, sources, target):
        """Only who may delete customers merges them, and only what he may see as a whole.

        :raise AccessError: a lower level, or records of a company where the person does not work.
        """
        self._member_check_level()
        (sources | target).check_access("write")
        sources.check_access("unlink")
        for source in sources:
            source._member_check_mergeable(target)
            self._member_check_companies(source, target)

    def _member_check_companies(self, source, target):
        """Nothing moves that the person cannot see, or into a company where it does not fit.

        Contacts and units move along, with all that is theirs.
        """
        allowed = self.env.user.company_ids
        for name, rows in self._member_find_moving(source).items():
            # sudo: companies that the person does not work in are what is looked for
            companies = self.env["res.company"].sudo().browse({row for row in rows.values() if row})
            if companies.sudo(False) - allowed:
                raise AccessError(
                    self.env._(
                        "%(customer)s has records (%(kind)s) in a company where you do not work. Somebody who works in "
                        "all of them has to merge.",
                        customer=source.display_name,
                        kind=self.env["ir.model"]._get(name).name,
                    )
                )
            home = target.sudo().company_id
            for company in companies if home and name != "res.partner" else ():
                if home not in company.parent_ids:
                    raise UserError(
                        self.env._(
                            "%(target)s belongs to %(home)s alone, but %(customer)s has records (%(kind)s) in "
                            "%(company)s. Share %(target)s between the companies first.",
                            target=target.display_name,
                            home=home.name,
                            customer=source.display_name,
                            kind=self.env["ir.model"]._get(name).name,
                            company=company.name,
                        )
                    )

    @api.model
    def _member_find_moving(self, source):
        """What leads to the source, or to contacts and units below it, as `_find_records` gives it, and those too."""
        # sudo: what the person does not see is what is looked for
        everybody = self.env["res.partner"].sudo().with_context(active_test=False)
        people = everybody.search([("id", "child_of", source.id)]) - source.sudo()
        found = self.env["member.merge.links"].sudo()._find_records(source.sudo() | people)
        own = {person.id: person.company_id.id for person in people}
        return {**found, "res.partner": {**found.get("res.partner", {}), **own}}

    def _member_lock(self, partners):
        """Two people never merge the same record at one time: the second is told.

        :raise UserError: somebody holds one of the records.
        """
        try:
            partners.sudo().lock_for_update()
        except LockError:
            raise UserError(
                self.env._("Somebody else is changing one of the two right now. Try again in a moment.")
            ) from None

    def _member_check_who(self, partners):
        """Colleagues and our own companies are no members.

        :raise UserError: one of them is.
        """
        partners = partners.sudo().with_context(active_test=False)
        colleagues = partners.filtered(lambda partner: any(not user.share for user in partner.user_ids))
        ours = self.env["res.company"].sudo().search([("partner_id", "in", partners.ids)]).partner_id
        for partner in colleagues | ours:
            raise UserError(
                self.env._(
                    "%(name)s is one of our users or companies and is not merged with customers.",
                    name=partner.display_name,
                )
            )

    def _member_check_books(self, sources):
        """Entries that are sealed with a hash hold who they are about: merging in the database would break the seal.

        Locked periods stay as they are: no amount, no account and no date of an entry changes.

        :raise UserError: there are some.
        """
        # sudo: whatever the person may see of them
        lines = self.env["account.move.line"].sudo()
        sealed = lines.search([("partner_id", "in", sources.ids), ("move_id.inalterable_hash", "!=", False)], limit=1)
        if sealed:
            raise UserError(
                self.env._(
                    "%(customer)s has journal entries that are sealed with a hash (%(entry)s): whom they are about "
                    "cannot change any more. Merge the other one into this one, or archive it.",
                    customer=sealed.partner_id.display_name,
                    entry=sealed.move_id.name,
                )
            )

    def _member_join_books(self, sources, target):
        """Odoo's own way to bring the books of a contact to its company, before it becomes one with another contact."""
        # sudo: the right to merge was looked at
        target = target.sudo()
        for source in sources.sudo():
            if target.commercial_partner_id not in (target, source.commercial_partner_id):
                source.parent_id = target.parent_id

    def _member_keep_users(self, sources, target):
        """Portal users of the record that goes become contacts of the one that stays, where it is a company or has
        a user already: a login belongs to one person, and Odoo refuses two users on one record."""
        target = target.sudo().with_context(active_test=False)
        for user in sources.sudo().with_context(active_test=False).user_ids:
            if target.is_company or target.user_ids:
                source = user.partner_id
                user.partner_id = (
                    self.env["res.partner"]
                    .sudo()
                    .create(
                        {
                            "name": source.name,
                            "email": source.email,
                            "phone": source.phone,
                            "lang": source.lang,
                            "parent_id": (target if target.is_company else target.parent_id or target).id,
                        }
                    )
                )
        self.env.flush_all()
        self.env.invalidate_all()

    # === MOVING === #
    @api.model
    def _update_foreign_keys_generic(self, model, src_records, dst_record):
        """Override of `base`: where two rows meet, only the one that says nothing new goes.

        `base` deletes all rows of the source as soon as one of them cannot move, and does not see unique indexes.
        """
        if model == "res.partner":
            self.env.cr.execute(
                SQL("UPDATE member_merge SET source_id = NULL WHERE source_id IN %s", tuple(src_records.ids))
            )
            self.env["member.duplicate"].sudo()._hand_over(src_records, dst_record)
            for name, column in self.env["member.merge.links"]._find_guarded():
                where = SQL("%s IN %s", SQL.identifier(column), tuple(src_records.ids))
                self._member_move(name, column, where, dst_record)
        return super()._update_foreign_keys_generic(model, src_records, dst_record)

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """Override of `base`: the same for all ids that stand beside the name of their model."""
        self.env.flush_all()
        for field in self.env["member.merge.links"]._find_pointers():
            if field.model_name == "ir.model.data":  # `base` sees to its cache
                continue
            where = SQL(
                "%s = 'res.partner' AND %s IN %s",
                SQL.identifier(field.model_field),
                SQL.identifier(field.name),
                tuple(src_partners.ids),
            )
            if field.model_name == "ir.attachment":  # pictures of the record itself are its values
                where = SQL("%s AND res_field IS NULL", where)
            self._member_move(field.model_name, field.name, where, dst_partner)
        self.env.invalidate_all()
        return super()._update_reference_fields(src_partners, dst_partner)

    def _member_move(self, name, column, where, target):
        """Point rows at the target, all at once or, where a rule of the database stands against it, those that can.

        In the database alone, as `base` does: nothing else about the records changes.
        """
        rows = self.env[name].sudo()
        table, column = SQL.identifier(rows._table), SQL.identifier(column)
        found = self.env.execute_query(SQL("SELECT id FROM %s WHERE %s ORDER BY id", table, where))
        rows = rows.browse(row_id for [row_id] in found)

        def move(part):
            self.env.cr.execute(SQL("UPDATE %s SET %s = %s WHERE id IN %s", table, column, target.id, tuple(part.ids)))

        with mute_logger("odoo.sql_db"):
            left = run_isolated(rows, move)
        if left:
            surplus = tuple(record.id for record, _error in left)
            _logger.info("%s %s say what the target has already", name, surplus)
            self.env.cr.execute(SQL("DELETE FROM %s WHERE id IN %s", table, surplus))

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Override of `base`, and instead of it: values of the target stay, and it takes only what it lacks.

        `base` also brings in a company, a parent and `is a company`, which say where a record belongs; it leaves out
        values that are proposed and then edited (language, salesperson), and own fields when the target has any; and
        it writes all the target's own values anew, so that an old tax number that is wrong stops the merge.
        """
        # sudo: what the person may do was looked at; what he may not read is filled all the same
        dst_partner.sudo()._member_fill_gaps(src_partners.sudo(), self._get_summable_fields())

    # === AFTERWARDS === #
    def _log_merge_operation(self, src_partners, dst_partner):
        """Override of `mail`, and instead of its note: which record came in, and what it lost."""
        _logger.info("(uid = %s) merged the partners %r with %s", self.env.uid, src_partners.ids, dst_partner.id)
        kept = dst_partner._member_read_values()
        for source in src_partners:
            dst_partner.message_post(body=self._member_get_note(source, kept))

    def _member_get_note(self, source, kept):
        """Who came in with which id, and what he lost; values that not every colleague may read are only named."""
        title = self.env._(
            "%(customer)s (ID %(id)s) was merged into this record and deleted.",
            customer=source.display_name,
            id=source.id,
        )
        items = Markup().join(
            Markup("<li>%s: %s</li>") % (value.label, "•••" if value.groups else value.text)
            for _key, value, _kept in find_losses(source._member_read_values(), kept)
        )
        if not items:
            return title
        return Markup("%s<br/>%s<ul>%s</ul>") % (title, self.env._("Lost, because this record has its own:"), items)
