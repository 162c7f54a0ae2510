"""The demo database: run by bin/demo inside `odoo shell`, where `env` is given; the language is in DEMO_LANG."""

import base64
import io
import os
import sys
import time

sys.path.insert(0, "demo")
from company import make_partners, make_people, make_portal_user, make_products, set_up_company
from extras import LOGIN, make_dunning, make_requests, park_one, use_packages
from history import CONTRACTS, History
from make_workbook import make_workbook
from words import LANGUAGES


def mark_sent(env):
    """No mail server runs beside the demo: what the night wrote counts as sent."""
    env["mail.mail"].search([("state", "in", ("outgoing", "exception"))]).write({"state": "sent"})
    env["mail.notification"].search([("notification_status", "in", ("ready", "exception"))]).write(
        {"notification_status": "sent", "failure_type": False}
    )


def import_workbook(env, content, name):
    """Check the workbook, then import it, as the wizard does for a clerk."""
    wizard = env["subscription.import"].create({"file": base64.b64encode(content), "filename": name})
    wizard.action_check()
    if wizard.error_count:
        lines = [f"row {issue.row_number}, {issue.column}: {issue.message}" for issue in wizard.issue_ids[:10]]
        sys.exit("The workbook was refused:\n" + "\n".join(lines))
    wizard.action_import()
    return wizard


def take_over(env, words, customers, people):
    """The contracts of a company that was bought: its workbook, put in force, billed for the first time."""
    today = env.company._subscription_today()
    book = io.BytesIO()
    make_workbook(book, words, customers, month=today.replace(day=1))
    wizard = import_workbook(env, book.getvalue(), words.file)
    contracts = wizard.batch_id.contract_ids
    contracts.action_activate()
    for number, person in enumerate(people):
        # Nobody is to be told of each of them.
        quiet = contracts[number :: len(people)].with_context(mail_auto_subscribe_no_notify=True, tracking_disable=True)
        quiet.user_id = person
    park_one(contracts[10])
    run = env["subscription.billing.run"]._bill_due(today)
    env.cr.commit()
    return wizard, run


def print_table(rows):
    """Print (label, figure) pairs in two columns."""
    width = max(len(label) for label, _figure in rows)
    print()
    for label, figure in rows:
        print(f"  {label:<{width}}  {figure:>16}")
    print(flush=True)


def main(env, words):
    """Company, two years of history, workbook, activation, billing, table."""
    company = set_up_company(env, words)
    products = make_products(env, words)
    customers, partners = make_partners(env, words)
    people = make_people(env, words)
    make_dunning(env, words)
    env.cr.commit()
    started = time.monotonic()
    lived = History(env, words, partners[:CONTRACTS], products, people).live()
    history = time.monotonic() - started
    started = time.monotonic()
    wizard, run = take_over(env, words, customers[CONTRACTS:], people)
    taken_over = time.monotonic() - started
    running = lived.filtered(lambda one: one.state == "active" and not one.date_end)
    make_requests(env, words, running[:2])
    use_packages(env, words, running[2:6].partner_id)
    make_portal_user(env, running[2].partner_id, LOGIN)
    mark_sent(env)
    env.cr.commit()
    moves = env["account.move"].search([("move_type", "=", "out_invoice"), ("state", "=", "posted")])
    print_table(
        [
            ("Contracts of two years", f"{len(lived):,}"),
            ("Contracts imported", f"{len(wizard.batch_id.contract_ids):,} of {wizard.row_count:,} rows"),
            ("Invoices posted", f"{len(moves):,}"),
            ("Contracts set aside", f"{run.parked_count:,}"),
            (f"Total with tax, {company.currency_id.name}", f"{sum(moves.mapped('amount_total_signed')):,.2f}"),
            ("Open, of that", f"{sum(moves.mapped('amount_residual_signed')):,.2f}"),
            ("Seconds for two years", f"{history:.1f}"),
            ("Seconds for import and billing", f"{taken_over:.1f}"),
        ]
    )


chosen = LANGUAGES[os.environ.get("DEMO_LANG", "en")]
# What is written to the log of a record is in the language of the company.
main(env(context={**env.context, "lang": chosen.lang}), chosen)
