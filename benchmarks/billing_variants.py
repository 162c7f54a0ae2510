"""The ways to bill that are compared, and the contracts that all of them bill: the same partners, lines and prices."""

from psycopg2.extras import Json

from odoo.fields import Command, Date
from odoo.tools import SQL

WARM_UP = 5  # contracts billed before the clock starts
HISTORY = 1000  # posted invoices that are there before
BATCH = 500  # invoices per call of Odoo's own create
BILL_BATCH = 200  # ... and of the quiet one, as ours has them
LINES = 3
POSTAL_CODES = 50  # places where the partners live
TERM = "Benchmark 30 days"
# Of the partners that are billed, and of those that only warm up
REF, WARM_REF = "bench-%05d", "warm-%05d"
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


# === COMMON DATA === #
def make_base(env, n, day):
    """What every variant starts from: company, tax, payment term, products, partners, and invoices of last month."""
    env = env(context={**env.context, **QUIET})
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    tax = env["account.tax"].create({"name": "Benchmark 20 %", "amount": 20.0, "type_tax_use": "sale"})
    term = {"value": "percent", "value_amount": 100.0, "nb_days": 30}
    env["account.payment.term"].create({"name": TERM, "line_ids": [Command.create(term)]})
    env["product.product"].create(
        [
            {"name": f"Service {i}", "default_code": f"BENCH{i}", "type": "service", "taxes_id": [Command.set(tax.ids)]}
            for i in range(LINES)
        ]
    )
    refs = [WARM_REF % i for i in range(WARM_UP)] + [REF % i for i in range(n)]
    env["res.partner"].create([_prepare_partner(company, ref, i) for i, ref in enumerate(refs)])
    _make_history(env, day)


def _prepare_partner(company, ref, i):
    return {
        "name": f"Subscriber {ref}",
        "ref": ref,
        "email": f"{ref}@example.com",
        "street": f"Street {i}",
        "zip": str(34000 + i % POSTAL_CODES),
        "country_id": company.account_fiscal_country_id.id,
    }


def _make_history(env, day):
    """Posted invoices of last month: the planner chooses terrible plans on an empty table."""
    moves = env["account.move"]
    values = prepare_invoices(env, get_partners(env), Date.subtract(day, months=1))
    values = [{**values[i % len(values)]} for i in range(HISTORY)]
    for vals in values:
        vals["invoice_line_ids"] = vals["invoice_line_ids"][:1]
    for start in range(0, HISTORY, BATCH):
        moves.create(values[start : start + BATCH]).action_post()


def get_partners(env, n=None, warm_up=False):
    """The first n partners to bill, or those that warm up, in the order of their numbers."""
    prefix = (WARM_REF if warm_up else REF).partition("%")[0]
    return env["res.partner"].search([("ref", "=like", f"{prefix}%")], order="ref", limit=n)


def get_term(env):
    return env["account.payment.term"].search([("name", "=", TERM)])


def get_products(env):
    return env["product.product"].search([("default_code", "=like", "BENCH%")], order="default_code")


def make_lines(products, partner):
    """What the partner subscribes to: a line of each product, with prices that differ from partner to partner."""
    i = int(partner.ref.partition("-")[2])
    return [
        {
            "product_id": product.id,
            "name": product.name,
            "quantity": float(1 + (i + k) % 3),
            "price_unit": 10.0 + (i * 37 + k * 101) % 4999 / 10,
            "discount": 10.0 if (i + k) % 5 == 0 else 0.0,
            "tax_ids": [Command.set(product.taxes_id.ids)],
        }
        for k, product in enumerate(products)
    ]


def prepare_invoices(env, partners, day):
    """Values for Odoo's own create, as whoever knows what is billed would write them."""
    products, term, currency = get_products(env), get_term(env), env.company.currency_id
    journal = env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", env.company.id)], limit=1)
    period = f"{day} – {Date.subtract(Date.add(day, months=1), days=1)}"
    return [
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "journal_id": journal.id,
            "currency_id": currency.id,
            "invoice_date": day,
            "invoice_payment_term_id": term.id,
            "invoice_origin": partner.ref,
            "invoice_line_ids": [
                Command.create({**line, "name": f"{line['name']}\n{period}"}) for line in make_lines(products, partner)
            ],
        }
        for partner in partners
    ]


def check_invoices(env, day):
    """What the invoices of a variant come to, by state: the same for all variants, or the figures mean nothing."""
    moves = env["account.move"]
    domain = [
        ("move_type", "=", "out_invoice"),
        ("invoice_date", "=", day),
        ("partner_id", "in", get_partners(env).ids),
    ]
    lines = [("move_id", "any", domain), ("display_type", "=", "product")]
    sums = [f"{name}:sum" for name in ("amount_untaxed", "amount_tax", "amount_total")]
    groups = moves._read_group(domain, ["state"], ["__count", *sums, "invoice_date_due:min", "invoice_date_due:max"])
    return {
        "invoices": {state: count for state, count, *_rest in groups},
        "lines": moves.line_ids.search_count(lines),
        "amounts": [[str(figure) for figure in figures] for _state, _count, *figures in groups],
    }


# === VARIANTS === #
class Variant:
    """One way to bill. `set_up` runs once per size, the other steps in the process that measures."""

    addon = None  # what has to be installed
    based_on = None  # the variant on whose database `set_up` builds
    baseline = "floor"  # the variant that it is compared with
    state = "draft"  # of the invoices at the end

    def __init__(self, env, day):
        self.env = env
        self.day = day

    def set_up(self, partners, warm_partners):
        """Put what is to be billed into the database."""

    def prepare(self, partners):
        """Get ready to bill these partners, before the clock starts."""

    def warm_up(self, partners):
        """Bill these few partners, so that what Odoo loads once is loaded."""
        raise NotImplementedError

    def bill(self):
        """What is measured."""
        raise NotImplementedError

    def get_drafts(self, partners):
        """Invoices to post."""
        domain = [("state", "=", "draft"), ("invoice_date", "=", self.day), ("partner_id", "in", partners.ids)]
        return self.env["account.move"].search(domain)


class Floor(Variant):
    """Odoo's own create of the invoices in batches, as it comes."""

    def prepare(self, partners):
        self.values = prepare_invoices(self.env, partners, self.day)

    def warm_up(self, partners):
        self.env["account.move"].create(prepare_invoices(self.env, partners, self.day))

    def bill(self):
        for start in range(0, len(self.values), BATCH):
            self.env["account.move"].create(self.values[start : start + BATCH])


class FloorQuiet(Floor):
    """The same without tracking, log notes and followers, in the batches of ours, the cache emptied after each."""

    batch = BILL_BATCH

    def bill(self):
        moves = self.env["account.move"].with_context(**QUIET)
        for start in range(0, len(self.values), self.batch):
            moves.create(self.values[start : start + self.batch])
            self.env.flush_all()
            self.env.invalidate_all(flush=False)


class FloorPost(Variant):
    """Odoo's own posting of such drafts, all at once."""

    based_on = "floor"
    baseline = "floor_post"
    state = "posted"

    def set_up(self, partners, warm_partners):
        self.env["account.move"].create(prepare_invoices(self.env, partners + warm_partners, self.day))

    def prepare(self, partners):
        self.moves = self.get_drafts(partners)

    def warm_up(self, partners):
        self.get_drafts(partners).action_post()

    def bill(self):
        self.moves.action_post()


class Ours(Variant):
    """Subscription management, its billing run over all contracts."""

    addon = "subscription_mgmt"
    analytic = False  # whether each contract has an analytic account, as ours do unless a company does not want it

    def set_up(self, partners, warm_partners):
        self.env.company.write({"subscription_enabled": True, "subscription_analytic": self.analytic})
        products, term = get_products(self.env), get_term(self.env)
        values = [
            {
                "subject": "Benchmark",
                "partner_id": partner.id,
                "date_start": self.day,
                "payment_term_id": term.id,
                "billing_mode": "draft",
                "line_ids": [Command.create(line) for line in make_lines(products, partner)],
            }
            for partner in partners + warm_partners
        ]
        self.env["subscription.contract"].create(values).action_activate()

    def warm_up(self, partners):
        contracts = self.env["subscription.contract"].search([("partner_id", "in", partners.ids)])
        self.env["subscription.billing.run"]._bill_due(self.day, contracts=contracts)

    def bill(self):
        self.env["subscription.billing.run"]._bill_due(self.day)


class OursPost(Variant):
    """The posting queue of subscription management, over drafts that its billing run has made."""

    addon = "subscription_mgmt"
    based_on = "ours"
    baseline = "floor_post"
    state = "posted"

    def set_up(self, partners, warm_partners):
        """Bill as far as drafts, which then wait to be posted, as after an interruption."""
        ours = Ours(self.env, self.day)
        ours.warm_up(warm_partners)
        ours.bill()
        self.get_drafts(partners + warm_partners).subscription_billing_mode = "post"

    def prepare(self, partners):
        self.run = self.get_drafts(partners).subscription_run_id

    def warm_up(self, partners):
        self.get_drafts(partners).subscription_run_id._post_moves()

    def bill(self):
        self.run._post_moves()


class OcaContract(Variant):
    """OCA `contract`, the method of its cron over all contracts."""

    addon = "contract"

    def set_up(self, partners, warm_partners):
        products, term = get_products(self.env), get_term(self.env)
        values = [
            {
                "name": f"Benchmark {partner.ref}",
                "partner_id": partner.id,
                "payment_term_id": term.id,
                "line_recurrence": True,
                "contract_line_ids": [
                    Command.create(self._prepare_line(line)) for line in make_lines(products, partner)
                ],
            }
            for partner in partners + warm_partners
        ]
        self.env["contract.contract"].create(values)

    def _prepare_line(self, line):
        """It takes the taxes from the product, and the period into the text by markers."""
        return {
            **{name: line[name] for name in ("product_id", "quantity", "discount")},
            "specific_price": line["price_unit"],
            "name": f"{line['name']}\n#START# – #END#",
            "date_start": self.day,
            "recurring_next_date": self.day,
            "recurring_rule_type": "monthly",
            "recurring_interval": 1,
            "recurring_invoicing_type": "pre-paid",
        }

    def warm_up(self, partners):
        contracts = self.env["contract.contract"].search([("partner_id", "in", partners.ids)])
        contracts._recurring_create_invoice(self.day)

    def bill(self):
        self.env["contract.contract"].cron_recurring_create_invoice(self.day)


class Insert(Variant):
    """The rows of such invoices (entries, journal items, their taxes) by INSERT alone: no invoicing can be cheaper."""

    based_on = "floor"

    def set_up(self, partners, warm_partners):
        """Invoices whose rows are taken, and put back."""
        self.env["account.move"].create(prepare_invoices(self.env, partners + warm_partners, self.day))

    def prepare(self, partners):
        self.rows = self._take(self.get_drafts(partners))

    def _take(self, moves):
        """The rows of these invoices, which are then gone."""
        names = {"account_move": "id", "account_move_line": "move_id"}
        rows = {table: self._read(table, column, moves.ids) for table, column in names.items()}
        line_ids = [row["id"] for row in rows["account_move_line"]]
        rows["account_move_line_account_tax_rel"] = self._read(
            "account_move_line_account_tax_rel", "account_move_line_id", line_ids
        )
        for table, column in {"account_move_line": "move_id", "account_move": "id"}.items():
            self.env.cr.execute(SQL("DELETE FROM %s WHERE %s IN %s", *map(SQL.identifier, (table, column)), moves._ids))
        return rows

    def _read(self, table, column, ids):
        query = SQL("SELECT * FROM %s WHERE %s IN %s ORDER BY 1", *map(SQL.identifier, (table, column)), tuple(ids))
        self.env.cr.execute(query)
        return [
            {name: Json(value) if isinstance(value, dict) else value for name, value in row.items()}
            for row in self.env.cr.dictfetchall()
        ]

    def warm_up(self, partners):
        self._insert(self._take(self.get_drafts(partners)), 0, None)

    def bill(self):
        for start in range(0, len(self.rows["account_move"]), BATCH):
            self._insert(self.rows, start, start + BATCH)

    def _insert(self, rows, start, stop):
        """Put these entries back, with what belongs to them."""
        moves = rows["account_move"][start:stop]
        ids = {move["id"] for move in moves}
        lines = [line for line in rows["account_move_line"] if line["move_id"] in ids]
        ids = {line["id"] for line in lines}
        taxes = [row for row in rows["account_move_line_account_tax_rel"] if row["account_move_line_id"] in ids]
        for table, records in zip(rows, (moves, lines, taxes), strict=True):
            columns = SQL(", ").join(map(SQL.identifier, records[0]))
            values = SQL(", ").join(SQL("%s", tuple(record.values())) for record in records)
            self.env.cr.execute(SQL("INSERT INTO %s (%s) VALUES %s", SQL.identifier(table), columns, values))


VARIANTS = {
    "floor": Floor,
    "floor_quiet": FloorQuiet,
    "insert": Insert,
    "ours": Ours,
    "oca_contract": OcaContract,
    "floor_post": FloorPost,
    "ours_post": OursPost,
}
