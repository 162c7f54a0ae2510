"""Random lives of real contracts with posted invoices against an oracle that goes day by day over the final terms.

SUBSCRIPTION_LIVES sets the number of lives of each kind, SUBSCRIPTION_SEED the first one. A failure names the life that
failed; it is lived again alone with SUBSCRIPTION_LIVES=1 and its number as SUBSCRIPTION_SEED.
"""

import os
import random

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..common import SubscriptionCommon
from .life import Life
from .life_amended import AmendedLife
from .life_oracle import Audit

LIVES = int(os.environ.get("SUBSCRIPTION_LIVES", "6"))
SEED = int(os.environ.get("SUBSCRIPTION_SEED", "1"))
ACTS = 12


@tagged("post_install", "-at_install")
class TestLives(SubscriptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_in = cls.tax.copy({"name": "VAT 20% in it", "price_include_override": "tax_included"})
        cls.currencies = [cls.env.ref(f"base.{name}") for name in ("JPY", "EUR", "EUR", "KWD")]
        for currency, rounding in zip(cls.currencies, (1, 0.01, 0.01, 0.001), strict=True):
            currency.write({"active": True, "rounding": rounding, "rate_ids": [Command.clear()]})
        foreign = cls.currencies[0] + cls.currencies[1] + cls.currencies[3] - cls.company.currency_id
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "company_id": cls.company.id, "name": "2020-01-01", "rate": 2.5}
                for currency in foreign
            ]
        )

    def live(self, **kind):
        for seed in range(SEED, SEED + LIVES):
            with self.subTest(life=seed, **kind), self.env.cr.savepoint():
                self.live_one(seed, **kind)

    def live_one(self, seed, amended=False, **kind):
        with freeze_time("2026-01-01 12:00:00") as clock:
            life = (AmendedLife if amended else Life)(self, random.Random(seed), clock, **kind)
            try:
                for act in life.live(ACTS):
                    audit = Audit(life)
                    audit.check()
                    if act == "bill":
                        audit.check_billed()
            except Exception as error:
                error.add_note("\n".join(["", *map(str, self.describe(life))]))
                raise

    @staticmethod
    def describe(life):
        """What it was and what was done, for whoever has to find out why it went wrong."""
        timing, tax = "arrears" if life.arrears else "advance", "in" if life.included else "on top"
        yield f"from {life.start}, {life.cadence}, day {life.anchor_day}, {timing}"
        yield f"{life.currency.name}, tax {tax}, price {life.lines[0].price}"
        yield from life.log
        yield from (f"pause {pause}" for pause in life.pauses)
        yield f"ends {life.end}"
        for row in life.contract.installment_ids.sorted(lambda row: (row.date_from, row.id)):
            if row.state != "planned" or row.date_from <= life.today or row.credited_id:
                figures = row.quantity, row.price_unit, row.discount, row.price_subtotal
                yield (
                    row.id,
                    str(row.date_from),
                    str(row.date_to),
                    row.line_id.id,
                    row.state,
                    *figures,
                    row.credited_id.id,
                )

    def test_what_is_charged_is_what_the_final_terms_ask(self):
        self.live()

    def test_what_accounting_did_stands(self):
        self.live(accounting=True)

    def test_without_proration_every_period_is_charged_once_in_full(self):
        self.live(prorate=False)

    def test_amendments_in_any_order_come_to_what_the_final_terms_ask(self):
        self.live(amended=True)
