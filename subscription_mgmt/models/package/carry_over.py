"""What a customer holds goes along when he becomes part of another one: merged, or given a company."""

from odoo import api, models
from odoo.tools import SQL


class SubscriptionWallet(models.Model):
    _inherit = "subscription.wallet"

    def _hand_to(self, customer):
        """Hand what these customers hold, with its history, to another customer; nothing is lost.

        In the database alone, as merging does: the moves of the ledger stay what they are, only whose they are changes.

        :param customer: commercial partner.
        """
        # sudo: it follows from who is whose contact, whoever changed that
        for wallet in self.sudo().filtered(lambda wallet: wallet.partner_id != customer):
            company, giver = wallet.company_id, wallet.partner_id
            self._lock(company, giver)
            self._lock(company, customer)
            remaining = wallet.entitlement_ids._get_remaining_text()
            for model in ("subscription.entitlement", "subscription.credit.move"):
                self.env.execute_query(
                    SQL(
                        """UPDATE %(table)s SET partner_id = %(customer)s
                            WHERE company_id = %(company)s AND partner_id = %(giver)s RETURNING id""",
                        table=SQL.identifier(self.env[model]._table),
                        customer=customer.id,
                        company=company.id,
                        giver=giver.id,
                    )
                )
            wallet.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            if remaining:
                customer.message_post(
                    body=self.env._(
                        "Taken over from %(giver)s: %(remaining)s.", giver=giver.display_name, remaining=remaining
                    )
                )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base`: who becomes a contact of a company brings along what he holds."""
        moves = bool({"parent_id", "is_company"} & set(vals))  # before: Odoo takes values out
        result = super().write(vals)
        if moves:
            self._carry_credits()
        return result

    def _carry_credits(self):
        """Hand what contacts hold to the company that they belong to now, where it can be used."""
        # sudo: as in _hand_to
        for wallet in self.env["subscription.wallet"].sudo().search([("partner_id", "in", self.ids)]):
            wallet._hand_to(wallet.partner_id.commercial_partner_id)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: a customer has one balance per company, so what the others hold is put into it."""
        # sudo: as in _hand_to
        held = self.env["subscription.wallet"].sudo().search([("partner_id", "in", src_partners.ids)])
        held._hand_to(dst_partner.commercial_partner_id)
        return super()._update_foreign_keys(src_partners, dst_partner)
