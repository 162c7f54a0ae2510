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
        ids = sorted({partner.id for partners in found for partner in partners if not isinstance(partner, Refusal)})
        # One set, so that the partners are read together and not one by one.
        self.partners = {partner.id: partner for partner in env["res.partner"].browse(ids)}

    def payment_term(self, payer, company):
        """Payment terms of who pays."""
        return self.once(
            ("term", company, payer), lambda: payer.with_company(company).property_payment_term_id.id or False
        )

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

    def _traits(self, partner, company):
        contracts = self.env["subscription.contract"]
        return self.once(("traits", partner, company), lambda: contracts._get_fiscal_traits(partner, company))

    def _find_taxes(self, product, company, payer, place):
        position = self.env["subscription.contract"]._find_fiscal_position(company, payer, place)
        return position.map_tax(product.taxes_id._filter_taxes_by_company(company)).ids
