"""From due rows to invoices: grouping key, values of moves and lines, creation, marking."""

from odoo import models
from odoo.fields import Command

from ..common.context import QUIET
from .decisions import BillingDecisions
from .subscription_given_mixin import get_complete

# Billing dates of one contract that one run makes up for; a longer backlog goes on with the next run
BACKLOG = 24


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _get_invoice_key(self, decide):
        """Rows with the same key go on one invoice: a contract's own, or all contracts that one customer pays for.

        An invoice has one place of delivery and one fiscal position, to which the taxes of all its lines belong.
        """
        self.ensure_one()
        contract = self.contract_id
        partner = self._get_payer()
        return (
            contract.company_id,
            partner,
            contract.currency_id,
            contract.payment_term_id,
            contract.payment_method_line_id,
            contract.journal_id,
            contract.billing_mode,
            self._get_fiscal_position(decide),
            contract.service_address_id or partner,
            None if partner.subscription_group_invoice else contract,
        )

    def _get_payer(self):
        """Who is billed; what gives days back goes to whoever paid for them."""
        self.ensure_one()
        agreed = self.line_id.payer_id or self.contract_id.invoice_partner_id
        return self.credited_id.invoice_line_id.move_id.partner_id or agreed

    def _get_fiscal_position(self, decide):
        """Fiscal position of the row's invoice; what gives days back goes by the invoice that charged them."""
        self.ensure_one()
        return decide.once(("row", self.id), lambda: self._find_fiscal_position(decide))

    def _find_fiscal_position(self, decide):
        charged, contract = self.credited_id.invoice_line_id, self.contract_id
        if not charged and self.line_id.payer_id:
            return decide.fiscal_position(contract.company_id, self.line_id.payer_id, contract.service_address_id)
        return charged.move_id.fiscal_position_id if charged else contract._get_fiscal_position(decide)

    def _get_taxes(self, decide):
        """Taxes of the row's invoice line: what gives days back carries the taxes with which they were charged.

        :raise UserError: the customer's fiscal position has changed, and a person has to choose the taxes.
        """
        self.ensure_one()
        charged = self.credited_id.invoice_line_id
        return charged.tax_ids if charged else decide.taxes(self.line_id, self._get_fiscal_position(decide))

    def _cap_backlog(self):
        """Of each contract the oldest billing dates only, so that an old backlog is made up for in steps.

        Rows come ordered by contract and billing date, and keep that order.
        """
        dates, kept = {}, []
        for row in self:
            seen = dates.setdefault(row.contract_id, set())
            if row.date_invoice in seen or len(seen) < BACKLOG:
                seen.add(row.date_invoice)
                kept.append(row.id)
        return self.browse(kept)

    def _is_free(self):
        """Whether these rows cost nothing, all together and each: nobody gets an invoice of 0.00."""
        return not any(row.credited_id or not row.currency_id.is_zero(row.price_subtotal) for row in self)

    def _let_go_free(self):
        """Leave rows out of billing that nothing is charged for, so that their contract goes on, and ends.

        They stay free, whatever the price is later, until a person brings them back as any row that is skipped. Free
        rows beside others stand on the invoice of those, at 0.00.
        """
        rows = self.sudo()  # sudo: billing needs the billing right, not the right to edit contracts
        rows._skip(self.env._("Free of charge"))
        rows.contract_id._settle()

    def _check_invoiceable(self, decide):
        """Raise when the rows cannot become an invoice, for a reason that Odoo would pass over in silence."""
        contract = self.contract_id[:1]
        decide.journal(contract.company_id, contract.journal_id)
        contract._check_invoice_partner()
        for row in self:
            row._get_taxes(decide)

    def _get_invoice_text(self, decide, lang):
        """Text of the invoice line: what, for which days, and why when it gives something back."""
        self.ensure_one()
        days = " – ".join(decide.date_text(day, lang) for day in (self.date_from, self.date_to))
        return "\n".join(filter(None, (self.line_id.name, days, self.credited_id and self.reason)))

    def _prepare_invoice_line_values(self, decide, sequence, sign):
        """Values of the invoice line for this row; `sign` is -1 on a credit note."""
        self.ensure_one()
        line, contract, charged = self.line_id, self.contract_id, self.credited_id.invoice_line_id
        journal = decide.journal(contract.company_id, contract.journal_id)
        account = charged.account_id or decide.income_account(line, self._get_fiscal_position(decide), journal)
        product = charged.product_id or self.product_id
        return {
            "sequence": sequence,
            "product_id": product.id,
            "product_uom_id": (charged.product_uom_id or product.uom_id).id,
            "name": self._get_invoice_text(decide, contract.invoice_partner_id.lang),
            "quantity": self.quantity,
            "price_unit": sign * self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self._get_taxes(decide).ids)],
            "analytic_distribution": charged.analytic_distribution or line._get_analytic_distribution(),
            **({"account_id": account.id} if account else {}),
        }

    def _prepare_invoice_values(self, decide, date_invoice):
        """Values of the invoice of the day for these rows: a credit note when they give back more than they charge."""
        contracts = self.contract_id
        grouped = self[0]._get_payer().subscription_group_invoice
        sign = -1 if sum(self.mapped("price_subtotal")) < 0 else 1
        lines = []
        for contract, rows in self.grouped("contract_id").items():
            if grouped:
                lines.append({"display_type": "line_section", "name": contract.display_name, "sequence": len(lines)})
            for row in rows:
                lines.append(row._prepare_invoice_line_values(decide, len(lines), sign))
        terms = contracts[0]._get_invoice_terms(
            date_invoice,
            lines=lines,
            refund=sign < 0,
            position=self[0]._get_fiscal_position(decide),
            payer=self[0]._get_payer(),
            origin=", ".join(contracts.mapped("name")),
        )
        return self.env["account.move"]._prepare_subscription_head(terms, decide)


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    def _invoice_groups(self, groups):
        """Make one draft invoice per group of rows and mark the rows billed, in the same transaction."""
        self.ensure_one()
        decide = BillingDecisions(self.env)
        complete, with_term, without_term = [], [], []
        for group in groups:
            values = {**group._prepare_invoice_values(decide, self.date_invoice), "subscription_run_id": self.id}
            if self._can_complete(values, decide):
                complete.append((group, self._complete_values(values, decide)))
            else:
                # Odoo computes wrong due dates when one batch mixes invoices with and without a payment term.
                (with_term if values["invoice_payment_term_id"] else without_term).append((group, values))
        self._create_invoices(complete, complete=True)
        self._create_invoices(with_term)
        self._create_invoices(without_term)

    def _create_invoices(self, batch, complete=False):
        """Create the invoices of a list of (rows, values) and mark the rows.

        :param complete: the values hold every journal item.
        """
        values = [values for _rows, values in batch]
        context = {**QUIET, **(get_complete() if complete else {})}
        created = self.env["account.move"].with_context(**context)._create_subscription_moves(values)
        if complete:
            created._keep_given()
            created.line_ids._keep_given()
        # Without the context of the creation: later changes must be synchronised as always.
        moves = self.env["account.move"].browse(created.ids)
        rows = self.env["subscription.installment"].concat(*(rows for rows, _values in batch))
        products = [move.line_ids.filtered(lambda line: line.display_type == "product") for move in moves]
        rows._mark_invoiced(moves.browse().line_ids.concat(*(lines.sorted("sequence") for lines in products)))
