"""What the suite opens with: how we are doing, what is to be done, and where it stands."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from .subscription_unpaid import AGES

MONTHS = 12
ENDING_DAYS = 60
NEXT = 5  # entries of the own agenda that are named
CARDS = ("revenue", "plan", "unpaid", "ending", "problems", "requests", "agenda")


class SubscriptionHome(models.AbstractModel):
    """The figures of the home page, for the company the person works in, by what the person may see.

    A card is a dict: `key`, `title`, `figure`, `note`, `rows` (`key`, `label`, `value`), `bars` (`label`, `text`,
    `value`), and `tone` (a colour of Bootstrap) where something waits. What has a key opens the list behind it
    (:meth:`open_list`). The number of queries does not depend on the number of contracts.
    """

    _name = "subscription.home"
    _description = "Home"

    @api.model
    def get_page(self):
        """All cards that the person may see.

        :raise AccessError: a person without the level View.
        """
        self.env["subscription.contract"].check_access("read")
        today = self.env.company._subscription_today()
        cards = (getattr(self, f"_get_{name}")(today) for name in CARDS)
        return {"company": self.env.company.name, "day": format_date(self.env, today), "cards": [*filter(None, cards)]}

    @api.model
    def open_list(self, key):
        """The list behind a figure, as an action.

        :raise AccessError: a person without the level View.
        :raise UserError: there is no such figure.
        """
        self.env["subscription.contract"].check_access("read")
        lists = self._get_lists(self.env.company._subscription_today())
        if not isinstance(key, str) or key not in lists:
            raise UserError(self.env._("The home page has no figure %(key)s. Open the page anew.", key=key))
        xmlid, domain, context = lists[key]
        action = self.env["ir.actions.actions"]._for_xml_id(f"subscription_mgmt.{xmlid}")
        action["domain"] = list(Domain("company_id", "=", self.env.company.id) & domain)
        return action if context is None else {**action, "context": context}

    def _get_lists(self, today):
        """{key: (action, domain, context)}; without a context, with that of the action: its own filters and groups."""
        week, month = self._get_ends(today)
        planned = Domain("state", "=", "planned") & Domain("contract_id.state", "=", "active")
        moved = Domain("day", ">=", today.replace(day=1)) & Domain("day", "<=", today)
        # Whoever owes of that age, not only those whose oldest debt it is: the figure adds up all of them.
        ages = {
            f"unpaid_{age}": ("subscription_unpaid_action", Domain(f"amount_{age}", "!=", 0.0), {})
            for age, _name in AGES
        }
        return {
            **ages,
            "revenue": ("subscription_mrr_total_action", Domain.TRUE, None),
            "movements": ("subscription_mrr_event_action", moved, {}),
            "week": ("subscription_installment_action", planned & Domain("date_invoice", "<=", week), {}),
            "month": ("subscription_installment_action", planned & Domain("date_invoice", "<=", month), {}),
            "unpaid": ("subscription_unpaid_action", Domain.TRUE, None),
            "ending": ("subscription_contract_action", self._get_ending_domain(today), {}),
            "problems": ("subscription_parking_action", Domain.TRUE, {}),
            "requests": ("subscription_request_action", Domain("state", "=", "new"), {}),
            "agenda": ("subscription_agenda_action", Domain.TRUE, None),
        }

    def _get_ends(self, today):
        """Last day of this week and of this month."""
        return fields.Date.end_of(today, "week"), fields.Date.end_of(today, "month")

    def _get_ending_domain(self, today):
        last = today + relativedelta(days=ENDING_DAYS)
        return Domain("state", "=", "active") & Domain("date_end", ">=", today) & Domain("date_end", "<=", last)

    def _read(self, model, domain, groupby=(), aggregates=("__count",)):
        """Groups of the company's records, with the rights of the person; None where the model is closed to him."""
        records = self.env[model]
        if not records.has_access("read"):
            return None
        own = Domain("company_id", "=", self.env.company.id)
        return records._read_group(own & domain, [*groupby], [*aggregates])

    def _money(self, amount):
        return format_amount(self.env, amount or 0.0, self.env.company.currency_id)

    # === CARDS === #
    def _get_revenue(self, today):
        """MRR today, at the end of each of twelve months, and what moved this month."""
        begin = today.replace(day=1)
        groups = self._read("subscription.mrr.event", Domain("day", "<=", today), ["day:month"], ["amount:sum"])
        if groups is None:
            return None
        months = [begin - relativedelta(months=back) for back in range(MONTHS - 1, -1, -1)]
        ends = [sum(amount for month, amount in groups if month <= one) for one in months]
        moved = Domain("day", ">=", begin) & Domain("day", "<=", today)
        kinds = dict(self._read("subscription.mrr.event", moved, ["kind"], ["amount:sum"]))
        labels = self.env["subscription.mrr.event"]._fields["kind"]._description_selection(self.env)
        return {
            "key": "revenue",
            "title": self.env._("Monthly Recurring Revenue"),
            "figure": self._money(ends[-1]),
            "note": self.env._("%(amount)s a year", amount=self._money(ends[-1] * 12)),
            "bars": [
                {"label": format_date(self.env, month, date_format="MMM y"), "text": self._money(end), "value": end}
                for month, end in zip(months, ends, strict=True)
            ],
            "rows": [
                {"key": "movements", "label": label, "value": self._money(kinds[kind])}
                for kind, label in labels
                if kinds.get(kind)
            ],
        }

    def _get_plan(self, today):
        """What is to be billed this week and this month; what should have been billed before is in both."""
        ends = self._get_ends(today)
        groups = self._read_planned(max(ends))
        if groups is None:
            return None
        company = self.env.company
        rows = []
        labels = (self.env._("This week"), self.env._("This month"))
        for key, label, end in zip(("week", "month"), labels, ends, strict=True):
            due = [(currency, amount, count) for currency, day, amount, count in groups if day <= end]
            sums = defaultdict(float)
            for currency, amount, _count in due:
                sums[currency] += amount
            total = sum(one._convert(amount, company.currency_id, company, today) for one, amount in sums.items())
            count = sum(count for _currency, _amount, count in due)
            rows.append({"key": key, "label": f"{label} ({count})", "value": self._money(total)})
        return {"key": "month", "title": self.env._("To Be Billed"), "figure": rows[1]["value"], "rows": rows}

    def _read_planned(self, last):
        """Rows that are planned up to a day: all, of which sums are kept, and taken off those not in service.

        :return: list of (currency, day, amount, count); None where the plan is closed to the person.
        """
        planned = Domain("state", "=", "planned") & Domain("date_invoice", "<=", last)
        wanted = (["currency_id", "date_invoice:day"], ["price_subtotal:sum", "__count"])
        groups = self._read("subscription.installment", planned, *wanted)
        if groups is None:
            return None
        resting = self._read("subscription.installment", planned & Domain("contract_id.state", "!=", "active"), *wanted)
        return groups + [(currency, day, -amount, -count) for currency, day, amount, count in resting]

    def _get_unpaid(self, _today):
        """What subscribers owe, by age."""
        names = [f"amount_{age}:sum" for age, _name in AGES]
        groups = self._read("subscription.unpaid", Domain.TRUE, (), [*names, "amount_overdue:sum"])
        if groups is None:
            return None
        *amounts, overdue = groups[0]
        labels = self.env["subscription.unpaid"]._fields["age"]._description_selection(self.env)
        return {
            "key": "unpaid",
            "title": self.env._("Unpaid"),
            "figure": self._money(overdue),
            "note": self.env._("overdue"),
            "tone": "danger" if overdue else "",
            "rows": [
                {"key": f"unpaid_{age}", "label": label, "value": self._money(amount)}
                for (age, label), amount in zip(labels, amounts, strict=True)
                if amount
            ],
        }

    def _get_ending(self, today):
        """Contracts that end soon, and what revenue goes with them unless they are renewed."""
        contracts = self.env["subscription.contract"].search(
            Domain("company_id", "=", self.env.company.id) & self._get_ending_domain(today), order="date_end, id"
        )
        totals = self.env["subscription.mrr.event"]._read_totals(contracts, today)
        lost = sum(
            contract.currency_id._convert(totals.get(contract.id, 0.0), contract.company_id.currency_id)
            for contract in contracts
        )
        return {
            "key": "ending",
            "title": self.env._("Ending Within %(days)s Days", days=ENDING_DAYS),
            "figure": str(len(contracts)),
            "note": self.env._("%(amount)s a month", amount=self._money(lost)),
        }

    def _get_problems(self, _today):
        """What was set aside, by the step that failed."""
        groups = self._read("subscription.parking", Domain.TRUE, ["step"])
        if groups is None:
            return None
        labels = dict(self.env["subscription.parking"]._fields["step"]._description_selection(self.env))
        count = sum(count for _step, count in groups)
        return {
            "key": "problems",
            "title": self.env._("Set Aside"),
            "figure": str(count),
            "tone": "warning" if count else "",
            "rows": [{"key": "problems", "label": labels[step], "value": str(count)} for step, count in groups],
        }

    def _get_requests(self, _today):
        """What subscribers asked for in the portal."""
        groups = self._read("subscription.request", Domain("state", "=", "new"), ["kind"])
        if groups is None:
            return None
        labels = dict(self.env["subscription.request"]._fields["kind"]._description_selection(self.env))
        count = sum(count for _kind, count in groups)
        return {
            "key": "requests",
            "title": self.env._("Requests of Subscribers"),
            "figure": str(count),
            "tone": "info" if count else "",
            "rows": [{"key": "requests", "label": labels[kind], "value": str(count)} for kind, count in groups],
        }

    def _get_agenda(self, today):
        """What the person has to do today, and what is overdue."""
        interactions = self.env["subscription.interaction"]
        if not interactions.has_access("read"):
            return None
        own = Domain("company_id", "=", self.env.company.id) & Domain("user_id", "=", self.env.uid)
        open_ = own & Domain("state", "=", "planned") & Domain("occurrence_date", "<=", today)
        late = interactions.search_count(open_ & Domain("occurrence_date", "<", today))
        first = interactions.search(open_, limit=NEXT, order="occurrence_date, id")
        return {
            "key": "agenda",
            "title": self.env._("My Agenda"),
            "figure": str(interactions.search_count(open_)),
            "note": self.env._("%(count)s of them overdue", count=late) if late else "",
            "rows": [
                {"key": "agenda", "label": one.display_name, "value": format_date(self.env, one.occurrence_date)}
                for one in first
            ],
        }
