"""What Odoo would compute for each imported contract by itself, answered once for all that are alike."""

from ..tools.import_layout import CUSTOMER
from ..tools.import_rules import INVOICE_CUSTOMER
from ..tools.refusal import Refusal
from .billing_decisions import BillingDecisions

PARTNER_KEYS = (*CUSTOMER, *INVOICE_CUSTOMER)


class ImportDefaults(BillingDecisions):
    """Answers for the contracts of one file: the same as the computes give, asked once per partner or product.

    All answers are ids and texts, so that they outlive the cache, which an import empties now and then.
    """

    def __init__(self, env, records):
        super().__init__(env)
        found = [records.get(key, {}).values() for key in PARTNER_KEYS]
        self._partner_ids = sorted({p.id for partners in found for p in partners if not isinstance(p, Refusal)})

    def partner(self, partner_id, company):
        """A partner as the company sees it; all partners of the file are read together and not one by one."""
        return self.once(("partners", company), lambda: self._browse_partners(company))[partner_id]

    def _browse_partners(self, company):
        partners = self.env["res.partner"].with_company(company).browse(self._partner_ids)
        return {partner.id: partner for partner in partners}

    def payment_term(self, payer, company):
        """Payment terms of who pays."""
        return self.once(("term", company, payer), lambda: payer.property_payment_term_id.id or False)

    def responsible(self, employee):
        """User of the sales representative."""
        # sudo: as the compute of the contract does; an importer need not be allowed to read employees
        return self.once(("user", employee), lambda: employee.sudo().user_id.id or False)

    def line_name(self, product, partner):
        """Text of a line in the language of the subscriber."""
        lang = self.once(("lang", partner), lambda: partner.lang)
        return self.once(
            ("name", product, lang),
            lambda: product.with_context(lang=lang).get_product_multiline_description_sale(),
        )

    def taxes(self, product, company, payer, place):
        """Taxes of a product for who pays, by where the service is delivered."""
        traits = (self._traits(payer, company), self._traits(place, company))
        return self.once(("taxes", product, company, *traits), lambda: self._find_taxes(product, company, payer, place))

    def is_included(self, tax_ids):
        """Whether one of the taxes is part of the price."""
        taxes = self.env["account.tax"].browse(tax_ids)
        return self.once(
            ("included", tuple(tax_ids)), lambda: any(taxes.flatten_taxes_hierarchy().mapped("price_include"))
        )

    def _traits(self, partner, company):
        contracts = self.env["subscription.contract"]
        places = self.place_fields(company)
        return self.once(("traits", partner, company), lambda: contracts._get_fiscal_traits(partner, company, places))

    def _find_taxes(self, product, company, payer, place):
        position = self.env["subscription.contract"]._find_fiscal_position(company, payer, place)
        return position.map_tax(product.taxes_id._filter_taxes_by_company(company)).ids
