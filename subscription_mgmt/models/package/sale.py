"""Handing a package to a customer: the rules of LIM-15..18 for buyers and for staff alike."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.wallet import PERIOD, SWITCH, TOO_EARLY, judge, last_day, new_period, renewal_opens


class SubscriptionPackage(models.Model):
    _inherit = "subscription.package"

    def _judge(self, customer, date_ref):
        """What the package would be for the customer on the day.

        :param customer: commercial partner.
        :return: (`buy top_up renew switch too_early` of `tools/wallet.py`, the entitlements that he holds).
        """
        self.ensure_one()
        held = self.env["subscription.entitlement"]._get_held(self.company_id, customer, date_ref)
        return judge(self.kind, held._as_held(), date_ref), held

    def _get_refusal(self, customer, date_ref, confirmed=False):
        """Why the customer cannot have the package, in words; empty when he can.

        :param confirmed: he, or staff for him, agreed that what is left of the other type is lost.
        """
        verdict, held = self._judge(customer, date_ref)
        if verdict == TOO_EARLY:
            opens = renewal_opens(last_day(held._as_held()))
            return self.env._(
                "You can renew from %(day)s onwards (30 days before expiry).", day=format_date(self.env, opens)
            )
        if verdict == SWITCH and not confirmed:
            return self._get_switch_warning(held)
        return ""

    def _get_switch_warning(self, held):
        """What switching to the package costs, in words (LIM-18)."""
        lost = held.filtered(lambda one: one.kind != self.kind)
        return self.env._(
            "Buying this package ends your remaining %(remaining)s entitlement.", remaining=lost._get_remaining_text()
        )

    def _grant(self, customer, date_ref, confirmed=False, **values):
        """Give the package to the customer: the remaining credit grows, or a period begins.

        Whoever comes second for the same customer waits for the first, and then decides on what is there.

        :param customer: commercial partner.
        :param date_ref: day of the purchase.
        :param confirmed: what is left of the other type may be lost.
        :param values: further values of the entitlement. With a `payment_transaction_id` the money is already taken:
            where a rule is against it, the entitlement is kept pending for a person to decide, and nothing is lost.
            A `grant_key` gives one entitlement, however often it is used.
        :return: the entitlement.
        :raise UserError: a rule of LIM-15..18 is against it, in words.
        """
        self.ensure_one()
        self.env["subscription.wallet"]._lock(self.company_id, customer)._roll(date_ref)
        if granted := self._find_granted(customer, values.get("grant_key")):
            return granted
        refusal = self._get_refusal(customer, date_ref, confirmed)
        if refusal and not values.get("payment_transaction_id"):
            raise UserError(refusal)
        values = {
            "company_id": self.company_id.id,
            "partner_id": customer.id,
            "package_id": self.id,
            "department_ids": [(6, 0, self.department_ids.ids)],
            "hold_reason": refusal or False,
            **self._get_dates(customer, date_ref),
            **values,
        }
        entitlement = self.env["subscription.entitlement"]._create_sealed([values])
        if not refusal:
            entitlement._begin(date_ref)
        return entitlement

    def _find_granted(self, customer, key):
        """What was given to the customer under this key already."""
        entitlements = self.env["subscription.entitlement"]
        mine = [("grant_key", "=", key), ("partner_id", "=", customer.id), ("package_id", "=", self.id)]
        return entitlements.search(mine, limit=1) if key else entitlements

    def _get_dates(self, customer, date_ref):
        """First and last day of the package when it is handed over on the day."""
        held = self.env["subscription.entitlement"]._get_held(self.company_id, customer, date_ref)
        periods = held.filtered(lambda one: one.kind == self.kind == PERIOD)
        until = last_day(periods._as_held()) if periods else None
        first, last = new_period(date_ref, self.duration_days, until)
        return {"date_start": first, "date_end": last}
