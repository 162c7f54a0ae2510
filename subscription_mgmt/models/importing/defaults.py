"""What Odoo would compute for each imported contract by itself, answered once for all that are alike."""

from typing import NamedTuple

from odoo.tools import split_every

from ...tools.importing.contracts import INVOICE_CUSTOMER
from ...tools.importing.layout import CUSTOMER
from ...tools.refusal import Refusal
from ..billing.decisions import BillingDecisions
from ..common.subscription_sale_line_mixin import get_net
from ..contract.subscription_contract_line import get_mrr

PARTNERS_AT_ONCE = 1000
PARTNER_KEYS = (*CUSTOMER, *INVOICE_CUSTOMER)


class Partner(NamedTuple):
    """What the values of a contract depend on in a partner.

    :param profile: number of the fiscal profile; partners of one profile have the same taxes
    :param lang: language
    :param payment_term: id of the payment terms, or False
    """

    profile: int
    lang: str
    payment_term: int | bool


class Line(NamedTuple):
    """What is proposed for a line of a product.

    :param name: its text
    :param tax_ids: ids of the taxes
    :param position_id: id of the fiscal position that they were chosen for, or False
    :param is_included: whether one of them is part of the price
    """

    name: str
    tax_ids: list[int]
    position_id: int | bool
    is_included: bool


class ImportDefaults(BillingDecisions):
    """Answers for the contracts of one file: the same as the computes give, asked once per partner or product.

    Questions and answers are ids and texts, so that they outlive the cache, which an import empties now and then.
    """

    def __init__(self, env, records):
        super().__init__(env)
        found = [records.get(key, {}).values() for key in PARTNER_KEYS]
        self._partner_ids = sorted({p.id for partners in found for p in partners if not isinstance(p, Refusal)})

    def payment_term(self, payer_id, company):
        """Payment terms of who pays."""
        return self._partners(company)[payer_id].payment_term

    def responsible(self, employee_id):
        """User of the sales representative."""
        # sudo: as the compute of the contract does; an importer need not be allowed to read employees
        employees = self.env["hr.employee"].sudo()
        return self.once(("user", employee_id), lambda: employees.browse(employee_id).user_id.id)

    def dunning_plan(self, company):
        """What is done about unpaid invoices in the company."""
        return self.once(("dunning", company.id), lambda: company.subscription_dunning_plan_id.id)

    def line(self, product_id, company, payer_id, subscriber_id):
        """Text and taxes of a line: by the subscriber's language, by who pays and where the service is delivered."""
        partners = self._partners(company)
        payer, subscriber = partners[payer_id], partners[subscriber_id]
        key = ("line", product_id, company.id, payer.profile, subscriber.profile, subscriber.lang)
        return self.once(key, lambda: self._find_line(product_id, company, payer_id, subscriber_id, subscriber.lang))

    def figures(self, line, currency):
        """Untaxed amount and monthly revenue of the values of a line whose taxes come on top; in the currency."""
        names = ("quantity", "price_unit", "discount", "interval", "interval_unit")
        key = ("figures", currency.id, *(line[name] for name in names))
        return self.once(key, lambda: self._find_figures(line, currency))

    def _partners(self, company):
        """All partners of the file as the company sees them: id → what matters of them."""
        return self.once(("partners", company.id), lambda: self._read_partners(company))

    def _read_partners(self, company):
        """Read them by the thousand, and only what is asked for: a file may name very many."""
        places = self.place_fields(company)
        model = self.env["res.partner"].with_company(company).with_context(prefetch_fields=False)
        profiles, found = {}, {}
        for ids in split_every(PARTNERS_AT_ONCE, self._partner_ids):
            partners = model.browse(ids)
            for partner in partners:
                traits = self._get_fiscal_traits(partner, company, places)
                profile = profiles.setdefault(traits, len(profiles))
                found[partner.id] = Partner(profile, partner.lang, partner.property_payment_term_id.id)
            partners.invalidate_recordset()
        return found

    def _find_line(self, product_id, company, payer_id, place_id, lang):
        product = self.env["product.product"].browse(product_id)
        payer, place = (self.env["res.partner"].with_company(company).browse(id_) for id_ in (payer_id, place_id))
        position = self.find_fiscal_position(company, payer, place)
        taxes = position.map_tax(product.taxes_id._filter_taxes_by_company(company))
        return Line(
            product.with_context(lang=lang).get_product_multiline_description_sale(),
            taxes.ids,
            position.id,
            any(taxes.flatten_taxes_hierarchy().mapped("price_include")),
        )

    def _find_figures(self, line, currency):
        net = get_net(currency, line["quantity"], line["price_unit"], line["discount"])
        mrr = currency.round(get_mrr(net, line["interval"], line["interval_unit"]))
        return {"price_subtotal": net, "mrr": mrr}
