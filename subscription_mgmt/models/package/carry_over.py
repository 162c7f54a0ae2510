"""What a customer holds goes along when he becomes part of another one: merged, or given a company."""

from odoo import api, fields, models
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
            giver, mine = wallet.partner_id, wallet._get_domain()
            entitlements = self.env["subscription.entitlement"].sudo().search(mine)
            moves = self.env["subscription.credit.move"].sudo().search(mine)
            wallet._pass_on(entitlements, moves, giver, customer)
            wallet.unlink()

    @api.model
    def _pass_on(self, entitlements, moves, giver, customer):
        """Let these belong to the other customer, and tell him what came.

        :param entitlements: of one company and customer, with their moves and moves of no entitlement.
        """
        for company in entitlements.company_id | moves.company_id:
            self._lock(company, giver)
            self._lock(company, customer)
        remaining = entitlements.filtered(lambda one: one.state in ("active", "pending"))._get_remaining_text()
        self.env.flush_all()
        for records in (entitlements, moves):
            if records:
                self.env.execute_query(
                    SQL(
                        "UPDATE %(table)s SET partner_id = %(customer)s WHERE id IN %(ids)s RETURNING id",
                        table=SQL.identifier(records._table),
                        customer=customer.id,
                        ids=tuple(records.ids),
                    )
                )
        self.env.invalidate_all()
        if remaining:
            customer.message_post(
                body=self.env._(
                    "Taken over from %(giver)s: %(remaining)s.", giver=giver.display_name, remaining=remaining
                )
            )


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    brought_by_id = fields.Many2one(
        comodel_name="res.partner",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Who held it before he became part of this customer; he takes along what is left when he leaves.",
    )

    def _leave_with(self):
        """Give what is left of these to whom it belonged, where he is now."""
        for (company, holder, bringer), own in self.grouped(
            lambda one: (one.company_id, one.partner_id, one.brought_by_id)
        ).items():
            customer = bringer.commercial_partner_id
            self.env["subscription.wallet"].sudo()._pass_on(own, own.credit_move_ids, holder, customer)
            if customer == bringer:
                own._write_sealed({"brought_by_id": False})
            self.env["subscription.wallet"]._lock(company, customer)._roll(company._subscription_today())


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Override of `base`: who becomes a contact of a company brings along what he holds, and takes it back."""
        moves = bool({"parent_id", "is_company"} & set(vals))  # before: Odoo takes values out
        result = super().write(vals)
        if moves:
            self._carry_credits()
        return result

    def _carry_credits(self):
        """Hand what contacts hold to the company that they belong to now, where it can be used.

        What one has brought and is left of it goes with him when he leaves: a wrong company that is set right costs
        nobody his credits.
        """
        # sudo: as in _hand_to
        entitlements = self.env["subscription.entitlement"].sudo()
        brought = entitlements.search([("brought_by_id", "in", self.ids), ("state", "in", ("active", "pending"))])
        brought.filtered(lambda one: one.partner_id != one.brought_by_id.commercial_partner_id)._leave_with()
        for wallet in self.env["subscription.wallet"].sudo().search([("partner_id", "in", self.ids)]):
            customer = wallet.partner_id.commercial_partner_id
            if customer != wallet.partner_id:
                held = entitlements.search([*wallet._get_domain(), ("brought_by_id", "=", False)])
                held._write_sealed({"brought_by_id": wallet.partner_id.id})
                wallet._hand_to(customer)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: a customer has one balance per company, so what the others hold is put into it."""
        # sudo: as in _hand_to
        held = self.env["subscription.wallet"].sudo().search([("partner_id", "in", src_partners.ids)])
        held._hand_to(dst_partner.commercial_partner_id)
        return super()._update_foreign_keys(src_partners, dst_partner)
