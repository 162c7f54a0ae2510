"""The complete journal entry of an invoice, built from Odoo's own parts, so that Odoo need not derive it line by line.

Odoo's `account.move.create` takes the product lines and then finds tax and payment-term lines by re-synchronising
every invoice. Handing over all lines and leaving the re-synchronisation out costs a third. Which invoices this
covers is decided by `_can_complete`; every other goes the plain way, so that no invoice is ever different. A
differential test compares both field by field.
"""

from odoo import api, models
from odoo.fields import Command

# What Odoo derives from the day, the currency and the journal alone: asked of it once for all alike
DATES = ("date", "delivery_date", "taxable_supply_date", "invoice_currency_rate")
DATES_FROM = ("move_type", "company_id", "journal_id", "currency_id", "invoice_date")


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    @api.model
    def _can_complete(self, values, decide):
        """Whether the complete entry of an invoice with these values is known to equal Odoo's own.

        Left to Odoo: early-payment discounts, discounts with an account of their own, negative lines and credit notes
        where they are booked as storno, taxes due on payment, lines whose account Odoo would have to guess, and what
        belongs to another company.
        """
        move = self._get_entry_terms(values)
        if move["term"].early_discount or not self._get_receivable(move):
            return False
        lines = self._get_product_values(values)
        # Odoo books discounts on an account of their own, by items of their own.
        if move["company"].account_discount_expense_allocation_id and any(line["discount"] for line in lines):
            return False
        # Red entries: which side of an account what is given back stands on.
        if move["company"].account_storno and (move["refund"] or any(self._is_negative(line) for line in lines)):
            return False
        return all(
            decide.once(
                ("complete", move["company"], *(line.get(name) for name in ("product_id", "account_id")), *taxes),
                lambda line=line, taxes=taxes: self._can_complete_line(move["company"], line, taxes),
            )
            for line in lines
            for taxes in [line["tax_ids"][0][2]]
        )

    @api.model
    def _is_negative(self, line):
        return line["quantity"] * line["price_unit"] < 0

    @api.model
    def _can_complete_line(self, company, line, tax_ids):
        """Whether a line of this product, account and taxes can be given complete in this company."""
        if not line.get("account_id"):
            return False
        taxes = self.env["account.tax"].browse(tax_ids)
        product = self.env["product.product"].browse(line["product_id"])
        account = self.env["account.account"].browse(line["account_id"])
        ours = all(
            records.filtered_domain(records._check_company_domain(company)) == records
            for records in (taxes, product, account)
        )
        return ours and "on_payment" not in taxes.flatten_taxes_hierarchy().mapped("tax_exigibility")

    @api.model
    def _get_product_values(self, values):
        """Values of the product lines among the commands of an invoice."""
        return [line for _create, _id, line in values["invoice_line_ids"] if not line.get("display_type")]

    @api.model
    def _complete_values(self, values, decide):
        """Values of the invoice with every journal item: products, taxes, payment terms.

        :param decide: answers shared by the batch: invoices of the same lines are computed once.
        """
        move = self._get_entry_terms(values)
        lines = [line for _create, _id, line in values["invoice_line_ids"]]
        products = [line for line in lines if not line.get("display_type")]
        product_amounts, tax_lines = decide.once(
            self._get_tax_signature(move, products, decide), lambda: self._compute_taxes(move, products)
        )
        for line, amounts in zip(products, product_amounts, strict=True):
            line.update(display_type="product", **amounts)
        partner_id = move["partner"].commercial_partner_id.id
        tax_lines = [{**line, "partner_id": partner_id} for line in tax_lines]
        term_lines = [
            {**line, **self._get_residual(move, line, decide)}
            for line in self._compute_term_lines(move, products, tax_lines)
        ]
        lines = [{**line, **self._get_residual(move, line, decide)} for line in lines + tax_lines] + term_lines
        dates = self._get_dates(values, move, decide)
        # Given, like everything that Odoo would compute line by line otherwise
        common = {
            "parent_state": "draft",
            "date": dates["date"],
            "invoice_date": values["invoice_date"],
            "company_id": move["company"].id,
            "company_currency_id": move["company"].currency_id.id,
            "currency_id": move["currency"].id,
            "journal_id": values["journal_id"],
            "partner_id": partner_id,
            "price_subtotal": 0.0,
            "price_total": 0.0,
        }
        return {
            **{key: value for key, value in values.items() if key != "invoice_line_ids"},
            **dates,
            **self._sum_entry(move, products, tax_lines, term_lines),
            "line_ids": [Command.create({**common, **line}) for line in lines],
        }

    @api.model
    def _sum_entry(self, move, products, tax_lines, term_lines):
        """Amounts of the invoice, added up as Odoo does."""
        untaxed, untaxed_currency = self._sum_lines(products)
        tax, tax_currency = self._sum_lines(tax_lines)
        total, total_currency = self._sum_lines(products + tax_lines)
        sign = move["sign"]
        return {
            "amount_untaxed": sign * untaxed_currency,
            "amount_tax": sign * tax_currency,
            "amount_total": sign * total_currency,
            "amount_residual": -sign * sum(line["amount_residual_currency"] for line in term_lines),
            "amount_untaxed_signed": -untaxed,
            "amount_untaxed_in_currency_signed": -untaxed_currency,
            "amount_tax_signed": -tax,
            "amount_total_signed": -total,
            "amount_total_in_currency_signed": -total_currency,
            "amount_residual_signed": sum(line["amount_residual"] for line in term_lines),
        }

    @api.model
    def _get_dates(self, values, move, decide):
        """Accounting date, currency rate and the like, as Odoo and its localisations find them for such an invoice."""
        terms = {name: values[name] for name in DATES_FROM}

        def ask():
            invoice = self.env["account.move"].new({**terms, "partner_id": values["partner_id"]})
            return {name: invoice[name] for name in DATES}

        return decide.once(("dates", move["partner"].country_id, *terms.values()), ask)

    @api.model
    def _get_residual(self, move, line, decide):
        """What is open of a new line: all of it where the account is reconciled, nothing elsewhere."""
        account_id = line.get("account_id")
        if not account_id or not decide.once(("open", account_id), lambda: self._is_open_account(account_id)):
            return {"amount_residual": 0.0, "amount_residual_currency": 0.0, "reconciled": False}
        company_currency, currency = move["company"].currency_id, move["currency"]
        residual = company_currency.round(line["balance"])
        residual_currency = currency.round(line["amount_currency"])
        return {
            "amount_residual": residual,
            "amount_residual_currency": residual_currency,
            "reconciled": company_currency.is_zero(residual) and currency.is_zero(residual_currency),
        }

    @api.model
    def _is_open_account(self, account_id):
        account = self.env["account.account"].browse(account_id)
        return account.reconcile or account.account_type in ("asset_cash", "liability_credit_card")

    @api.model
    def _get_entry_terms(self, values):
        """What the parts of the entry are computed from."""
        company = self.env["res.company"].browse(values["company_id"])
        currency = self.env["res.currency"].browse(values["currency_id"])
        refund = values["move_type"] == "out_refund"
        return {
            "company": company,
            "currency": currency,
            "partner": self.env["res.partner"].browse(values["partner_id"]),
            "term": self.env["account.payment.term"].browse(values["invoice_payment_term_id"]),
            "position": self.env["account.fiscal.position"].browse(values["fiscal_position_id"]),
            "date": values["invoice_date"],
            "date_due": values.get("invoice_date_due") or values["invoice_date"],
            "refund": refund,
            "sign": 1 if refund else -1,
            "rate": currency._get_conversion_rate(company.currency_id, currency, company, values["invoice_date"]),
        }

    @api.model
    def _get_tax_signature(self, move, products, decide):
        """What the amounts of an invoice depend on; invoices with the same signature have the same amounts."""
        names = ("product_id", "product_uom_id", "price_unit", "quantity", "discount", "account_id")
        return (
            "taxes",
            *(move[name] for name in ("company", "currency", "rate", "refund")),
            *(
                (
                    *(line[name] for name in names),
                    taxes := tuple(line["tax_ids"][0][2]),
                    decide.once(("analytic", taxes), lambda taxes=taxes: self._carry_analytic(taxes))
                    and tuple((line["analytic_distribution"] or {}).items()),
                )
                for line in products
            ),
        )

    @api.model
    def _carry_analytic(self, tax_ids):
        """Whether the tax lines of these taxes take over the analytic distribution of the product lines."""
        taxes = self.env["account.tax"].browse(tax_ids).flatten_taxes_hierarchy()
        parts = taxes.repartition_line_ids.filtered(lambda part: part.repartition_type == "tax")
        return any(taxes.mapped("analytic")) or not all(parts.mapped("use_in_tax_closing"))

    @api.model
    def _compute_taxes(self, move, products):
        """Amounts of the product lines and values of the tax lines, by Odoo's tax engine."""
        engine = self.env["account.tax"]
        base_lines = [
            engine._prepare_base_line_for_taxes_computation(
                None,
                product_id=self.env["product.product"].browse(line["product_id"]),
                product_uom_id=self.env["uom.uom"].browse(line["product_uom_id"]),
                tax_ids=engine.browse(line["tax_ids"][0][2]),
                price_unit=line["price_unit"],
                quantity=line["quantity"],
                discount=line["discount"],
                currency_id=move["currency"],
                rate=move["rate"],
                sign=move["sign"],
                is_refund=move["refund"],
                partner_id=move["partner"].commercial_partner_id,
                account_id=self.env["account.account"].browse(line["account_id"]),
                analytic_distribution=line["analytic_distribution"] or None,
                name=line["name"],
            )
            for line in products
        ]
        engine._add_tax_details_in_base_lines(base_lines, move["company"])
        engine._round_base_lines_tax_details(base_lines, move["company"])
        engine._add_accounting_data_in_base_lines_tax_details(base_lines, move["company"], include_caba_tags=True)
        results = engine._prepare_tax_lines(base_lines, move["company"])
        amounts = [
            {
                **line,
                "price_subtotal": base_line["tax_details"]["total_excluded_currency"],
                "price_total": base_line["tax_details"]["total_included_currency"],
            }
            for base_line, line in results["base_lines_to_update"]
        ]
        common = {"display_type": "tax", "sequence": 10000, "quantity": 0.0}
        return amounts, [{**line, **common} for line in results["tax_lines_to_add"]]

    @api.model
    def _compute_term_lines(self, move, products, tax_lines):
        """Values of the receivable lines: one per due date of the payment term."""
        common = {
            "display_type": "payment_term",
            "account_id": self._get_receivable(move).id,
            "sequence": 12000,
            "quantity": 0.0,
        }
        untaxed, untaxed_currency = self._sum_lines(products)
        tax, tax_currency = self._sum_lines(tax_lines)
        if not move["term"]:
            return [
                {
                    **common,
                    "date_maturity": move["date_due"],
                    "balance": -untaxed - tax,
                    "amount_currency": -untaxed_currency - tax_currency,
                }
            ]
        terms = move["term"]._compute_terms(
            date_ref=move["date"],
            currency=move["currency"],
            company=move["company"],
            tax_amount=-tax,
            tax_amount_currency=-tax_currency,
            untaxed_amount=-untaxed,
            untaxed_amount_currency=-untaxed_currency,
            sign=-move["sign"],
        )
        due = {}
        for line in terms["line_ids"]:
            balance, amount = due.get(line["date"], (0.0, 0.0))
            due[line["date"]] = (balance + line["company_amount"], amount + line["foreign_amount"])
        return [
            {**common, "date_maturity": day, "balance": balance, "amount_currency": amount}
            for day, (balance, amount) in due.items()
        ]

    @api.model
    def _get_receivable(self, move):
        """Receivable account of the invoice, as its fiscal position has it."""
        partner = move["partner"].commercial_partner_id.with_company(move["company"])
        return move["position"].map_account(partner.property_account_receivable_id)

    @api.model
    def _sum_lines(self, lines):
        """Sum of (balance, amount in currency) of line values."""
        return sum(line["balance"] for line in lines), sum(line["amount_currency"] for line in lines)
