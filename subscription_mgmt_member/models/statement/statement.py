"""The one source of the figures of an account statement (WMM-45, WIM-13): read here, worked out in tools/statement."""

from typing import NamedTuple

from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.statement import AGES, KINDS, Item, build, decimal

TYPES = {"receivable": "asset_receivable", "payable": "liability_payable"}
READERS = "account.group_account_readonly,account.group_account_invoice"
MONEY = ("bank", "cash", "credit")


class Span(NamedTuple):
    """What a statement is about.

    :ivar companies: the company, and its branches as far as the reader works in them.
    :ivar kinds: accounts: receivable, payable, or both on one statement.
    :ivar currency: only items in this one; empty: all.
    """

    companies: models.BaseModel
    date_from: object
    date_to: object
    kinds: tuple = KINDS
    currency: models.BaseModel | None = None


def describe_body(env, figures):
    """Values of the templates that show figures: names of kinds and ages, and the currencies."""
    days = [env._("%(first)s–%(last)s days", first=last - 29, last=last) for last in AGES[1:]]
    used = {figures.total.currency, *(one.currency for one in figures.sections)}
    return {
        "statement": figures,
        "kinds": {"receivable": env._("Receivable"), "payable": env._("Payable")},
        "ages": [env._("Not due"), *days, env._("Older")],
        "currencies": {currency.id: currency for currency in env["res.currency"].browse(used)},
    }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_member_statement(self, span):
        """The statement of the member, its contacts included, in the language of the environment.

        Five queries of entries, however many there are. Whoever reads sees the entries that he sees in accounting;
        what was open on a day gone by is told by the dates of what was set against it, as in an aged report.

        :raise AccessError: whoever may not read accounting.
        """
        self.ensure_one()
        self._check_statement_reader()
        lines = self.env["account.move.line"]
        domain = self._get_statement_domain(span)
        before = domain & Domain("date", "<", span.date_from)
        sums = lines._read_group(before, ["currency_id"], ["balance:sum", "amount_currency:sum"])
        within = Domain("date", ">=", span.date_from) & Domain("date", "<=", span.date_to)
        return build(
            span.date_from,
            span.date_to,
            span.companies[:1].currency_id.id,
            {currency.id: (decimal(amount), decimal(foreign)) for currency, amount, foreign in sums},
            self._read_statement_items(domain & within),
            self._read_open_items(domain, span.date_to),
        )

    def _check_statement_reader(self):
        """Refuse whoever may not read accounting: a salesperson sees some invoices, and would be shown wrong sums.

        :raise AccessError: no right to accounting or to the billing of subscriptions.
        """
        if not (self.env.su or self.env.user.has_groups(READERS)):
            raise AccessError(self.env._("Account statements are for those who may read accounting."))

    def _get_statement_domain(self, span):
        """Posted items on the accounts of the member and of its contacts."""
        # sudo: whose items they are; which of them are seen, the rules of the items say
        people = self.env["res.partner"].sudo().with_context(active_test=False)
        domain = (
            Domain("partner_id", "in", people._search([("commercial_partner_id", "=", self.commercial_partner_id.id)]))
            & Domain("company_id", "in", span.companies.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "in", [TYPES[kind] for kind in span.kinds])
        )
        return domain & Domain("currency_id", "=", span.currency.id) if span.currency else domain

    # === READING === #
    def _read_statement_items(self, domain):
        """The items of a domain in the order of their days, with their whole amounts."""
        rows = self._query_statement(domain, ["balance", "amount_currency"])
        return [self._make_item(row, *row[-2:]) for row in rows]

    def _read_open_items(self, domain, day):
        """What was open at the end of the day: what is open now, and what was settled by something of a later date."""
        # sudo: of items that the reader sees; what they are matched with is part of their history
        partials = self.env["account.partial.reconcile"].sudo()
        later = Domain("max_date", ">", day)
        debits, credits = (partials._search(later).subselect(name) for name in ("debit_move_id", "credit_move_id"))
        open_then = Domain("reconciled", "=", False) | Domain("id", "in", debits) | Domain("id", "in", credits)
        rows = self._query_statement(
            domain & Domain("date", "<=", day) & open_then, ["amount_residual", "amount_residual_currency"]
        )
        ids, back = [row[0] for row in rows], {}
        for side, sign in (("debit", 1), ("credit", -1)):
            sums = ["amount:sum", f"{side}_amount_currency:sum"]
            mine = later & Domain(f"{side}_move_id", "in", ids)
            for line, amount, foreign in partials._read_group(mine, [f"{side}_move_id"], sums) if ids else ():
                known = back.get(line.id, (0, 0))
                back[line.id] = known[0] + sign * amount, known[1] + sign * foreign
        items = (
            self._make_item(
                row, *(left + undone for left, undone in zip(row[-2:], back.get(row[0], (0, 0)), strict=True))
            )
            for row in rows
        )
        return [item for item in items if item.amount or item.foreign]

    def _query_statement(self, domain, amounts):
        """Columns of the items of a domain, read at once: a record for each of thousands would cost seconds."""
        lines = self.env["account.move.line"]
        query = lines._search(domain, order="date, move_name, id")
        # sudo: names of the journal and kinds of entries of items that the reader sees
        known = lines.sudo()
        columns = [
            lines._field_to_sql(lines._table, name, query)
            for name in ("id", "date", "date_maturity", "move_name", "ref", "name", "currency_id", "move_id")
        ]
        columns.append(known._field_to_sql(lines._table, "account_type", query))
        columns.append(known._field_to_sql(lines._table, "move_type", query))
        journal = lines._field_to_sql(lines._table, "journal_id", query)
        columns.append(SQL("(SELECT type FROM account_journal WHERE id = %s)", journal))
        columns += [lines._field_to_sql(lines._table, name, query) for name in amounts]
        return self.env.execute_query(query.select(*columns))

    def _make_item(self, row, amount, foreign):
        """An item of the columns of `_query_statement`."""
        _id, day, due, document, ref, name, currency, move, account_type, move_type, journal_type, *_amounts = row
        kind = "receivable" if account_type == TYPES["receivable"] else "payable"
        label = self._get_statement_label(move_type, journal_type)
        more = next((text for text in (ref, name) if text and text != document), "")
        text = f"{label} · {more}" if more else label
        return Item(day, due or day, document or "", text, kind, currency, decimal(amount), decimal(foreign), move)

    def _get_statement_label(self, move_type, journal_type):
        """What kind of document it is, as whoever gets the statement says."""
        words = {
            "out_invoice": self.env._("Invoice"),
            "out_receipt": self.env._("Receipt"),
            "out_refund": self.env._("Credit note"),
            "in_invoice": self.env._("Vendor bill"),
            "in_receipt": self.env._("Receipt"),
            "in_refund": self.env._("Vendor credit note"),
        }
        money = self.env._("Payment") if journal_type in MONEY else self.env._("Entry")
        return words.get(move_type, money)


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # What was open on a day gone by is asked by it; nearly nothing is later than today.
    _member_max_date = models.Index("(max_date)")
