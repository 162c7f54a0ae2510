from odoo.tests import freeze_time
from odoo.tools import SQL

from ..common import SubscriptionCommon


class AssuranceCommon(SubscriptionCommon):
    """Contracts that are compared with their terms; what was tampered with is written past every rule, by SQL."""

    @classmethod
    def compare(cls, contract, date_ref):
        """Compare the contracts on a day; returns what is stored of them then."""
        with freeze_time(date_ref):
            contract.sudo()._compare_with_terms(date_ref)
        return cls.env["subscription.assurance.difference"].search([("contract_id", "in", contract.ids)])

    @classmethod
    def tamper(cls, query, *params):
        """Write past every rule."""
        cls.env.flush_all()
        cls.env.cr.execute(SQL(query, *params))
        cls.env.invalidate_all()

    @classmethod
    def bill_on(cls, *days):
        """Bill each of the days, with the clock on it."""
        for day in days:
            with freeze_time(day):
                cls.bill(day)

    @classmethod
    def give_credit(cls, move, price=None):
        """A credit note by hand, in full, or with the first line at this price."""
        wizard = cls.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        wizard = wizard.create({"journal_id": move.journal_id.id, "date": move.invoice_date, "reason": "Goodwill"})
        credit = cls.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if price is not None:
            credit.invoice_line_ids[1:].unlink()
            credit.invoice_line_ids[:1].write({"price_unit": price, "quantity": 1})
        credit.action_post()
        return credit

    def assertFound(self, found, *expected):
        """The differences are these (kind, first day, last day, expected, found)."""
        self.assertEqual(
            [(row.kind, row.date_from, row.date_to, row.expected, row.found) for row in found], list(expected)
        )
