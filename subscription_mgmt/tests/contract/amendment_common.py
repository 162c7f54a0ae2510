from datetime import date

from odoo.tests import freeze_time

from ..common import SubscriptionCommon

TODAY = "2026-03-10 12:00:00"


class AmendmentCommon(SubscriptionCommon):
    """A contract of 310.00 a month (10.00 a day in March), billed for January to March; today is 10 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        frozen = freeze_time(TODAY)
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        cls.contract = cls.make_billed()
        cls.line = cls.contract.line_ids
        cls.payer = cls.env["res.partner"].create({"name": "Deniz Holding", "is_company": True})

    @classmethod
    def make_billed(cls, lines=({"price_unit": 310.0},), until=date(2026, 3, 1), **values):
        contract = cls.make_contract(lines, billing_mode="post", **values)
        cls.bill(until, contracts=contract)
        return contract

    def draft(self, *steps, contract=None, day=None, **values):
        """A draft; each step is a dict, of the kind "change" of the contract's line unless it says otherwise."""
        contract = contract or self.contract
        line = contract.line_ids[-1:]
        steps = [
            {"kind": "change", **({} if step.get("kind", "change") not in ("change", "end") else {"line_id": line.id})}
            | step
            for step in steps
        ]
        when = {"date_kind": "day", "date": day} if day else {"date_kind": "today"}
        return self.env["subscription.amendment"].create(
            {"contract_id": contract.id, **when, "step_ids": [(0, 0, step) for step in steps], **values}
        )

    def amend(self, *steps, **values):
        """The same, confirmed."""
        amendment = self.draft(*steps, **values)
        self.assertFalse(amendment.problem)
        self.assertTrue(amendment.action_confirm() is True)
        return amendment

    def read_terms(self, contract=None):
        """All that the terms of a contract are made of."""
        contract = contract or self.contract
        names = ("product_id", "quantity", "price_unit", "discount", "date_start", "date_end", "active", "is_void",
                 "interval", "interval_unit", "anchor_day", "replaces_id", "payer_id", "bill_from", "final_from",
                 "repetitions", "tax_ids", "name")  # fmt: skip
        lines = contract.with_context(active_test=False).line_ids.sorted("id")
        own = ("partner_id", "invoice_partner_id", "payment_term_id", "payment_method_line_id", "date_end", "state",
               "renewal", "close_reason_id", "date_closed")  # fmt: skip
        return [[contract[name] for name in own], *([line.id, *(line[name] for name in names)] for line in lines)]

    def read_plan(self, contract=None, state="planned"):
        """(day of invoice, from, to, amount) of the rows, as text."""
        rows = (contract or self.contract).installment_ids.filtered(lambda row: row.state == state)
        rows = rows.sorted(lambda row: (row.date_invoice, row.date_from, row.price_subtotal))
        return [
            f"{row.date_invoice:%m-%d}: {row.date_from:%m-%d}..{row.date_to:%m-%d} {row.price_subtotal:.2f}"
            for row in rows
        ]
