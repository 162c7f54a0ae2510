"""Customers of interactions who are merged, or deleted."""

from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_interactions(self):
        """Interactions need their customer: neither visits to nobody nor a history of nobody are left."""
        # sudo: whatever the user may see of them
        interactions = self.env["subscription.interaction"].sudo()
        found = interactions.search([("partner_id", "in", self.ids)], limit=1)
        if found:
            raise UserError(
                self.env._(
                    "%(customer)s has interactions (%(name)s). Archive the customer instead of deleting it.",
                    customer=found.partner_id.display_name,
                    name=found.name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last_customer(self):
        """A recurrence that goes on needs somebody with whom."""
        # sudo: as above
        recurrences = self.env["subscription.recurrence"].sudo()
        mine = [("partner_ids", "in", self.ids), ("audience", "=", "fixed"), ("state", "!=", "done")]
        for recurrence in recurrences.search(mine).filtered(lambda one: not one.partner_ids - self):
            raise UserError(
                self.env._(
                    "%(customer)s is the only customer of “%(recurrence)s”. Archive that, or choose another one there.",
                    customer=recurrence.partner_ids[:1].display_name,
                    recurrence=recurrence.name,
                )
            )


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: one customer has one interaction for a date of a recurrence, and one exception."""
        # sudo: merging takes rights of its own
        self.sudo()._merge_exceptions(src_partners, dst_partner)
        self.sudo()._merge_interactions(src_partners, dst_partner)
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_interactions(self, src_partners, dst_partner):
        """Of two interactions for one date keep the one of which something was made; a second one of these stays as
        history outside the recurrence."""
        rows = self.env["subscription.interaction"].search(
            [("recurrence_id", "!=", False), ("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        for same in rows.grouped(lambda row: (row.recurrence_id, row.slot_key)).values():
            if len(same) < 2:
                continue
            best = same.sorted(lambda row: (not row._is_real(), row.partner_id != dst_partner, row.id))
            for row in best[1:]:
                if row._is_real():
                    row.recurrence_id = False
                else:
                    row._remove()

    def _merge_exceptions(self, src_partners, dst_partner):
        """A date is left out once; what holds for the remaining customer holds for the date."""
        exceptions = self.env["subscription.recurrence.exception"].search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        rows = self.env["subscription.interaction"].search(
            [("recurrence_id", "in", exceptions.recurrence_id.ids), ("partner_id", "=", dst_partner.id)]
        )
        kept = {(row.recurrence_id, row.slot_key) for row in rows}
        for exception in exceptions.sorted(lambda one: (one.partner_id != dst_partner, one.id)):
            key = (exception.recurrence_id, exception.date)
            if exception.partner_id != dst_partner and key in kept:
                outdated = exception.recurrence_id.rule_outdated
                recurrence = exception.recurrence_id
                exception.unlink()
                recurrence.rule_outdated = outdated
            kept.add(key)


class SubscriptionInteraction(models.Model):
    _inherit = "subscription.interaction"

    def _is_real(self):
        """Whether something was made of the interaction already that must not be lost."""
        self.ensure_one()
        return self.state != "planned" or bool(self.invoice_id)
