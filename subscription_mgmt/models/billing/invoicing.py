"""From due rows to invoices: grouping key, values of moves and lines, creation, marking."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..common.context import QUIET
from .decisions import BillingDecisions
from .entry import COMPLETE

# Billing dates of one contract that one run makes up for; a longer backlog goes on with the next run
BACKLOG = 24


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

    def _get_amounts_before(self):
        """Untaxed amount of each line's last billed period, by line; lines billed for the first time are left out."""
        billed = self.env["subscription.installment"].search(
            [("line_id", "in", self.line_id.ids), ("state", "=", "invoiced"), ("credited_id", "=", False)],
            order="date_from",
        )
        return {row.line_id: row.price_subtotal for row in billed}

    def _check_invoiceable(self, decide):
        """Raise when the rows cannot become an invoice, for a reason that Odoo would pass over in silence."""
        contract = self.contract_id[:1]
        journal = decide.journal(contract)
        if not journal:
            company = contract.company_id.name
            raise UserError(self.env._("There is no sales journal in company %(company)s.", company=company))
        if not journal.active:
            raise UserError(self.env._("Journal %(journal)s is archived.", journal=journal.display_name))
        customer = contract.invoice_partner_id
        if not customer.active:
            raise UserError(self.env._("Customer %(customer)s is archived.", customer=customer.display_name))
        if not any(self.mapped("price_unit")):
            raise UserError(self.env._("There is no price on the installments to bill."))

    def _get_invoice_text(self, decide, lang):
        """Text of the invoice line: what, for which days, and why when it gives something back."""
        self.ensure_one()
        days = " – ".join(decide.date_text(day, lang) for day in (self.date_from, self.date_to))
        return "\n".join(filter(None, (self.line_id.name, days, self.credited_id and self.reason)))

    def _prepare_invoice_line_values(self, decide, sequence, sign):
        """Values of the invoice line for this row; `sign` is -1 on a credit note."""
        self.ensure_one()
        line, contract = self.line_id, self.contract_id
        account = decide.income_account(line, decide.fiscal_position(contract), decide.journal(contract))
        return {
            "sequence": sequence,
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "name": self._get_invoice_text(decide, contract.invoice_partner_id.lang),
            "quantity": self.quantity,
            "price_unit": sign * self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "analytic_distribution": line._get_analytic_distribution(),
            **({"account_id": account.id} if account else {}),
        }

    def _prepare_invoice_values(self, decide, date_ref):
        """Values of the invoice for these rows: a credit note when they give back more than they charge."""
        contracts = self.contract_id
        first = contracts[0]
        partner = first.invoice_partner_id
        sign = -1 if sum(self.mapped("price_subtotal")) < 0 else 1
        lines = []
        for contract, rows in self.grouped("contract_id").items():
            if partner.subscription_group_invoice:
                lines.append({"display_type": "line_section", "name": contract.display_name, "sequence": len(lines)})
            for row in rows:
                lines.append(row._prepare_invoice_line_values(decide, len(lines), sign))
        return {
            "move_type": "out_refund" if sign < 0 else "out_invoice",
            "company_id": first.company_id.id,
            "partner_id": partner.id,
            "partner_shipping_id": first.service_address_id.id or partner.id,
            "fiscal_position_id": decide.fiscal_position(first).id,
            "currency_id": first.currency_id.id,
            "journal_id": decide.journal(first).id,
            "invoice_date": date_ref,
            "invoice_payment_term_id": first.payment_term_id.id,
            # Without a term Odoo would take the day of creation, whatever the invoice date is.
            **({} if first.payment_term_id else {"invoice_date_due": date_ref}),
            "preferred_payment_method_line_id": first.payment_method_line_id.id,
            "invoice_user_id": first.user_id.id,
            "invoice_origin": ", ".join(contracts.mapped("name")),
            "subscription_billing_mode": first.billing_mode,
            "invoice_line_ids": [Command.create(line) for line in lines],
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
        return journals.search(domain, limit=1)

    def _get_fiscal_profile(self, place_fields):
        """What the choice of a fiscal position depends on; contracts with the same profile get the same position.

        :param place_fields: fields of an address that the company's positions look at.
        """
        self.ensure_one()
        payer = self.invoice_partner_id
        place = self.service_address_id or payer
        return tuple(self._get_fiscal_traits(who, self.company_id, place_fields) for who in (payer, place))

    @api.model
    def _get_fiscal_traits(self, partner, company, place_fields):
        """What the choice of a fiscal position looks at in a partner."""
        partner = partner.with_company(company)
        return (
            partner.property_account_position_id,
            (partner.vat or "")[:2],
            *(partner[name] for name in place_fields),
            partner._get_vat_required_valid(company=company),
        )

    def _get_fiscal_position(self):
        """Fiscal position of the invoices, by who pays and where the service is delivered."""
        self.ensure_one()
        return self._find_fiscal_position(self.company_id, self.invoice_partner_id, self.service_address_id)

    @api.model
    def _find_fiscal_position(self, company, payer, place):
        positions = self.env["account.fiscal.position"].with_company(company)
        return positions._get_fiscal_position(payer, delivery=place)


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    def _invoice_groups(self, groups):
        """Make one draft invoice per group of rows and mark the rows billed, in the same transaction."""
        self.ensure_one()
        decide = BillingDecisions(self.env)
        complete, with_term, without_term = [], [], []
        for group in groups:
            values = {**group._prepare_invoice_values(decide, self.date_ref), "subscription_run_id": self.id}
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
        context = {**QUIET, **(COMPLETE if complete else {})}
        created = self.env["account.move"].with_context(**context).create(values)
        if complete:
            self._keep_given(created)
        # Without the context of the creation: later changes must be synchronised as always.
        moves = self.env["account.move"].browse(created.ids)
        for (rows, _values), move in zip(batch, moves, strict=True):
            lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            rows._mark_invoiced(lines.sorted("sequence"))
