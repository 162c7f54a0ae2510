"""Due against charged: whether plan and invoices of a contract say what settlement says they should."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.proration import prorate
from ..common.batches import Job
from ..contract.ledger import LedgerReader

# Differences are looked for this far ahead: what is not looked at again before a month is over was seen in time.
AHEAD = 31
COMPARE = Job("subscription.contract", "_get_unchecked_domain", "_compare_with_terms", "check", size=250, claim=False)
FIGURES = ("quantity", "price_unit", "discount")


def get_correction_kind(expected, found):
    """What is wrong with what gives days of a billed row back."""
    return "give_back" if expected < found else "again"


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    @api.model
    def _get_unchecked_domain(self, company, date_ref):
        """Contracts whose plan and invoices are compared with their terms on the day."""
        query = self.env["subscription.assurance.check"]._get_unchecked_query(company, date_ref)
        return Domain("company_id", "=", company.id) & Domain("active", "in", (True, False)) & Domain("id", "in", query)

    def _compare_with_terms(self, date_ref):
        """Keep the differences between what was agreed and what is planned and charged.

        Nothing is locked: one moment is seen, and what changes meanwhile is touched, and seen the next time.
        """
        contracts = self.sudo().exists()  # sudo: nobody writes these by hand, whoever looks
        contracts.env["subscription.assurance.check"]._stamp(contracts, date_ref)
        found = []
        for company, part in contracts.grouped("company_id").items():
            found += part._find_differences(company, date_ref)
        contracts.env["subscription.assurance.difference"]._keep(contracts, found, date_ref)

    def _find_differences(self, company, date_ref):
        """What settling would change, what was not billed on its day, and what was billed twice.

        What accounting gave back, what a person decided or changed on an invoice is as it should be: settlement
        knows. Rows that the plan does not have yet are left to its horizon.

        :return: list of values of `subscription.assurance.difference`.
        """
        until = min(fields.Date.add(date_ref, days=AHEAD), company._subscription_horizon_date(date_ref))
        # Read for all of them: a line alone asks for the pauses of its own contract.
        self.with_context(active_test=False).mapped("pause_ids.date_from")
        change = self._get_plan_difference(until)
        rows = self.env["subscription.installment"].browse([row.id for row, _values in change.changed])
        changed = list(zip(rows, (values for _row, values in change.changed), strict=True))
        removed = change.removed.filtered(lambda row: row.state == "planned")
        found = [
            *self._find_missing(change.added),
            *(row._get_other(values) for row, values in changed),
            *(row._as_difference("extra", 0.0, row.price_subtotal) for row in removed),
            *self._find_unbilled(date_ref, rows + removed),
            *self._find_twice(),
        ]
        return list(filter(None, found))

    def _find_missing(self, added):
        """Rows that settling would add, without those that only show what is skipped, or come to nothing."""
        lines = self.env["subscription.contract.line"].browse([values["line_id"] for values in added])
        billed = self.env["subscription.installment"].browse(
            [values["credited_id"] for values in added if values.get("credited_id")]
        )
        rows = {row.id: row for row in billed}
        for line, values in zip(lines, added, strict=True):
            amount = line._get_untaxed(*(values[name] for name in FIGURES))
            if values.get("state") == "skipped" or not amount:
                continue
            row = rows.get(values.get("credited_id"))
            yield {
                "kind": get_correction_kind(amount, 0.0) if row else "missing",
                "company_id": line.company_id.id,
                "contract_id": line.contract_id.id,
                "line_id": line.id,
                "installment_id": row.id if row else False,
                "currency_id": line.currency_id.id,
                **{name: values[name] for name in ("date_from", "date_to", "date_invoice")},
                "expected": amount,
                "found": 0.0,
            }

    def _find_unbilled(self, date_ref, named):
        """Planned rows whose day is over; a contract that billing has set aside is no excuse.

        :param named: rows that differ anyway.
        """
        late = Domain("state", "=", "planned") & Domain("date_invoice", "<", date_ref)
        running = Domain("contract_id", "in", self.ids) & Domain("contract_id.state", "in", ("active", "closed"))
        for row in self.env["subscription.installment"].search(late & running):
            if row not in named and row.price_subtotal:
                yield row._as_difference("unbilled", row.price_subtotal, 0.0)

    def _find_twice(self):
        """Days of one line that stand on two invoices, neither of which accounting has given back."""
        self.env["subscription.installment"].flush_model()
        query = SQL(
            """
            SELECT DISTINCT line_id
              FROM (SELECT line_id, date_from, LAG(date_to) OVER (PARTITION BY line_id ORDER BY date_from) AS before
                      FROM subscription_installment
                     WHERE contract_id = ANY(%s) AND state = 'invoiced' AND credited_id IS NULL) row
             WHERE date_from <= before
            """,
            self.ids,
        )
        lines = [line for (line,) in self.env.execute_query(query)]
        if not lines:
            return
        domain = Domain("line_id", "in", lines) & Domain("state", "=", "invoiced") & Domain("credited_id", "=", False)
        rows = self.env["subscription.installment"].search(domain, order="line_id, date_from, id")
        standing = LedgerReader(rows.contract_id).get_standing(rows)
        rows = rows.filtered(lambda row: standing[row.id][0] != standing[row.id][1])
        for line_rows in rows.grouped("line_id").values():
            reached = None
            for row in line_rows:
                if reached and row.date_from <= reached:
                    yield row._get_twice(min(reached, row.date_to))
                reached = max(reached or row.date_to, row.date_to)


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _as_difference(self, kind, expected, found, **values):
        """Values of the difference that this row shows."""
        self.ensure_one()
        billed = self.credited_id
        return {
            "kind": get_correction_kind(expected, found) if billed and kind != "unbilled" else kind,
            "company_id": self.company_id.id,
            "contract_id": self.contract_id.id,
            "line_id": self.line_id.id,
            "installment_id": (billed or self).id,
            "currency_id": self.currency_id.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "date_invoice": self.date_invoice,
            "expected": expected,
            "found": found,
            **values,
        }

    def _get_other(self, news):
        """The difference when settling would write these values; None when days and amount stay as they are."""
        self.ensure_one()
        days = {name: news[name] for name in ("date_from", "date_to", "date_invoice") if name in news}
        amount = self.line_id._get_untaxed(*(news.get(name, self[name]) for name in FIGURES))
        if not days and self.currency_id.compare_amounts(amount, self.price_subtotal) == 0:
            return None
        return self._as_difference("other", amount, self.price_subtotal, **days)

    def _get_twice(self, until):
        """The difference when the days up to this one are charged by another row as well."""
        self.ensure_one()
        whole, digits = (self.date_from, self.date_to), self.currency_id.decimal_places
        amount = float(prorate(Decimal(str(self.price_subtotal)), (self.date_from, until), whole, digits))
        return self._as_difference("twice", 0.0, amount, date_to=until)
