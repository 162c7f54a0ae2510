"""The main job on an empty database: run by bin/demo inside `odoo shell`, where `env` is given."""

import base64
import io
import sys
import time

from odoo import fields
from odoo.fields import Command

sys.path.insert(0, "demo")
from make_workbook import PRODUCTS, make_workbook

SUBSCRIBERS = 500


def set_up_company(company):
    """A Turkish company: lira, its chart of accounts, 20 % VAT, Istanbul time, subscriptions switched on."""
    company.write({"name": "Anadolu Servis A.Ş.", "country_id": env.ref("base.tr").id, "city": "İstanbul"})
    company.partner_id.write({"tz": "Europe/Istanbul", "lang": "tr_TR"})
    env["account.chart.template"].try_loading("tr", company, install_demo=False)
    env["res.config.settings"].create({"subscription_enabled": True}).execute()
    domain = [
        ("type_tax_use", "=", "sale"),
        ("amount", "=", 20),
        ("amount_type", "=", "percent"),
        ("company_id", "=", company.id),
    ]
    company.account_sale_tax_id = env["account.tax"].search(domain, order="sequence, id", limit=1)
    env.ref("base.user_admin").write({"lang": "tr_TR", "tz": "Europe/Istanbul"})


def make_catalogue(company, customers):
    """The products and customers that the workbook names by their old codes."""
    tax = [Command.set(company.account_sale_tax_id.ids)]
    env["product.product"].create(
        [
            {"default_code": code, "name": name, "type": "service", "list_price": price, "taxes_id": tax}
            for code, name, price, _period, _subject in PRODUCTS
        ]
    )
    country = env.ref("base.tr").id
    env["res.partner"].create(
        [
            {"ref": code, "name": name, "is_company": firm, "city": city, "country_id": country, "lang": "tr_TR"}
            for code, name, firm, city in customers
        ]
    )


def make_people(company):
    """Who looks after contracts: what the night has to say, each reads in the own language."""
    people = (("ayse", "Ayşe Kaya", "tr_TR"), ("ion", "Ion Popescu", "ro_RO"))
    groups = [env.ref("subscription_mgmt.group_subscription_editor").id, env.ref("base.group_user").id]
    return env["res.users"].create(
        [
            {
                "login": login,
                "password": login,
                "name": name,
                "email": f"{login}@anadolu.example",
                "lang": lang,
                "tz": "Europe/Istanbul",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.set(groups)],
            }
            for login, name, lang in people
        ]
    )


def import_workbook(content):
    """Check the workbook, then import it, as the wizard does for a clerk."""
    wizard = env["subscription.import"].create({"file": base64.b64encode(content), "filename": "aboneler.xlsx"})
    wizard.action_check()
    if wizard.error_count:
        lines = [f"row {issue.row_number}, {issue.column}: {issue.message}" for issue in wizard.issue_ids[:10]]
        sys.exit("The workbook was refused:\n" + "\n".join(lines))
    wizard.action_import()
    return wizard


def print_table(rows):
    """Print (label, figure) pairs in two columns."""
    width = max(len(label) for label, _figure in rows)
    print()
    for label, figure in rows:
        print(f"  {label:<{width}}  {figure:>16}")
    print(flush=True)


def main():
    """Company, workbook, import, activation, billing, table."""
    company = env.company
    set_up_company(company)
    today = company._subscription_today()
    book = io.BytesIO()
    customers = make_workbook(book, SUBSCRIBERS, month=today.replace(day=1))
    make_catalogue(company, customers)
    people = make_people(company)
    env.cr.commit()
    started = time.monotonic()
    wizard = import_workbook(book.getvalue())
    contracts = wizard.batch_id.contract_ids
    contracts.action_activate()
    for number, person in enumerate(people):
        # Nobody is to be told of each of them.
        quiet = contracts[number :: len(people)].with_context(mail_auto_subscribe_no_notify=True, tracking_disable=True)
        quiet.user_id = person
    run = env["subscription.billing.run"]._bill_due(fields.Date.end_of(today, "month"))
    env.cr.commit()
    seconds = time.monotonic() - started
    moves = run.move_ids
    total = sum(moves.mapped("amount_total_signed"))
    print_table(
        [
            ("Rows read", f"{wizard.row_count:,}"),
            ("Contracts", f"{len(contracts):,}"),
            ("Installments planned", f"{len(contracts.installment_ids):,}"),
            ("Invoices posted", f"{len(moves.filtered(lambda move: move.state == 'posted')):,}"),
            ("Parked contracts", f"{run.parked_count:,}"),
            (f"Total with VAT, {company.currency_id.name}", f"{total:,.2f}"),
            ("Seconds", f"{seconds:.1f}"),
        ]
    )


main()
