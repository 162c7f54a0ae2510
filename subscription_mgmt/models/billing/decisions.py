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

    def journal(self, contract):
        """Journal of the contract's invoices."""
        key = ("journal", contract.company_id, contract.journal_id)
        return self.once(key, contract._get_journal)

    def fiscal_position(self, contract):
        """Fiscal position of the contract's invoices: the same for all partners of the same profile."""
        company = contract.company_id
        profile = contract._get_fiscal_profile(self.place_fields(company))
        return self.once(("position", company, *profile), contract._get_fiscal_position)

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

    def date_text(self, day, lang):
        """The day as people write it in that language."""
        return self.once((day, lang), lambda: format_date(self.env, day, lang_code=lang))
