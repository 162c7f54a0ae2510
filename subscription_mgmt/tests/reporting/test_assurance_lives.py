import random
from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .assurance_common import AssuranceCommon

LIVES = 5
MONTHS = 4
FIRST = date(2026, 1, 31)


@tagged("post_install", "-at_install")
class TestAssuranceLives(AssuranceCommon):
    """Contracts that live through everything: no cry of wolf on any day, and nothing that was tampered with is missed.

    The acts are chosen by a random generator with a fixed seed.
    """

    def make_life(self, seed):
        """Acts on one contract, month by month, with billing in between; yields (contract, day) after each month."""
        choose = random.Random(seed)
        with freeze_time(FIRST):
            contract = self.make_contract(
                [self.choose_line(choose) for _line in range(choose.randint(1, 2))],
                date_start=FIRST,
                date_end=choose.choice([False, date(2026, 5, 31), date(2026, 12, 30)]),
                renewal=choose.choice(["none", "auto"]),
            )
        day = FIRST
        for _month in range(MONTHS):
            for _act in range(choose.randint(0, 3)):
                day += timedelta(days=choose.randint(1, 9))
                with freeze_time(day):
                    self.bill(day, contracts=contract)
                    self.act(choose, contract, day)
                    self.bill(day, contracts=contract)
                yield contract, day
            day += timedelta(days=20)
            with freeze_time(day):
                contract._settle()
                self.bill(day, contracts=contract)
            yield contract, day

    def choose_line(self, choose):
        return {
            "price_unit": choose.choice([100.0, 33.33, 0.07, 1199.99]),
            "discount": choose.choice([0, 0, 12.5]),
            "quantity": choose.choice([1, 3]),
            "interval": choose.choice([1, 1, 3]),
            "prorate": choose.random() < 0.8,
            "billing_timing": choose.choice(["advance", "advance", "arrears"]),
        }

    def act(self, choose, contract, day):
        """Do one thing that people do; what is refused at the time is not done."""
        act = choose.choice(
            ["pause", "resume", "close", "reopen", "renew", "price", "end", "skip", "amount", "credit", "part",
             "cancel", "lower"]
        )  # fmt: skip
        try:
            with self.env.cr.savepoint():
                getattr(self, f"do_{act}")(choose, contract, day)
        except UserError:
            return

    def do_pause(self, choose, contract, day):
        contract.action_pause(day + timedelta(days=choose.randint(0, 10)))

    def do_resume(self, choose, contract, day):
        contract.action_resume(day + timedelta(days=choose.randint(0, 10)))

    def do_close(self, choose, contract, day):
        contract.action_close(day + timedelta(days=choose.randint(-3, 20)), reason=self.reason)

    def do_reopen(self, choose, contract, day):
        contract.action_reopen(choose.choice([False, day + timedelta(days=60)]))

    def do_renew(self, choose, contract, day):
        contract.action_renew()

    def do_price(self, choose, contract, day):
        contract.line_ids[:1].price_unit = choose.choice([80.0, 120.5])

    def do_end(self, choose, contract, day):
        contract.date_end = day + timedelta(days=choose.randint(0, 90))

    def do_skip(self, choose, contract, day):
        self.get_planned(contract)[:1].action_skip("Free of charge")

    def do_amount(self, choose, contract, day):
        self.get_planned(contract)[:1].price_unit = 12.34

    def do_credit(self, choose, contract, day):
        for move in self.get_last_move(contract, "posted"):
            self.give_credit(move)

    def do_part(self, choose, contract, day):
        for move in self.get_last_move(contract, "posted"):
            self.give_credit(move, price=0.05)

    def do_cancel(self, choose, contract, day):
        move = self.get_last_move(contract, "posted")
        move.button_draft()
        move.button_cancel()

    def do_lower(self, choose, contract, day):
        for move in self.get_last_move(contract, "posted"):
            move.button_draft()
            move.invoice_line_ids[:1].price_unit = 0.05
            move.action_post()

    def get_planned(self, contract):
        return contract.installment_ids.filtered(lambda row: row.state == "planned" and not row.credited_id)

    def get_last_move(self, contract, state):
        moves = contract.installment_ids.invoice_id
        return moves.filtered(lambda move: move.state == state and move.move_type == "out_invoice").sorted("id")[-1:]

    def bring_up_to_date(self, contract, day):
        """What accounting changed is settled by the next act; until then it is one of the differences."""
        with freeze_time(day):
            contract._settle()
            self.bill(day, contracts=contract)

    def test_no_cry_of_wolf(self):
        looked_at = 0
        for seed in range(LIVES):
            for contract, day in self.make_life(seed):
                self.bring_up_to_date(contract, day)
                with self.subTest(seed=seed, day=day):
                    self.assertFound(self.compare(contract, day))
                    self.assertFound(self.compare(contract, day + timedelta(days=1)))
                looked_at += 1
        self.assertGreater(looked_at, LIVES * MONTHS)

    def test_nothing_is_missed(self):
        """Each life is tampered with at its end: with a row of the plan, with the terms, with what is billed."""
        tampered = 0
        for seed in range(LIVES):
            *_rest, (contract, day) = self.make_life(seed)
            self.bring_up_to_date(contract, day)
            for query, ids in self.get_tampering(contract, day):
                with self.subTest(seed=seed, query=query), self.env.cr.savepoint() as savepoint:
                    self.tamper(query, ids)
                    self.assertTrue(self.compare(contract, day))
                    self.bring_up_to_date(contract, day)
                    self.assertFound(self.compare(contract, day))
                    savepoint.rollback()
                    self.env.invalidate_all()
                tampered += 1
        self.assertGreater(tampered, LIVES)

    def get_tampering(self, contract, day):
        """Queries that write past every rule what a settled contract cannot be."""
        planned = self.get_planned(contract).filtered(lambda row: row.price_subtotal and not row.decision_id)
        near = planned.filtered(lambda row: row.date_from <= day + timedelta(days=20))
        rows = "UPDATE subscription_installment SET"
        if near:
            yield "DELETE FROM subscription_installment WHERE id = ANY(%s)", near[:1].ids
        if planned:
            doubled = "price_unit = price_unit * 2, price_subtotal = price_subtotal * 2"
            yield f"{rows} {doubled} WHERE id = ANY(%s)", planned[:1].ids
            yield f"{rows} date_invoice = date_invoice + 3 WHERE id = ANY(%s)", planned[:1].ids
            line = "UPDATE subscription_contract_line SET price_unit = price_unit + 1 WHERE id = ANY(%s)"
            yield line, planned[:1].line_id.ids
