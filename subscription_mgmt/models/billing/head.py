"""The head of an invoice: the one place where it is decided, for contracts, recurring invoices and packages alike."""

from dataclasses import dataclass, field
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .decisions import BillingDecisions


@dataclass(frozen=True, kw_only=True)
class InvoiceTerms:
    """What was agreed about one invoice; what follows from it is up to the head.

    :ivar partner: who pays
    :ivar place: where it is delivered; empty: at whoever pays
    :ivar date: day of the invoice
    :ivar lines: values of its lines
    :ivar refund: whether it gives money back
    :ivar position: fiscal position of an earlier invoice that this one gives back; None: by payer and place
    :ivar journal: empty: the first sales journal of the company
    :ivar payment_term: empty: due on the day of the invoice
    :ivar method: how it is paid, if that was agreed
    :ivar mode: what billing does with it by itself; False: nothing
    :ivar user: salesperson, if there is one
    :ivar origin: what it was made from, in words
    """

    company: models.Model
    partner: models.Model
    place: models.Model
    currency: models.Model
    date: date
    lines: list = field(default_factory=list)
    refund: bool = False
    position: models.Model | None = None
    journal: models.Model
    payment_term: models.Model
    method: models.Model
    mode: str | bool = False
    user: models.Model
    origin: str = ""


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _prepare_subscription_head(self, terms, decide):
        """Values of an invoice or a credit note, with its lines.

        The bank account is left to Odoo, which finds it by payment method, company and currency.

        :param terms: :class:`InvoiceTerms`.
        :param decide: :class:`BillingDecisions`: answers that the invoices of one batch share.
        :raise UserError: the company has no sales journal that can be used; its currency has no rate for the day.
        """
        decide.check_rate(terms.company, terms.currency, terms.date)
        position = terms.position
        if position is None:
            position = decide.fiscal_position(terms.company, terms.partner, terms.place)
        return {
            "move_type": "out_refund" if terms.refund else "out_invoice",
            "company_id": terms.company.id,
            "partner_id": terms.partner.id,
            "partner_shipping_id": terms.place.id or terms.partner.id,
            "fiscal_position_id": position.id,
            "currency_id": terms.currency.id,
            "journal_id": decide.journal(terms.company, terms.journal).id,
            "invoice_date": terms.date,
            "invoice_payment_term_id": terms.payment_term.id,
            # Without a term Odoo would take the day of creation, whatever the invoice date is.
            **({} if terms.payment_term else {"invoice_date_due": terms.date}),
            "preferred_payment_method_line_id": terms.method.id,
            "invoice_user_id": terms.user.id,
            "invoice_origin": terms.origin,
            "subscription_billing_mode": terms.mode,
            "invoice_line_ids": [Command.create(line) for line in terms.lines],
        }


class SubscriptionInvoicingMixin(models.AbstractModel):
    _inherit = "subscription.invoicing.mixin"

    def _get_invoice_terms(self, date_ref, payer=None, **terms):
        """Terms of an invoice of this contract or recurring invoice.

        :param date_ref: day of the invoice.
        :param payer: who is billed, if somebody else than agreed now.
        :param terms: what only the maker of the invoice knows: its lines, for instance.
        """
        self.ensure_one()
        return InvoiceTerms(
            company=self.company_id,
            partner=payer or self.invoice_partner_id,
            place=self.service_address_id,
            currency=self.currency_id,
            date=date_ref,
            journal=self.journal_id,
            payment_term=self.payment_term_id,
            method=self.payment_method_line_id,
            mode=self.billing_mode,
            user=self.user_id,
            **terms,
        )

    def _get_fiscal_position(self, decide=None):
        """Fiscal position of the invoices, by who pays and where the service is delivered.

        :param decide: :class:`BillingDecisions` of a batch; None: this one is asked for alone.
        """
        self.ensure_one()
        find = decide.fiscal_position if decide else BillingDecisions(self.env).find_fiscal_position
        return find(self.company_id, self.invoice_partner_id, self.service_address_id)

    def _get_fiscal_positions(self):
        """Fiscal position of each of the documents, asked of Odoo once for all that are alike."""
        decide = BillingDecisions(self.env) if len(self) > 1 else None
        return {document: document._get_fiscal_position(decide) for document in self}

    def _check_invoice_partner(self):
        """Raise when nobody can be billed, for a reason that Odoo would pass over in silence.

        :raise UserError: names the customer.
        """
        self.ensure_one()
        customer = self.invoice_partner_id
        if not customer.active:
            raise UserError(self.env._("Customer %(customer)s is archived.", customer=customer.display_name))
