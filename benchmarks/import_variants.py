"""The ways to bring contracts in that are compared, and the rows that all of them bring in."""

import base64
import csv
import io
from datetime import date

from odoo.fields import Command

PARTNERS = 5000
OTHERS = {"project": 200, "asset": 200, "sales_rep": 50, "category": 10, "service_category": 10, "product": 40}
BATCH = 500  # contracts per call of the bare create
WEB_BATCH = 2000  # rows per request of Odoo's own import page
MODULE = "bench"
# What the import page sends, the choices that a person makes there included
PAGE_OPTIONS = {
    "has_headers": True,
    "encoding": "utf-8",
    "quoting": '"',
    "separator": ",",
    "date_format": "%Y-%m-%d",
    "datetime_format": "",
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "fallback_values": {},
}
MODELS = {
    "corporate_customer": "res.partner",
    "invoice_corporate": "res.partner",
    "product": "product.product",
    "category": "subscription.category",
    "service_category": "subscription.category",
    "project": "project.project",
    "asset": "maintenance.equipment",
    "sales_rep": "hr.employee",
    "payment_method": "account.payment.method.line",
    "payment_term": "account.payment.term",
}
HEADINGS = {
    "number": "Subscriber No",
    "corporate_customer": "Corporate Customer ID",
    "subject": "Subject",
    "date_start": "Start Date",
    "date_end": "End Date",
    "product": "Product Code",
    "quantity": "Quantity",
    "price": "Unit Price",
    "discount": "Discount %",
    "interval": "Interval",
    "unit": "Interval Unit",
    "prorate": "Prorate",
    "paid_until": "Paid Until",
    "invoice_corporate": "Invoice Corporate Customer ID",
    "category": "Subscriber Category ID",
    "service_category": "Service Category ID",
    "payment_method": "Payment Method ID",
    "payment_term": "Payment Term ID",
    "project": "Project ID",
    "asset": "Asset ID",
    "sales_rep": "Sales Representative ID",
    "special_code": "Special Code",
    "note": "Note",
}
# Column of the file → field that Odoo's own import takes
ODOO_FIELDS = {
    "number": "name",
    "corporate_customer": "partner_id/id",
    "subject": "subject",
    "date_start": "date_start",
    "date_end": "date_end",
    "product": "line_ids/product_id/id",
    "quantity": "line_ids/quantity",
    "price": "line_ids/price_unit",
    "discount": "line_ids/discount",
    "interval": "line_ids/interval",
    "unit": "line_ids/interval_unit",
    "prorate": "line_ids/prorate",
    "paid_until": "line_ids/paid_until",
    "invoice_corporate": "invoice_partner_id/id",
    "category": "category_id/id",
    "service_category": "service_category_id/id",
    "payment_method": "payment_method_line_id/id",
    "payment_term": "payment_term_id/id",
    "project": "project_id/id",
    "asset": "equipment_id/id",
    "sales_rep": "employee_id/id",
    "special_code": "special_code",
    "note": "note",
}


# === COMMON DATA === #
def make_base(env):
    """What every variant starts from: a company, and the records that the rows name."""
    env = env(context={**env.context, "tracking_disable": True, "mail_create_nosubscribe": True})
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    env["res.config.settings"].create({"subscription_enabled": True}).execute()
    tax = env["account.tax"].create({"name": "Benchmark 20 %", "amount": 20.0, "type_tax_use": "sale"})
    records = {
        "corporate_customer": env["res.partner"].create(
            [
                {"name": f"Company {i}", "is_company": True, "ref": code("corporate_customer", i)}
                for i in range(PARTNERS)
            ]
        ),
        "product": env["product.product"].create(
            [
                {
                    "name": f"Service {i}",
                    "default_code": code("product", i),
                    "type": "service",
                    "taxes_id": [Command.set(tax.ids)],
                }
                for i in range(OTHERS["product"])
            ]
        ),
        "payment_method": company.bank_journal_ids.inbound_payment_method_line_ids[:1]
        or env["account.payment.method.line"].search([("payment_type", "=", "inbound")], limit=1),
        "payment_term": env["account.payment.term"].create({"name": "Benchmark"}),
    }
    for key in ("project", "asset", "sales_rep"):
        records[key] = env[MODELS[key]].create([{"name": f"{key} {i}"} for i in range(OTHERS[key])])
    for key, usage in (("category", "subscriber"), ("service_category", "service")):
        values = [{"name": f"{usage} {i}", "usage": usage} for i in range(OTHERS[key])]
        records[key] = env["subscription.category"].create(values)
    _give_ids(env, records)


def _give_ids(env, records):
    """Give every record its number in the old system and its XML ID, one named like the other."""
    for key, found in records.items():
        env["ir.model.data"].create(
            [
                {"module": MODULE, "name": code(key, i), "model": found._name, "res_id": record.id}
                for i, record in enumerate(found)
            ]
        )
        if key not in ("corporate_customer", "product"):
            env["subscription.external.id"].create(
                [
                    {
                        "model": found._name,
                        "code": code(key, i),
                        "res_id": record.id,
                        "kind": {"category": "subscriber", "service_category": "service"}.get(key),
                    }
                    for i, record in enumerate(found)
                ]
            )


def code(key, i):
    return f"{key}_{i}"


def make_row(i):
    """The cells of a row by column key."""
    row = {
        "number": f"B-{i:06d}",
        "corporate_customer": code("corporate_customer", i * 7 % PARTNERS),
        "invoice_corporate": code("corporate_customer", i * 11 % PARTNERS),
        "payment_method": code("payment_method", 0),
        "payment_term": code("payment_term", 0),
        "subject": f"Line {i}",
        "date_start": date(2024, 1 + i % 12, 1),
        "date_end": date(2027, 12, 31),
        "quantity": 1 + i % 3,
        "price": 100 + i % 50,
        "discount": 5 * (i % 3),
        "interval": 1 + i % 3,
        "unit": "month",
        "prorate": "yes",
        "paid_until": date(2025, 12, 31),
        "special_code": f"S{i % 100}",
        "note": f"Imported from row {i}",
    }
    return row | {key: code(key, i % size) for key, size in OTHERS.items()}


def write_xlsx(path, n):
    """Write the file to import as Excel would."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Subscribers")
    sheet.append(list(HEADINGS.values()))
    for i in range(n):
        row = make_row(i)
        sheet.append([row[key] for key in HEADINGS])
    book.save(path)


def write_csv(path, n):
    """Write the same rows as csv."""
    with open(path, "w", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(HEADINGS.values())
        for i in range(n):
            row = make_row(i)
            writer.writerow([row[key] for key in HEADINGS])


# === VARIANTS === #
class Variant:
    """One way to bring the rows in. `prepare` is not measured, `work` is."""

    baseline = "load"
    made = True

    def __init__(self, env, n, folder):
        self.env, self.n, self.folder = env, n, folder

    def prepare(self):
        """Have in memory what the way is given."""


class Check(Variant):
    """The check of the .xlsx alone: read it in its own process, look up all ids, check every row; nothing written."""

    baseline, made, extension = "import", False, "xlsx"

    def prepare(self):
        with open(f"{self.folder}/{self.n}.{self.extension}", "rb") as stream:
            content = base64.b64encode(stream.read())
        self.wizard = self.env["subscription.import"].create(
            {"file": content, "filename": f"bench.{self.extension}", "company_id": self.env.company.id}
        )
        self.env.flush_all()

    def work(self):
        self.wizard.action_check()
        if self.wizard.error_count:
            raise SystemExit(f"error: {self.wizard.issue_ids[:3].mapped('message')}")


class Import(Check):
    """The whole import of the .xlsx: read, check, look up, create, receipt; one transaction."""

    baseline, made = "load", True

    def work(self):
        self.wizard.action_import()


class ImportCsv(Import):
    """The whole import of the same rows as .csv."""

    extension = "csv"


def prepare_odoo_row(row):
    """The cells of a row as Odoo's own import takes them: references by their XML IDs."""
    cells = []
    for key in ODOO_FIELDS:
        value = row[key]
        if key in MODELS:
            value = f"{MODULE}.{value.replace('invoice_corporate', 'corporate_customer')}"
        cells.append(value.isoformat() if isinstance(value, date) else str(value))
    return cells


class Load(Variant):
    """Odoo's own load() as its import page calls it, 2,000 rows each; rows in memory, its file parsing not counted."""

    def prepare(self):
        self.rows = [prepare_odoo_row(make_row(i)) for i in range(self.n)]

    def work(self):
        contracts = self.env["subscription.contract"].with_context(
            import_file=True,
            tracking_disable=True,
            name_create_enabled_fields={},
            import_set_empty_fields=[],
            import_skip_records=[],
            _import_limit=WEB_BATCH,
        )
        for start in range(0, self.n, WEB_BATCH):
            check_loaded(contracts.load(list(ODOO_FIELDS.values()), self.rows[start : start + WEB_BATCH]))
            self.env.flush_all()


class Page(Variant):
    """Odoo's own import page from the .csv: the same calls of load(), and what the server does around each of them."""

    def prepare(self):
        stream = io.StringIO()
        csv.writer(stream).writerows([ODOO_FIELDS.values(), *(prepare_odoo_row(make_row(i)) for i in range(self.n))])
        self.page = self.env["base_import.import"].create(
            {
                "res_model": "subscription.contract",
                "file": stream.getvalue().encode(),
                "file_name": "bench.csv",
                "file_type": "text/csv",
            }
        )

    def work(self):
        names = list(ODOO_FIELDS.values())
        page = self.page.with_context(tracking_disable=True)
        for start in range(0, self.n, WEB_BATCH):
            check_loaded(page.execute_import(names, names, {**PAGE_OPTIONS, "skip": start, "limit": WEB_BATCH}))
            self.env.flush_all()


def check_loaded(answer):
    """Stop when Odoo refused the rows: a refusal costs nothing and would look fast."""
    if not answer.get("ids"):
        raise SystemExit(f"error: load() refused: {answer['messages'][:2]}")


class Create(Variant):
    """The bare create() of the same values by 500, ids looked up and values made before the clock starts."""

    def prepare(self):
        wizard = self.env["subscription.import"]
        check = Check(self.env, self.n, self.folder)
        check.prepare()
        wizard = check.wizard
        result = wizard._examine()
        self.values = [wizard._get_layout()._prepare_values(result, group) for group, _none in result.new]
        self.contracts = self.env["subscription.contract"].with_context(**wizard._get_write_context())

    def work(self):
        for start in range(0, self.n, BATCH):
            self.contracts.create(self.values[start : start + BATCH])
            self.env.flush_all()
            self.env.invalidate_all(flush=False)


VARIANTS = {
    "check": Check,
    "import": Import,
    "import_csv": ImportCsv,
    "load": Load,
    "page": Page,
    "create": Create,
}


def check_made(env, n, made):
    """What was made, to be equal for all variants: (contracts, lines, sum of prices, sum of discounts)."""
    env.cr.execute(
        """SELECT count(DISTINCT c.id), count(l.id), coalesce(sum(l.price_unit * l.quantity), 0),
                  coalesce(sum(l.discount), 0), count(DISTINCT c.partner_id), count(c.employee_id)
             FROM subscription_contract c JOIN subscription_contract_line l ON l.contract_id = c.id"""
    )
    found = [float(value) for value in env.cr.fetchone()]
    if found[0] != (n if made else 0):
        raise SystemExit(f"error: {found[0]} contracts instead of {n}")
    return found
