"""Asking the customer's manager, and his answer (WMM-11, WMM-12)."""

import binascii

from odoo import fields, models
from odoo.exceptions import LockError, UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === ASKING === #
    def _ask_member(self, person, signed_by=None, signature=None):
        """Keep what an employee accepted or ordered for his manager, and tell all who may decide. Called with sudo.

        :param person: partner who asks.
        :param signature: of an offer that is to be signed, as base64.
        :raise UserError: it cannot be asked now, or the signature is none.
        """
        self.ensure_one()
        self._lock_for_member()
        is_changed = self.member_approval == "approved" and not self._is_member_approved()
        if self.state not in ("draft", "sent") or self.is_expired or (self.member_approval and not is_changed):
            raise UserError(self.env._("This order cannot be sent for approval any more."))
        try:
            self.write(
                {
                    "member_approval": "waiting",
                    # What the seller has changed since it was approved is an offer of his.
                    "member_from_portal": self.member_from_portal and not is_changed,
                    "member_ordered_by_id": person.id,
                    "member_signed_by": signed_by,
                    "member_signature": signature,
                }
            )
            self.flush_recordset()
        except (TypeError, ValueError, binascii.Error) as error:
            raise UserError(self.env._("Invalid signature data.")) from error
        for manager in person._get_portal_managers():
            self._tell_member(manager, person)

    # === DECIDING === #
    def _may_be_decided_by(self, person):
        """Whether a person answers for the member whose employee asks."""
        self.ensure_one()
        order = self.sudo()
        return (
            order.member_approval == "waiting"
            and person.commercial_partner_id == order.partner_id.commercial_partner_id
            and person._is_portal_manager()
        )

    def _approve_member(self, person, total=None):
        """Let an order go on to the seller. Called with sudo.

        :param person: the manager.
        :param total: what he saw, to approve nothing else.
        :raise UserError: he may not, or it is too late.
        """
        self._check_decision(person)
        if self.is_expired:
            raise UserError(self.env._("This offer has expired; it can no longer be approved. Ask us for a new one."))
        if total is not None and self.currency_id.compare_amounts(total, self.amount_total):
            raise UserError(self.env._("The order was changed in the meantime. Please look at it again."))
        self._write_decision(person, "approved", member_approved_total=self.amount_total)
        if self.member_from_portal:
            self._reach_seller(self.member_ordered_by_id)
        else:
            self._accept_offer()
        self._tell_member(self.member_ordered_by_id, person)

    def _refuse_member(self, person, reason=""):
        """End an order here; the seller never hears of it. Called with sudo.

        :param person: the manager.
        :param reason: told to whoever asked.
        :raise UserError: he may not, or it is too late.
        """
        self._check_decision(person)
        self._write_decision(person, "refused", member_refusal=reason, member_signed_by=False, member_signature=False)
        if self.member_from_portal:
            self.write({"state": "cancel"})
        self._tell_member(self.member_ordered_by_id, person)

    def _check_decision(self, person):
        self.ensure_one()
        self._lock_for_member()
        if not self._may_be_decided_by(person):
            if self.member_approval in ("approved", "refused"):
                raise UserError(
                    self.env._(
                        "%(person)s has decided about this order already.", person=self.member_decided_by_id.name
                    )
                )
            raise UserError(self.env._("There is nothing to decide here."))
        if self.state not in ("draft", "sent"):
            raise UserError(self.env._("This order was confirmed or cancelled in the meantime."))

    def _lock_for_member(self):
        """Of two who decide at once, the second is told."""
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(self.env._("Somebody else is deciding about this order right now.")) from error
        self.invalidate_recordset()

    def _write_decision(self, person, decision, **values):
        decided = {"member_decided_by_id": person.id, "member_decided_on": fields.Datetime.now()}
        self.write({"member_approval": decision, **decided, **values})

    def _accept_offer(self):
        """Carry out what the employee had accepted: sign, and confirm unless it is paid first."""
        if self.member_signature:
            signature = self.member_signature
            self.write({"signed_by": self.member_signed_by, "signed_on": fields.Datetime.now(), "signature": signature})
            self.write({"member_signed_by": False, "member_signature": False})
        if not self._has_to_be_paid():
            self._validate_order()
        if self.signature:
            self.message_post(
                author_id=self.member_ordered_by_id.id,
                body=self._for_seller()._get_signed_text(),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def _for_seller(self):
        """The order in the language of who sells."""
        seller = self.user_id.partner_id or self.company_id.partner_id
        return self.with_context(lang=seller.lang or self.env.lang)

    def _get_signed_text(self):
        names = {"person": self.signed_by, "manager": self.member_decided_by_id.name}
        return self.env._("Signed by %(person)s, approved by %(manager)s", **names)

    # === TELLING === #
    def _tell_member(self, reader, author):
        """Tell somebody of the member what has become of the order, in his language."""
        order = self.with_context(lang=reader.lang or self.env.lang)
        subject, body = order._prepare_question() if self.member_approval == "waiting" else order._prepare_answer()
        order.message_notify(partner_ids=reader.ids, subject=subject, body=body, author_id=author.id)

    def _get_member_names(self):
        total = self.currency_id.format(self.amount_total)
        return {"order": self.name, "person": self.member_ordered_by_id.name, "total": total}

    def _prepare_question(self):
        names = self._get_member_names()
        return (
            self.env._("Order %(order)s waits for your approval", **names),
            self.env._(
                "%(person)s has ordered for %(total)s. Please approve or refuse the order in the portal.", **names
            ),
        )

    def _prepare_answer(self):
        names = {**self._get_member_names(), "manager": self.member_decided_by_id.name}
        if self.member_approval == "approved":
            return (
                self.env._("Order %(order)s is approved", **names),
                self.env._("%(manager)s has approved your order for %(total)s.", **names),
            )
        body = self.env._("%(manager)s has refused your order for %(total)s.", **names)
        return self.env._("Order %(order)s is refused", **names), f"{body} {self.member_refusal or ''}".strip()
