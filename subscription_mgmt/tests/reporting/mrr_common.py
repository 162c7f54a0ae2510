"""The revenue of contracts day by day, worked out from what stands on contracts, lines and pauses and nothing else."""

from collections import defaultdict
from datetime import date, timedelta

from ..common import SubscriptionCommon

ONE_DAY = timedelta(days=1)
PER_MONTH = {"day": 365 / 12, "week": 365 / 7 / 12, "month": 1.0, "year": 1 / 12}


class MrrCommon(SubscriptionCommon):
    def read_log(self, contracts, *columns):
        """Sums of the log by columns."""
        events = self.env["subscription.mrr.event"].search([("contract_id", "in", contracts.ids)])
        sums = defaultdict(float)
        for event in events:
            sums[tuple(event[column] for column in columns)] += event.amount
        return {key: round(value, 4) for key, value in sums.items() if round(value, 4)}

    def assertLog(self, contracts, expected):
        """The log of the contracts, summed by day and kind, is this."""
        found = sorted(self.read_log(contracts, "day", "kind").items())
        self.assertEqual([(*key, amount) for key, amount in found], expected)

    def get_agreed(self, contract, day):
        """What is paid for a day by the terms, pauses apart."""
        if contract.state == "draft":
            return 0.0
        if day < contract.date_start or (contract.date_end and day > contract.date_end):
            return 0.0
        if contract.date_trial_end and day <= contract.date_trial_end:
            return 0.0
        return sum(self.get_worth(line) for line in contract.line_ids if self.is_served(line, day))

    def is_served(self, line, day):
        if line.is_void or day < line.date_start or (line.date_end and day > line.date_end):
            return False
        return not line.repetitions or day <= line._get_last_day()

    def get_worth(self, line):
        if line.is_fee:
            return 0.0
        return line.currency_id.round(line.price_subtotal * PER_MONTH[line.interval_unit] / line.interval)

    def is_paused(self, contract, day):
        return any(pause.date_from <= day <= (pause.date_to or day) for pause in contract.pause_ids)

    def get_days(self, contracts):
        """Days on which something may change, and those around them."""
        lines = contracts.with_context(active_test=False).line_ids
        days = {day for record in (*contracts, *lines) for day in (record.date_start, record.date_end) if day}
        days |= {day for pause in contracts.pause_ids for day in (pause.date_from, pause.date_to) if day}
        days |= set(self.env["subscription.mrr.event"].search([("contract_id", "in", contracts.ids)]).mapped("day"))
        near = {day + timedelta(days=n) for day in days for n in (-1, 0, 1, 2) if date.min + ONE_DAY < day < date.max}
        return sorted(near)

    def check_sums(self):
        """What is kept of the log, and nothing else is read, is what adding it up gives."""
        events = self.env["subscription.mrr.event"]
        own = [("company_id", "=", self.company.id)]
        for groups in ([], ["day:month"], ["day:day", "kind"]):
            kept = events._read_group(own, groups, ["amount:sum", "__count"])
            self.assertEqual(kept, events._read_group([*own, ("id", "!=", 0)], groups, ["amount:sum", "__count"]))

    def check_log(self, contracts):
        """At every day the sum of the log of each contract is the sum of its lines in force."""
        for contract in contracts:
            events = self.env["subscription.mrr.event"].search([("contract_id", "=", contract.id)])
            for day in self.get_days(contract):
                wanted = 0.0 if self.is_paused(contract, day) else self.get_agreed(contract, day)
                found = sum(event.amount_currency for event in events if event.day <= day)
                self.assertAlmostEqual(found, wanted, 6, f"{contract.name} on {day}: log, lines")

    def check_kinds(self, contracts):
        """What the log calls a change is what it is for the subscriber of all these contracts."""
        days = self.get_days(contracts)
        by_day, total, was_there = defaultdict(lambda: defaultdict(float)), 0.0, False
        for event in self.env["subscription.mrr.event"].search([("contract_id", "in", contracts.ids)]):
            by_day[event.day][event.kind] += event.amount_currency
        for day in days:
            new = round(sum(self.get_agreed(contract, day) for contract in contracts), 6)
            kinds = {kind: round(amount, 6) for kind, amount in by_day[day].items() if kind not in ("pause", "resume")}
            change = round(new - total, 6)
            found = {kind: amount for kind, amount in kinds.items() if amount}
            if new <= 0 < total:
                wanted = {"churn": change}
            elif total <= 0 < new:
                wanted = {"reactivation" if was_there else "new": change}
            else:
                # Changes of prices are netted apart from the others.
                self.assertAlmostEqual(sum(found.values()), change, 6, day)
                self.assertLessEqual(set(found), {"expansion", "contraction"}, day)
                wanted = found
            self.assertEqual(found, wanted, day)
            total, was_there = new, was_there or new > 0
