"""Two years of the demo company: contracts that begin, change, pause and end, invoices that are paid, late or never.

Every act runs through the same methods as the buttons do, on its own day: the clock is moved.
"""

import random
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.fields import Command, Domain

MONTHS = 24
CONTRACTS = 55
QUIET = {"mail_auto_subscribe_no_notify": True, "tracking_disable": True, "mail_notrack": True}


class History:
    """The company lives from one month to the next; what happens to a contract is decided by its number."""

    def __init__(self, env, words, partners, products, people):
        self.env, self.words, self.products, self.people = env, words, products, people
        self.today = env.company._subscription_today()
        self.rng = random.Random(2)
        self.contracts = env["subscription.contract"]
        self.partners = partners
        self.cadences = {code: cadence for code, _name, _price, cadence, _subject in words.products}
        self.subjects = {code: subject for code, _name, _price, _cadence, subject in words.products}

    def live(self):
        """Month by month up to today; twice a month there is billing, payment and dunning."""
        begin = self.today.replace(day=1) - relativedelta(months=MONTHS)
        starts = [0] * (CONTRACTS // 3) + [self.rng.randrange(1, MONTHS + 1) for _n in range(CONTRACTS * 2 // 3)]
        for month in range(MONTHS + 1):
            for day in (1, 15):
                date = (begin + relativedelta(months=month)).replace(day=day)
                if date <= self.today:
                    with freeze_time(f"{date} 09:00:00"):
                        begins = [n for n, start in enumerate(starts) if start == month and n % 2 == (day == 15)]
                        self.live_a_day(date, month, begins)
                    self.env.cr.commit()
        self.env["subscription.contract"]._cron_extend_plans()
        return self.contracts

    def live_a_day(self, date, month, begins):
        """Renewals and ends, contracts that begin, acts, billing, payments, dunning."""
        self.env["subscription.contract"]._cron_run_terms()
        self.env["subscription.contract"]._cron_extend_plans()
        new = self.sign(date, begins)
        self.contracts += new
        if date.day == 1:
            for contract in self.contracts - new:
                self.change(contract, self.contracts.ids.index(contract.id), self.age(contract, date), date)
        self.env["subscription.billing.run"]._bill_due(date)
        self.pay(date)
        if date >= self.today - relativedelta(months=3):
            due = self.env["account.move"]._get_subscription_dunning_domain(self.env.company, date)
            self.env["account.move"].search(due)._run_dunning(date)

    def age(self, contract, date):
        """Whole months since the contract began."""
        passed = relativedelta(date, contract.date_start)
        return passed.years * 12 + passed.months

    # === ACTS === #
    def sign(self, date, numbers):
        """Contracts that begin on a day."""
        made = self.env["subscription.contract"]
        for number in numbers:
            code = self.rng.choice(("NET-100", "NET-100", "NET-1000", "ALARM", "DESTEK", "KAMERA", "BAKIM"))
            codes = {code, *self.rng.sample(("IP-4", "ALARM"), self.rng.choice((0, 0, 1)))}
            made += self.env["subscription.contract"].with_context(**QUIET).create(
                {
                    "subject": self.subjects[code],
                    "partner_id": self.partners[number].id,
                    "date_start": date,
                    "user_id": self.people[number % len(self.people)].id,
                    "line_ids": [Command.create(self.prepare_line(one)) for one in sorted(codes)],
                    **self.prepare_term(number, date),
                }
            )  # fmt: skip
        made.with_context(**QUIET).action_activate()
        return made

    def prepare_line(self, code):
        product = self.products.filtered(lambda one: one.default_code == code)
        interval, unit = self.cadences[code]
        return {
            "product_id": product.id,
            "quantity": self.rng.choice((1, 1, 1, 2)),
            "price_unit": product.list_price,
            "interval": interval,
            "interval_unit": unit,
        }

    def prepare_term(self, number, date):
        """Most are open-ended; some renew each year, some end soon."""
        if number % 10 == 7:
            return {"date_end": date + relativedelta(years=1, days=-1), "renewal": "auto", "renewal_months": 12}
        if number % 15 == 8:
            return {"date_end": self.today + timedelta(days=25 + number % 30)}
        return {}

    def change(self, contract, number, age, date):
        """What this month brings to a contract, if anything."""
        fate, last = number % 15, date >= self.today - relativedelta(months=1)
        if contract.state == "paused" and fate == 2 and not last:
            contract.action_resume()
        if contract.state != "active":
            return
        if fate == 0 and age == 9:
            reason = ("price", "moved", "customer")[number % 3]
            reason = self.env.ref(f"subscription_mgmt.close_reason_{reason}")
            contract.action_close(reason=reason, comment=self.words.said["close"])
        elif fate == 1 and last and date.day == 1:
            reason = self.env.ref("subscription_mgmt.close_reason_customer")
            contract.action_close(date=date + relativedelta(months=2, days=-1), reason=reason)
        elif (fate == 2 and age == 5) or (fate == 3 and last):
            contract.action_pause(reason=self.words.said["pause"])
        elif fate == 4 and age == 8:
            self.amend(contract, quantity=3)
        elif fate == 5 and age == 10:
            self.amend(contract, quantity=1, price_unit=round(contract.line_ids[0].price_unit * 0.8, 2))
        elif date.month == 1 and age >= 6 and fate > 5 and not contract.date_end:
            self.amend(contract, price_unit=round(contract.line_ids[0].price_unit * 1.12, 2))

    def amend(self, contract, **terms):
        """New terms of the first line from today on."""
        line = contract.line_ids.filtered(lambda one: not one.date_end)[:1]
        if line:
            step = Command.create({"kind": "change", "line_id": line.id, **terms})
            values = {"contract_id": contract.id, "date_kind": "period", "step_ids": [step]}
            self.env["subscription.amendment"].create(values).action_confirm()

    # === MONEY === #
    def pay(self, date):
        """Payments that have arrived by now: most a week after the invoice, some later, a few never."""
        domain = Domain("move_type", "=", "out_invoice") & Domain("payment_state", "=", "not_paid")
        moves = self.env["account.move"].search(domain & Domain("state", "=", "posted"))
        moves = moves.filtered(lambda move: self.is_paid(move, date))
        if not moves:
            return
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        method = journal.inbound_payment_method_line_ids[:1]
        payments = self.env["account.payment"].with_context(**QUIET).create(
            [
                {
                    "partner_id": move.commercial_partner_id.id,
                    "amount": move.amount_residual,
                    "date": date,
                    "journal_id": journal.id,
                    "payment_method_line_id": method.id,
                    "invoice_ids": [Command.link(move.id)],
                    "memo": move.name,
                }
                for move in moves
            ]
        )  # fmt: skip
        payments.action_post()
        pairs = zip(moves, payments, strict=True)
        lines = [(move.line_ids + payment.move_id.line_ids).filtered(self.is_receivable) for move, payment in pairs]
        self.env["account.move.line"]._reconcile_plan(lines)

    def is_receivable(self, line):
        return line.account_type == "asset_receivable" and not line.reconciled

    def is_paid(self, move, date):
        """By the habit of the customer; who does not pay at all began so in the last months."""
        habit = self.partners.ids.index(move.partner_id.id) % 15 if move.partner_id in self.partners else 6
        recent = move.invoice_date >= self.today - relativedelta(days=70)
        if habit == 9 and recent:
            return False
        waits = {10: 45, 11: 30}.get(habit, 10)
        return move.invoice_date + timedelta(days=waits) <= date
