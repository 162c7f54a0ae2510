"""Random lives of contracts: whatever is done to them, and in whatever order, the log is the lines in force."""

import os
import random
from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..contract.life import Life
from ..contract.life_amended import AmendedLife
from .mrr_common import MrrCommon

LIVES = int(os.environ.get("SUBSCRIPTION_LIVES", "5"))
SEED = int(os.environ.get("SUBSCRIPTION_SEED", "1"))
ACTS = 12


@tagged("post_install", "-at_install")
class TestMrrLives(MrrCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.somebody = cls.customer
        cls.tax_in = cls.tax.copy({"name": "VAT 20% in it", "price_include_override": "tax_included"})
        foreign = cls.env.ref("base.EUR")
        foreign.write({"active": True, "rate_ids": [Command.clear()]})
        rates = [("2020-01-01", 2.5), ("2027-03-10", 2.0), ("2028-06-01", 4.0)]
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": foreign.id, "company_id": cls.company.id, "name": day, "rate": rate}
                for day, rate in rates
            ]
        )
        cls.currencies = [cls.company.currency_id, foreign]

    def meet_somebody(self):
        """Contracts from now on are those of another subscriber."""
        type(self).customer = self.somebody.copy()

    def live(self, kind):
        for seed in range(SEED, SEED + LIVES):
            with self.subTest(life=seed), freeze_time("2026-01-01 12:00:00") as clock:
                self.meet_somebody()
                life = kind(self, random.Random(seed), clock)
                for _act in life.live(ACTS):
                    self.check(life)

    def check(self, life):
        contract = life.contract
        try:
            self.check_log(contract)
            self.check_kinds(contract)
            self.check_sums()
            contract.invalidate_recordset(["mrr"])
            self.assertAlmostEqual(contract.mrr, contract._get_mrr(life.today), 6)
            before = len(contract.mrr_event_ids)
            contract._settle()
            self.assertEqual(len(contract.mrr_event_ids), before, "settled again")
        except AssertionError as error:
            error.add_note("\n".join(["", *life.log]))
            raise

    def test_the_log_is_the_lines_in_force(self):
        self.live(Life)

    def test_amendments_and_their_undoing_too(self):
        self.live(AmendedLife)

    # === SEVERAL CONTRACTS OF ONE SUBSCRIBER === #
    def test_what_it_means_depends_on_what_else_the_subscriber_has(self):
        for seed in range(SEED, SEED + LIVES):
            chance, day = random.Random(seed), date(2026, 1, 15)
            self.meet_somebody()
            self.contracts = self.env["subscription.contract"]
            for _act in range(ACTS):
                name = chance.choice(["make", "make", "pause", "resume", "close", "reopen", "price", "end", "delete"])
                with self.subTest(life=seed, day=day, act=name), freeze_time(day):
                    self.act(name, chance, day)
                    self.check_log(self.contracts)
                    self.check_kinds(self.contracts)
                day += timedelta(days=chance.randint(0, 20))

    def act(self, name, chance, day):
        """Do one thing to one of the contracts; what is refused at the time is not done."""
        running = self.contracts[chance.randrange(len(self.contracts)) :][:1] if self.contracts else self.contracts
        try:
            with self.env.cr.savepoint():
                getattr(self, f"do_{name}")(chance, running, day + timedelta(days=chance.randint(-5, 15)))
        except UserError:
            return

    def do_make(self, chance, _contract, day):
        self.contracts += self.make_contract(
            [{"price_unit": chance.choice([0.0, 100.0, 33.33, -10.0])}, {"price_unit": chance.choice([50.0, 12.0])}],
            date_start=day,
            trial_days=chance.choice([0, 0, 14]),
            date_end=chance.choice([False, day + timedelta(days=60)]),
        )

    def do_pause(self, chance, contract, day):
        last = chance.choice([None, day + timedelta(days=20)])
        contract.action_pause(day, date_to=last, mode=chance.choice(["days", "periods"]))

    def do_resume(self, _chance, contract, day):
        contract.action_resume(day)

    def do_close(self, _chance, contract, day):
        contract.action_close(day, reason=self.reason)

    def do_reopen(self, _chance, contract, _day):
        contract.action_reopen()

    def do_price(self, chance, contract, _day):
        contract.line_ids[:1].price_unit = chance.choice([80.0, 0.0, 120.5])

    def do_end(self, _chance, contract, day):
        contract.line_ids[:1].date_end = day

    def do_delete(self, _chance, contract, _day):
        contract.line_ids[1:].unlink()
