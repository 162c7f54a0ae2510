"""A company with N contracts: plans six months behind and twelve ahead, invoices, payments, packages, interactions.

Forty contracts of all kinds live half a year through the real methods, on their own days; then all that they left is
copied in the database (`scale_copy.py`). 100,000 contracts take minutes that way and not days.
"""

import random

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from psycopg2.extras import execute_values
from scale_copy import Copier

from odoo.fields import Command

ORIGINALS = 40
MONTHS = 6
# Days of the month on which contracts begin, counted from the first day of the half year
DAYS = 14
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}
# What is special about some of the originals, by their number
PAUSED, CLOSED, DRAFT, CHANGED = 5, 11, 17, 13
QUARTERLY, YEARLY, RENEWED = (23, 24, 25), (31, 32), (8, 28)
LATE, PART_PAID = (2, 7, 14, 20, 27, 33), (7, 27)
HOLDERS, VISITED = (0, 4, 9, 15, 18, 22, 29, 36), (3, 12, 21, 30)


class Originals:
    """The contracts that are copied, and what all share."""

    def __init__(self, env):
        self.env = env(context={**env.context, **QUIET})
        self.today = env.company._subscription_today()
        self.begin = self.today - relativedelta(months=MONTHS, days=DAYS)
        self.contracts = self.env["subscription.contract"]

    # === WHAT ALL SHARE === #
    def make_company(self):
        """Chart, tax, term, products, the bank, dunning, packages, kinds of work."""
        env = self.env
        company = env.company
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.subscription_enabled = True
        tax = env["account.tax"].create({"name": "20 %", "amount": 20.0, "type_tax_use": "sale"})
        term = Command.create({"value": "percent", "value_amount": 100.0, "nb_days": 30})
        self.term = env["account.payment.term"].create({"name": "30 days", "line_ids": [term]})
        taxes = [Command.set(tax.ids)]
        names = ("Internet", "Fixed address", "Alarm", "Camera", "Telephone", "Maintenance")
        self.products = env["product.product"].create(
            [{"name": name, "type": "service", "list_price": 20.0, "taxes_id": taxes} for name in names]
        )
        self.bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        template = env["mail.template"].search([("model", "=", "account.move")], limit=1)
        steps = [(3, "email"), (10, "email"), (20, "activity"), (60, "pause")]
        company.subscription_dunning_plan_id = env["subscription.dunning.plan"].create(
            {
                "name": "Reminders",
                "max_days": 120,
                "step_ids": [
                    Command.create({"days": days, "action": action, "template_id": action == "email" and template.id})
                    for days, action in steps
                ],
            }
        )
        self._make_packages(tax)
        env.flush_all()

    def _make_packages(self, tax):
        env = self.env
        self.department = env["subscription.department"].create({"name": "Support", "credits_per_request": 1})
        product = env["product.product"].create(
            {"name": "Support", "type": "service", "taxes_id": [Command.set(tax.ids)]}
        )
        common = {"product_id": product.id, "department_ids": [Command.set(self.department.ids)], "price": 100.0}
        self.packages = env["subscription.package"].create(
            [
                {"name": "20 requests", "kind": "credit", "credits": 20, **common},
                {"name": "A year", "kind": "period", "duration_days": 365, **common},
            ]
        )
        self.packages.action_publish()
        self.project = env["project.project"].create({"name": "Support"})

    # === THEIR LIFE === #
    def live(self):
        """Half a year; every day on which something happens is a day of its own."""
        days = [self.begin + relativedelta(days=number) for number in range((self.today - self.begin).days + 1)]
        starts = {number: self.begin + relativedelta(days=number % DAYS * 2) for number in range(ORIGINALS)}
        busy = {start.day for start in starts.values()}
        for day in days:
            if day.day in busy or day == self.today:
                with freeze_time(f"{day} 09:00:00"):
                    self._live_a_day(day, [number for number, start in starts.items() if start == day])
        self._hold_packages()
        self._plan_visits()

    def _live_a_day(self, day, begun):
        contracts = self.env["subscription.contract"]
        contracts._cron_run_terms()
        contracts._cron_extend_plans()
        for number in begun:
            self.contracts += self._sign(number, day)
        self._act(day)
        self.env["subscription.billing.run"]._bill_due(day)
        self._pay(day)
        self.env["subscription.assurance"]._cron_check_assurance()

    def _sign(self, number, day):
        partner = self.env["res.partner"].create(
            {
                "name": f"Subscriber {number}",
                "email": f"subscriber{number}@example.com",
                "phone": f"+90 532 000 {number:04}",
                "street": f"Street {number}",
                "property_payment_term_id": self.term.id,
            }
        )
        interval, unit = (1, "month")
        if number in QUARTERLY:
            interval = 3
        if number in YEARLY:
            unit = "year"
        lines = [
            {
                "product_id": self.products[(number + k) % len(self.products)].id,
                "quantity": 1 + (number + k) % 2,
                "price_unit": 10.0 + (number * 37 + k * 101) % 499 / 10,
                "interval": interval,
                "interval_unit": unit,
            }
            for k in range(1 + number % 3)
        ]
        values = {"renewal": "auto", "date_end": day + relativedelta(years=1, days=-1)} if number in RENEWED else {}
        contract = self.env["subscription.contract"].create(
            {
                "subject": "Original",
                "external_ref": f"scale-{number}",
                "partner_id": partner.id,
                "date_start": day,
                "billing_mode": "post",
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )
        if number != DRAFT:
            contract.action_activate()
        return contract

    def _get(self, *numbers):
        """Originals by their numbers."""
        return self.contracts.filtered(lambda one: int(one.external_ref.partition("-")[2]) in numbers)

    def _act(self, day):
        """What people do: two months before the end somebody pauses, somebody asks for more, somebody leaves."""
        if day < self.today - relativedelta(months=2):
            return
        paused, changed, closed = self._get(PAUSED), self._get(CHANGED), self._get(CLOSED)
        if paused.state == "active":
            paused.action_pause()
        if closed.state == "active":
            closed.action_close(reason=self.env.ref("subscription_mgmt.close_reason_customer"))
        if len(changed.line_ids) == 1 + CHANGED % 3:
            step = Command.create({"kind": "change", "line_id": changed.line_ids[:1].id, "quantity": 3.0})
            values = {"contract_id": changed.id, "date_kind": "period", "step_ids": [step]}
            self.env["subscription.amendment"].create(values).action_confirm()

    # === MONEY === #
    def _pay(self, day):
        """Twice, people pay what is older than 20 days; some leave one invoice, or a part of it."""
        if day != self.today:
            return
        invoices = self.env["account.move"].search(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("partner_id", "in", self.contracts.partner_id.ids),
                ("invoice_date", "<=", day - relativedelta(days=20)),
            ],
            order="id",
        )
        late = self._find_late(invoices)
        for round_day in (day - relativedelta(days=90), day - relativedelta(days=5)):
            for partner, owed in (invoices - late).grouped("partner_id").items():
                due = owed.filtered(lambda move, until=round_day: move.invoice_date <= until and move.amount_residual)
                self._receive(partner, due, sum(due.mapped("amount_residual")), round_day)
        for invoice in late:
            if invoice.partner_id in self._get(*PART_PAID).partner_id:
                self._receive(invoice.partner_id, invoice, round(invoice.amount_total / 4, 2), day)

    def _find_late(self, invoices):
        """One invoice that is overdue, of each of those who pay late."""
        last = self.today - relativedelta(days=33)
        found = invoices.browse()
        for contract in self._get(*LATE):
            own = invoices.filtered(lambda move, payer=contract.partner_id: move.partner_id == payer)
            found += own.filtered(lambda move: move.invoice_date_due and move.invoice_date <= last)[-1:]
        return found

    def _receive(self, partner, invoices, amount, day):
        """Money at the bank, booked and reconciled."""
        if not amount:
            return
        receivable = invoices.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        common = {"partner_id": partner.id, "name": "Payment"}
        entry = self.env["account.move"].create(
            {
                "journal_id": self.bank.id,
                "date": day,
                "line_ids": [
                    Command.create({**common, "account_id": self.bank.default_account_id.id, "debit": amount}),
                    Command.create({**common, "account_id": receivable.account_id.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        (receivable + entry.line_ids.filtered("credit")).reconcile()

    # === PACKAGES AND VISITS === #
    def _hold_packages(self):
        """Customers who hold a package, and what they have asked."""
        for number, partner in enumerate(self._get(*HOLDERS).partner_id):
            dialog = self.env["subscription.package.grant"].create(
                {"partner_id": partner.id, "package_id": self.packages[number % 2].id, "reason": "Bought"}
            )
            dialog.action_grant()
            for _request in range(number % 4):
                values = {"name": "Request", "project_id": self.project.id, "partner_id": partner.id}
                partner._consume_credits(self.department, self.env["project.task"].create(values))

    def _plan_visits(self):
        """Somebody comes once a month."""
        kind = self.env.ref("subscription_mgmt.interaction_type_call")
        own = self.env(user=self.env.ref("base.user_admin"))
        for contract in self._get(*VISITED):
            recurrence = own["subscription.recurrence"].create(
                {
                    "name": "Visit",
                    "type_id": kind.id,
                    "user_id": own.uid,
                    "contract_id": contract.id,
                    "frequency": "monthly",
                    "month_by": "date",
                    "day": contract.date_start.day,
                    "date_start": self.today,
                }
            )
            recurrence._generate(self.today)


# === COPIES === #
# Numbers of entries go on where the originals of the same series end; `series` is how many these are
NUMBER = "(row.sequence_number + copies.g * row.scale_series)"
MOVE_NAME = f"row.sequence_prefix || lpad({NUMBER}::text, greatest(row.scale_digits, length({NUMBER}::text)), '0')"
# How many originals the series of an entry has, and how many digits its numbers, for entries and for their lines
SERIES = """(SELECT count(*) FROM account_move other
              WHERE other.journal_id = move.journal_id AND other.sequence_prefix = move.sequence_prefix
                AND other.sequence_number > 0) AS scale_series,
            length(move.name) - length(move.sequence_prefix) AS scale_digits"""
COLUMNS = {
    "account_move": SERIES.replace("move.", "row."),
    "account_move_line": ", ".join(
        f"(SELECT {name} FROM scale_account_move move WHERE move.id = row.move_id) AS {name}"
        for name in ("sequence_number", "sequence_prefix", "scale_series", "scale_digits")
    ),
}
# What the copies of people and contracts are called: number of the copy, over all originals
PERSON = "((copies.g - 1) * {count} + row.scale_rank)"
VALUES = {
    ("account_move", "sequence_number"): f"CASE WHEN row.sequence_number > 0 THEN {NUMBER} ELSE 0 END",
    ("account_move", "name"): f"CASE WHEN row.sequence_number > 0 THEN {MOVE_NAME} ELSE row.name END",
    ("account_move", "payment_reference"): (
        f"CASE WHEN row.payment_reference = row.name THEN {MOVE_NAME} ELSE row.payment_reference END"
    ),
    ("account_move_line", "move_name"): MOVE_NAME,
    ("account_move_line", "name"): f"CASE WHEN row.name = row.move_name THEN {MOVE_NAME} ELSE row.name END",
    **{
        ("res_partner", name): f"(SELECT {column} FROM scale_name WHERE n = {PERSON})"
        for name, column in (
            ("name", "name"), ("complete_name", "name"), ("phone", "phone"), ("email", "email"), ("vat", "vat"),
            ("email_normalized", "email"), ("phone_sanitized", "'+' || replace(phone, ' ', '')"), ("street", "street"),
        )
    },
    ("subscription_contract", "subject"): f"(SELECT subject FROM scale_name WHERE n = {PERSON})",
    ("subscription_contract", "external_ref"): f"'K-' || {PERSON}",
}  # fmt: skip


class Data:
    """Fills a database; `env` has all rights."""

    def __init__(self, env, n):
        self.env = env
        self.copies = max(-(-n // ORIGINALS) - 1, 0)

    def fill(self):
        """Make everything. The caller commits, and has the database tidied afterwards.

        :return: number of contracts.
        """
        originals = Originals(self.env)
        originals.make_company()
        copier = Copier(self.env, self._get_values())
        copier.mark()
        originals.live()
        self.env.flush_all()
        self.env.invalidate_all()
        if self.copies:
            self._make_names(self.copies * ORIGINALS)
            self._name_contracts(originals.contracts)
            copier.find(**COLUMNS)
            copier.copy(self.copies)
            self._finish(copier)
        return ORIGINALS * (self.copies + 1)

    def _get_values(self):
        number = f"({PERSON} + {ORIGINALS})::text"
        name = f"'SUB' || lpad({number}, greatest(6, length({number})), '0')"
        return {**VALUES, ("subscription_contract", "name"): name}

    def _name_contracts(self, contracts):
        """Originals are called like the others."""
        products = {contract: contract.line_ids[:1].product_id.name for contract in contracts}
        for contract, name in products.items():
            contract.subject = f"{name} of {contract.partner_id.name}"
        self.env.flush_all()

    def _make_names(self, count):
        """Names, telephones, addresses and subjects, in a table for the copies to read."""
        draw = random.Random(11)
        parts = [consonant + vowel for consonant in "bcdfghjklmnprstvyz" for vowel in "aeıioöuü"]
        words = ["".join(draw.choice(parts) for _ in range(draw.choice((2, 3)))).capitalize() for _ in range(3000)]
        kinds = ["Internet", "Alarm", "Camera", "Telephone", "Maintenance"]
        places = ["home", "shop", "office", "depot", "farm", "school", "hotel"]
        rows = [
            (
                n,
                f"{draw.choice(words)} {draw.choice(words)}",
                f"90 5{draw.randrange(10**9):09}",
                f"person{n}@domain{n % 1000}.example",
                f"{draw.randrange(10**10):010}",
                f"{draw.choice(words)} Sok. {draw.randrange(1, 200)}",
                f"{draw.choice(kinds)} {draw.choice(places)} {draw.choice(words)}",
            )
            for n in range(1, count + 1)
        ]
        cr = self.env.cr
        cr.execute(
            "CREATE TEMP TABLE scale_name (n bigint PRIMARY KEY, name text, phone text, email text, vat text, "
            "street text, subject text)"
        )
        execute_values(cr._obj, "INSERT INTO scale_name VALUES %s", rows, page_size=5000)
        cr.execute("ANALYZE scale_name")

    def _finish(self, copier):
        """Figures and numbers that are counted over all."""
        cr = self.env.cr
        cr.execute(
            f"""UPDATE subscription_billing_run SET contract_count = contract_count * {self.copies + 1},
                       total_count = total_count * {self.copies + 1}, done_count = done_count * {self.copies + 1},
                       installment_count = installment_count * {self.copies + 1}"""
        )
        if "account_full_reconcile" in copier.tables:
            table = copier.tables["account_full_reconcile"]
            cr.execute(
                "UPDATE account_move_line SET matching_number = full_reconcile_id "
                f"WHERE full_reconcile_id > {table.last}"
            )
        table = copier.tables["account_partial_reconcile"]
        cr.execute(
            f"""UPDATE account_move_line line SET matching_number = 'P' || part.id
                  FROM account_partial_reconcile part
                 WHERE part.id > {table.last} AND part.full_reconcile_id IS NULL
                   AND line.id IN (part.debit_move_id, part.credit_move_id)"""
        )
        self.env.invalidate_all()
        cr.commit()  # links of rows that were made in the same transaction would be looked at once more
        cr.execute("ANALYZE")
        # What is kept by triggers, and when invoices are posted: nobody has told of the copies
        for name in sorted(self.env.registry.descendants(["subscription.sums.mixin"], "_inherit")):
            if not self.env[name]._abstract:
                self.env[name]._sum_up()
        self.env["account.analytic.line"]._find_owners()
        self.env["account.move"].search([("state", "=", "posted")])._keep_owner()
        self.env["subscription.contract"]._continue_numbering(self.env.company)
        self.env.flush_all()
