"""Two records of one person become one: what would meet there is taken away before it does.

Odoo moves links row by row in the database. Where that meets a unique index or a check, it deletes all rows of the
record that goes: cards would lose their users, and persons their relatives, without a word.
"""

from odoo import api, models
from odoo.fields import Domain


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: also to unite the relatives, and the users of cards, of who becomes one person."""
        # sudo: merging takes rights of its own
        family = (src_partners | dst_partner).sudo()
        self.env["member.card.user"].sudo()._unite(family, dst_partner)
        self.env["member.relation"].sudo()._unite(family, dst_partner)
        family.filtered(lambda partner: partner.member_employee_id in family).member_employee_id = False
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)


class MemberCardUser(models.Model):
    _inherit = "member.card.user"

    def _unite(self, family, target):
        """Delete rows of additional users who become the holder, or another user, of the same card.

        :param family: partners that become one.
        :param target: the one of them that stays; its own rows are kept before others.
        """
        seen = set()
        surplus = self.browse()
        rows = self.search([("partner_id", "in", family.ids)])
        for row in rows.sorted(lambda row: (row.partner_id != target, row.id)):
            if row.card_id.partner_id in family or row.card_id in seen:
                surplus |= row
            seen.add(row.card_id)
        surplus.unlink()


class MemberRelation(models.Model):
    _inherit = "member.relation"

    def _unite(self, family, target):
        """Delete relations within the family, and those that say of one person what another row says already.

        :param family: partners that become one.
        :param target: the one of them that stays; its own rows are kept before others.
        """
        seen = set()
        surplus = self.browse()
        rows = self.search(Domain("partner_id", "in", family.ids) | Domain("relative_id", "in", family.ids))
        for row in rows.sorted(lambda row: (target not in row.partner_id | row.relative_id, row.id)):
            person, relative = (target if one in family else one for one in (row.partner_id, row.relative_id))
            said = {(person, relative, row.degree_id), (relative, person, row.degree_id._get_inverse())}
            # As the index has it: the same degree the other way round is the same
            mirrored = {(relative, person, row.degree_id)}
            if person == relative or (said | mirrored) & seen:
                surplus |= row
            seen |= said
        surplus.unlink()
