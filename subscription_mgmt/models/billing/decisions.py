from odoo.exceptions import UserError
from odoo.tools import format_date


class BillingDecisions:
    """Answers that many invoices of one batch share, each looked up once: journal, fiscal position, account, dates.

    Lives as long as one batch, so that nothing outdated is ever used.
    """

    def __init__(self, env):
        self.env = env
        self._answers = {}

    def once(self, key, find):
        """Answer to the question `key`, found by calling `find` the first time."""
        if key not in self._answers:
            self._answers[key] = find()
        return self._answers[key]

    # === JOURNAL === #
    def journal(self, company, journal):
        """Journal of the invoices: the one that was agreed, or the first sales journal of the company.

        :raise UserError: there is none, or it is archived.
        """
        return self.once(("journal", company, journal), lambda: self._find_journal(company, journal))

    def _find_journal(self, company, journal):
        if not journal:
            domain = [*journal._check_company_domain(company), ("type", "=", "sale")]
            journal = journal.search(domain, limit=1)
        if not journal:
            text = self.env._("There is no sales journal in company %(company)s.", company=company.name)
            raise UserError(text)
        if not journal.active:
            raise UserError(self.env._("Journal %(journal)s is archived.", journal=journal.display_name))
        return journal

    # === CURRENCY === #
    def check_rate(self, company, currency, day):
        """Raise when there is no rate for the day: Odoo would take one unit for one unit, or a rate of later on.

        :raise UserError: names currency and day.
        """
        if currency != company.currency_id and not self.once(
            ("rate", company.root_id, currency, day), lambda: self._has_rate(company, currency, day)
        ):
            raise UserError(
                self.env._(
                    "There is no rate of %(currency)s for %(day)s.",
                    currency=currency.name,
                    day=format_date(self.env, day),
                )
            )

    def _has_rate(self, company, currency, day):
        """Whether a rate of the day, or the last one before it, is known."""
        # sudo: rates of the company, whoever bills
        rates = self.env["res.currency.rate"].sudo()
        domain = [
            ("currency_id", "=", currency.id),
            ("name", "<=", day),
            ("company_id", "in", (False, company.root_id.id)),
        ]
        return bool(rates.search_count(domain, limit=1))

    # === FISCAL POSITION === #
    def fiscal_position(self, company, payer, place):
        """Fiscal position of an invoice, by who pays and where it is delivered: the one rule.

        Asked of Odoo once for all pairs of the same traits.

        :param place: where it is delivered; empty: at whoever pays.
        """
        return self.once(("position", company, payer, place), lambda: self._find_alike(company, payer, place))

    def _find_alike(self, company, payer, place):
        places = self.place_fields(company)
        traits = [self._get_fiscal_traits(partner, company, places) for partner in (payer, place or payer)]
        return self.once(("traits", company, *traits), lambda: self.find_fiscal_position(company, payer, place))

    def find_fiscal_position(self, company, payer, place):
        """The same for one invoice alone, asked of Odoo at once."""
        positions = self.env["account.fiscal.position"].with_company(company)
        return positions._get_fiscal_position(payer, delivery=place)

    def _get_fiscal_traits(self, partner, company, place_fields):
        """What the choice of a fiscal position looks at in a partner.

        :param place_fields: fields of an address that the company's positions look at.
        """
        partner = partner.with_company(company)
        return (
            partner.property_account_position_id,
            (partner.vat or "")[:2],
            *(partner[name] for name in place_fields),
            partner._get_vat_required_valid(company=company),
        )

    def place_fields(self, company):
        """Fields of an address that decide on the fiscal position in the company."""
        return self.once(("places", company), lambda: self._find_place_fields(company))

    def _find_place_fields(self, company):
        """Few companies have positions by state or postal code; where none has, all of a country are alike."""
        positions = self.env["account.fiscal.position"]
        positions = positions.search([*positions._check_company_domain(company), ("auto_apply", "=", True)])
        by_state = positions.state_ids or positions.country_group_id.exclude_state_ids
        by_zip = any(positions.mapped("zip_from"))
        return ("country_id", *(["state_id"] if by_state else []), *(["zip"] if by_zip else []))

    # === LINES === #
    def taxes(self, line, position):
        """Taxes of a line of a contract or recurring invoice on an invoice under this fiscal position.

        :raise UserError: a person has to choose them (`_get_taxes_under`).
        """
        if line.tax_position_id == position:
            return line.tax_ids
        key = ("taxes", line.company_id, line.product_id, *line.tax_ids.ids, line.tax_position_id, position)
        return self.once(key, lambda: line._get_taxes_under(position))

    def income_account(self, line, position, journal):
        """Account of the invoice line, as Odoo chooses it for a product; empty where Odoo would have to guess."""
        company = line.company_id
        product = line.product_id.with_company(company)
        return self.once(
            ("account", company, product, position, journal),
            lambda: (
                product.product_tmpl_id.get_product_accounts(fiscal_pos=position)["income"]
                or self.env["account.account"]
            ),
        )

    # === WORDS === #
    def date_text(self, day, lang):
        """The day as people write it in that language."""
        return self.once((day, lang), lambda: format_date(self.env, day, lang_code=lang))
