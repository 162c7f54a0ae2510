"""Write a workbook as a company would export it from its old system: invented people, firms and contracts."""

import random
from datetime import date, timedelta

from openpyxl import Workbook
from words import LANGUAGES

from subscription_mgmt.tools.periods import index_of, period


def make_customers(words, count, rng):
    """Invented customers: (code, name, is a company, city); every third is a person."""
    customers = []
    for number in range(1, count + 1):
        company = number % 3 != 0
        parts = (words.firm, words.trade, words.form) if company else (words.first, words.last)
        name = " ".join(rng.choice(part) for part in parts)
        customers.append((f"{'K' if company else 'B'}{2000 + number}", name, company, rng.choice(words.cities)))
    return customers


def make_rows(words, customers, month, rng):
    """Rows of the workbook: one a contract line; contracts start up to a year before the end of `month`."""
    last_day = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    for number, (code, _name, company, _city) in enumerate(customers, 1):
        start = last_day - timedelta(days=rng.randrange(365))
        products = rng.sample(words.products, rng.choice((1, 1, 2, 3)))
        contract = (
            f"ABN{number:05d}",
            None if company else code,
            code if company else None,
            products[0][4],
            start,
            date(start.year + 2, start.month, 1) - timedelta(days=1) if rng.random() < 0.2 else None,
        )
        region = f"R-{rng.randrange(1, 9)}"
        for product, _label, price, cadence, _subject in products:
            yield (
                *contract,
                product,
                rng.choice((1, 1, 1, 2, 5)),
                round(price * rng.choice((1, 1, 0.95)), 2),
                rng.choice((0, 0, 0, 5, 10)),
                cadence[0],
                getattr(words, cadence[1]),
                paid_until(start, month, *cadence),
                region,
            )


def paid_until(start, month, interval, unit):
    """Last day billed in the old system: the end of the last period that began before the month, if any did."""
    if start >= month:
        return None
    return period(start, index_of(start, month - timedelta(days=1), interval, unit), interval, unit)[1]


def write(path, words, rows):
    """Write rows below the headings of a language to a file name or a binary file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    for row in (words.headings, *rows):
        sheet.append(row)
    book.save(path)


def make_workbook(path, words, customers, month, seed=1):
    """Write a workbook with a contract of each customer.

    :param month: first day of the month to be billed next; what came before was paid in the old system.
    :param seed: the same seed writes the same workbook.
    """
    write(path, words, make_rows(words, customers, month, random.Random(seed)))


def make_broken(words):
    """Rows to try the check of an import with: two good ones, and seven that each have a fault of another kind."""
    first, last, month = date(2026, 1, 1), date(2026, 12, 31), words.month
    good = ("K2001", words.products[0][4], first, None, "NET-100", 1, words.products[0][2], 0, 1, month, None, "R-1")
    changes = (
        {},
        {0: "K2002", 4: "ALARM"},
        {0: "K99999"},
        {2: "31.02.2026"},
        {2: None},
        {2: last, 3: first},
        {4: "NET-1OO"},
        {5: -1},
        {9: "fortnight"},
    )
    for number, change in enumerate(changes, 1):
        row = [change.get(column, value) for column, value in enumerate(good)]
        yield (f"NEW{number:03d}", None, *row)


if __name__ == "__main__":
    for code, language in LANGUAGES.items():
        write(f"demo/broken_{code}.xlsx", language, make_broken(language))
