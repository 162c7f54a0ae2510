"""Every screen and every dialog of which a goal was set, and some that are good as they are."""

from datetime import timedelta
from functools import partial
from typing import NamedTuple

from scale_client import Dialog, Page

OURS = "subscription_mgmt."


class Goal(NamedTuple):
    """What is asked of a row at 100,000 contracts; None: nothing."""

    ms: float = None
    kb: float = None
    mb: float = None
    queries: float = None  # at most, or for each record where there are records


class Screens:
    """Name of a screen → (function that works it out, its goal)."""

    def __init__(self, env):
        self.env = env

    def get_all(self):
        """In the order of the table."""
        plan, contracts, others, good = self.get_plan(), self.get_contracts(), self.get_others(), self.get_good()
        return {**plan, **contracts, **others, **good, **self.get_reports(), **self.get_bill()}

    def get_plan(self):
        """The payment plan in all its views."""
        page = Page(self.env, f"{OURS}subscription_installment_action")
        [name] = self.env["res.partner"].search([("name", "!=", False)], order="id desc", limit=1).mapped("name")
        grouped = {
            f"plan grouped by {what}": (partial(page.open, groups=[field]), Goal(300))
            for what, field in (
                ("contract", "contract_id"), ("subscriber", "partner_id"), ("product", "product_id"),
                ("month", "date_invoice:month"), ("state", "state"),
            )
        }  # fmt: skip
        return {
            "plan calendar": (page.open_calendar, Goal(300, kb=500)),
            "plan pivot": (page.open_pivot, Goal(500)),
            **grouped,
            "plan graph": (page.open_graph, Goal(300)),
            "plan list": (page.open, Goal(100)),
            "plan list: all states": (partial(page.open, domain=[]), Goal(100)),
            "plan list: by amount": (partial(page.open, order="price_subtotal desc"), Goal(100)),
            "plan list: by price": (partial(page.open, order="price_unit desc"), Goal(100)),
            "plan list: filter due": (partial(page.open, domain=page.get_domain(["due"])), Goal(100)),
            "plan list: search a name": (
                lambda: page.open(domain=[*page.get_domain(), *page.type_text(name)]),
                Goal(100),
            ),
        }

    def get_contracts(self):
        """Searches of contracts."""
        page = Page(self.env, f"{OURS}subscription_contract_action")
        last = self.env["subscription.contract"].search([("state", "=", "active")], order="id desc", limit=1)
        product = last.line_ids[:1].product_id.name
        search = {
            "name": page.type_text(last.subject.split()[-1]),
            "number": page.type_text(last.name),
            "product": page.type_text(product, "line_ids"),
        }
        return {
            **{
                f"contracts: search a {what}": (partial(page.open, domain=[*page.get_domain(), *domain]), Goal(50))
                for what, domain in search.items()
            },
            "contracts grouped by subscriber": (partial(page.open, groups=["partner_id"]), Goal(150)),
        }

    def get_others(self):
        """Other pages with a goal."""
        balances = Page(self.env, f"{OURS}subscription_wallet_action")
        interactions = Page(self.env, f"{OURS}subscription_interaction_action")
        runs = Page(self.env, f"{OURS}subscription_billing_run_action")
        return {
            "customer balances": (balances.open, Goal(50, queries=40)),
            "interactions calendar": (interactions.open_calendar, Goal(200)),
            "billing runs": (runs.open, Goal(50)),
        }

    def get_good(self):
        """Pages that cost little as they are, and the two that everybody begins with."""
        contracts = Page(self.env, f"{OURS}subscription_contract_action")
        last = self.env["subscription.contract"].search([("state", "=", "active")], order="id desc", limit=1)
        agenda = Page(self.env, f"{OURS}subscription_agenda_action")
        charges = Page(self.env, f"{OURS}subscription_charge_action")
        usage = Page(self.env, f"{OURS}subscription_credit_move_action")
        return {
            "home page": (self.env["subscription.home"].get_page, Goal()),
            "Unpaid": (Page(self.env, f"{OURS}subscription_unpaid_action").open, Goal()),
            "contract list": (contracts.open, Goal()),
            "contract cards": (partial(contracts.open, kind="kanban"), Goal()),
            "contract form": (lambda: contracts.open_form(contracts.records.browse(last.id)), Goal()),
            "contract activities": (contracts.open_activities, Goal()),
            "agenda": (agenda.open, Goal()),
            "recurrences": (Page(self.env, f"{OURS}subscription_recurrence_action").open, Goal()),
            "paid subscriptions": (Page(self.env, f"{OURS}subscription_entitlement_action").open, Goal()),
            "usage: list": (partial(usage.open, kind="list"), Goal()),
            "card charges": (charges.open, Goal()),
        }

    def get_reports(self):
        """Figures over years, as they open."""
        dues = Page(self.env, f"{OURS}subscription_due_action")
        profit = Page(self.env, f"{OURS}subscription_profit_report_action")
        money = Page(self.env, f"{OURS}subscription_outlook_action")
        revenue = self.env["subscription.mrr.report"]
        return {
            "all dues": (dues.open, Goal()),
            "profit: pivot": (profit.open_pivot, Goal()),
            "profit: list": (partial(profit.open, kind="list"), Goal()),
            "money to come: graph": (money.open_graph, Goal()),
            "money to come: list": (partial(money.open, kind="list"), Goal()),
            "revenue report": (partial(revenue.get_report, {"months": 12}), Goal()),
        }

    def get_bill(self):
        """*Bill Now* up to a month from today: nearly every contract is due."""
        dialog = Dialog(self.env, f"{OURS}subscription_bill_action")
        until = str(self.env.company._subscription_today() + timedelta(days=31))
        goal = Goal(2000, mb=60)
        filled, _answer = dialog.start()
        bill = dialog.records.create({**self._get_writable(filled), "date_ref": until})
        self.env.cr.commit()
        return {
            "Bill Now, 31 days ahead": (lambda: dialog.start(date_ref=until), goal),
            "Bill Now: preview": (partial(self._preview, bill), goal),
            "Bill Now: reading it": (lambda: dialog.read(bill), goal),
        }

    def _preview(self, bill):
        bill.action_preview()
        self.env.flush_all()

    def _get_writable(self, values):
        fields = self.env["subscription.bill"]._fields
        return {name: value for name, value in values.items() if not fields[name].readonly and not fields[name].compute}
