"""From due rows to invoices: grouping key, values of moves and lines, creation, marking."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

# Nobody follows, or is told of, thousands of invoices: the run says which it made.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True}


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def _get_invoice_key(self):
        """Rows with the same key go on one invoice: a contract's own, or all contracts that one customer pays for."""
        self.ensure_one()
        contract = self.contract_id
        partner = contract.invoice_partner_id
        return (
            contract.company_id,
            partner,
            contract.currency_id,
            contract.payment_term_id,
            contract.payment_method_line_id,
            contract.journal_id,
            contract.billing_mode,
            None if partner.subscription_group_invoice else contract,
        )

    def _check_invoiceable(self):
        """Raise when the rows cannot become an invoice, for a reason that Odoo would pass over in silence."""
        contract = self.contract_id[:1]
        journal = contract._get_journal()
        if not journal:
            raise UserError(self.env._("There is no sales journal in company %(company)s.",
                                       company=contract.company_id.name))  # fmt: skip
        if not journal.active:
            raise UserError(self.env._("Journal %(journal)s is archived.", journal=journal.display_name))
        if not contract.invoice_partner_id.active:
            raise UserError(self.env._("Customer %(customer)s is archived.",
                                       customer=contract.invoice_partner_id.display_name))  # fmt: skip
        if not any(self.mapped("price_unit")):
            raise UserError(self.env._("There is no price on the installments to bill."))

    def _get_invoice_text(self, lang):
        """Text of the invoice line: what, and for which days."""
        self.ensure_one()
        days = [format_date(self.env, day, lang_code=lang) for day in (self.date_from, self.date_to)]
        text = [self.line_id.name, " – ".join(days)]
        return "\n".join(filter(None, [*text, self.credited_id and self.reason]))

    def _prepare_invoice_line_values(self, sequence, sign, lang):
        """Values of the invoice line for this row; `sign` is -1 on a credit note."""
        self.ensure_one()
        line = self.line_id
        return {
            "sequence": sequence,
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "name": self._get_invoice_text(lang),
            "quantity": self.quantity,
            "price_unit": sign * self.price_unit,
            "discount": self.discount,
            "tax_ids": [(6, 0, line.tax_ids.ids)],
            "analytic_distribution": line._get_analytic_distribution(),
        }

    def _prepare_invoice_values(self, date_ref):
        """Values of the invoice for these rows: a credit note when they give back more than they charge."""
        contracts = self.contract_id
        first = contracts[0]
        partner = first.invoice_partner_id
        sign = -1 if sum(self.mapped("price_subtotal")) < 0 else 1
        commands = []
        for contract, rows in self.grouped("contract_id").items():
            if partner.subscription_group_invoice:
                section = {"display_type": "line_section", "name": contract.display_name, "sequence": len(commands)}
                commands.append((0, 0, section))
            for row in rows:
                commands.append((0, 0, row._prepare_invoice_line_values(len(commands), sign, partner.lang)))
        return {
            "move_type": "out_refund" if sign < 0 else "out_invoice",
            "company_id": first.company_id.id,
            "partner_id": partner.id,
            "partner_shipping_id": first.service_address_id.id or partner.id,
            "fiscal_position_id": first._get_fiscal_position().id,
            "currency_id": first.currency_id.id,
            "journal_id": first._get_journal().id,
            "invoice_date": date_ref,
            "invoice_payment_term_id": first.payment_term_id.id,
            # Without a term Odoo would take the day of creation, whatever the invoice date is.
            **({} if first.payment_term_id else {"invoice_date_due": date_ref}),
            "preferred_payment_method_line_id": first.payment_method_line_id.id,
            "invoice_user_id": first.user_id.id,
            "invoice_origin": ", ".join(contracts.mapped("name")),
            "subscription_billing_mode": first.billing_mode,
            "invoice_line_ids": commands,
        }


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _get_journal(self):
        """Journal of the invoices: the contract's, or the first sales journal of its company."""
        self.ensure_one()
        if self.journal_id:
            return self.journal_id
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(self.company_id), ("type", "=", "sale")]
        cache = self.env.cr.cache.setdefault("subscription_journal", {})
        if self.company_id.id not in cache:
            cache[self.company_id.id] = journals.search(domain, limit=1).id
        return journals.browse(cache[self.company_id.id])

    def _get_fiscal_position(self):
        """Fiscal position of the invoices, by who pays and where the service is delivered."""
        self.ensure_one()
        return (
            self.env["account.fiscal.position"]
            .with_company(self.company_id)
            ._get_fiscal_position(self.invoice_partner_id, delivery=self.service_address_id)
        )


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    def _invoice_groups(self, groups):
        """Make one draft invoice per group of rows and mark the rows billed, in the same transaction."""
        self.ensure_one()
        with_term, without_term = [], []
        for group in groups:
            group._check_invoiceable()
            values = {**group._prepare_invoice_values(self.date_ref), "subscription_run_id": self.id}
            (with_term if values["invoice_payment_term_id"] else without_term).append((group, values))
        # Odoo computes wrong due dates when one batch mixes invoices with and without a payment term.
        for batch in filter(None, (with_term, without_term)):
            moves = self.env["account.move"].with_context(**QUIET).create([values for _group, values in batch])
            for (group, _values), move in zip(batch, self.env["account.move"].browse(moves.ids), strict=True):
                lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
                group._mark_invoiced(lines.sorted("sequence"))
