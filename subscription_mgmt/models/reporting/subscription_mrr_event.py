from odoo import api, fields, models

from ..common.context import LEDGER


class SubscriptionMrrEvent(models.Model):
    """The log of recurring revenue: what began, grew, shrank, paused or ended on a day. Lines are added, none changed.

    The sum of all lines up to a day is the revenue of the lines of contracts in force on that day. Who changes the
    past, or undoes a change, adds lines on the days on which it counts.
    """

    _name = "subscription.mrr.event"
    _inherit = ["subscription.sealed.mixin"]
    _description = "Movement of Recurring Revenue"
    _order = "day desc, id desc"
    _rec_name = "contract_id"
    _rec_names_search = ["contract_id.name", "partner_id.name"]
    _sealed_from_system = True

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade"
    )
    # A line that was never billed may be deleted; what it had come to stays, and is taken back by a line of its own.
    line_id = fields.Many2one(
        comodel_name="subscription.contract.line",
        string="Contract Line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    product_id = fields.Many2one(comodel_name="product.product", required=True, readonly=True, ondelete="restrict")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Subscriber", required=True, readonly=True, ondelete="restrict", index=True
    )
    day = fields.Date(required=True, readonly=True, index=True, help="From this day on it counts.")
    kind = fields.Selection(
        selection=[
            ("new", "New"),
            ("reactivation", "Reactivation"),
            ("expansion", "Expansion"),
            ("contraction", "Contraction"),
            ("churn", "Churn"),
            ("pause", "Paused"),
            ("resume", "Resumed"),
        ],
        string="Movement",
        required=True,
        readonly=True,
        help="What it means for the subscriber, whatever contracts the subscriber has:\n"
        "New: the first revenue ever. Reactivation: revenue again after a time without any.\n"
        "Expansion, contraction: more or less, and still more than nothing. Churn: nothing any more.\n"
        "Paused, resumed: by a pause; what is closed while it is paused turns from pause to churn.",
    )
    mark = fields.Selection(
        selection=[("price", "Price"), ("currency", "Exchange Rate")],
        readonly=True,
        help="Price: the same at another price. Exchange rate: the same, worth more or less in the company's currency.",
    )
    close_reason_id = fields.Many2one(
        comodel_name="subscription.close.reason", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    amount_currency = fields.Monetary(
        string="Amount in Currency", readonly=True, help="In the currency of the contract. Exchange rates change none."
    )
    amount = fields.Monetary(
        readonly=True, currency_field="company_currency_id", help="In the currency of the company, at the day's rate."
    )
    # === WHAT REPORTS GROUP BY: as it is now === #
    user_id = fields.Many2one(related="contract_id.user_id")
    employee_id = fields.Many2one(related="contract_id.employee_id")
    category_id = fields.Many2one(related="contract_id.category_id")
    service_category_id = fields.Many2one(related="contract_id.service_category_id")
    product_category_id = fields.Many2one(related="product_id.categ_id", string="Product Category")
    country_id = fields.Many2one(related="partner_id.country_id")

    # All that a list of contracts asks for
    _by_contract = models.Index("(contract_id, day) INCLUDE (company_id, amount_currency)")
    _by_subscriber = models.Index("(partner_id, company_id)")

    # === WHAT IS LOGGED === #
    @api.model
    def _read_facts(self, contracts):
        """What the log says of contracts, whatever it means: {fact: amount in the currency of the contract}.

        A fact is (contract, line, product, partner, company, currency, day, reason, whether it is about a pause).
        """
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT contract_id, line_id, product_id, partner_id, company_id, currency_id, day, close_reason_id,
                   kind IN ('pause', 'resume'), SUM(amount_currency)
              FROM subscription_mrr_event WHERE contract_id = ANY(%s)
          GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING SUM(amount_currency) != 0
            """,
            [contracts.ids],
        )
        return {tuple(key): round(float(amount), 6) for *key, amount in self.env.cr.fetchall()}

    @api.model
    def _read_totals(self, contracts, day):
        """Revenue of contracts on a day, in their currency: {contract id: amount}."""
        domain = [("contract_id", "in", contracts.ids), ("day", "<=", day)]
        groups = self.sudo()._read_group(domain, ["contract_id"], ["amount_currency:sum"])  # sudo: a figure
        return {contract.id: amount for contract, amount in groups}

    @api.model
    def _read_logged(self, contracts, partner_ids):
        """Movements of subscribers and contracts by the log: {key: (amount, value)}.

        A key is (contract, line, product, partner, company, currency, day, reason, kind, mark).
        """
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT contract_id, line_id, product_id, partner_id, company_id, currency_id, day, close_reason_id,
                   kind, mark, SUM(amount_currency), SUM(amount)
              FROM subscription_mrr_event WHERE contract_id = ANY(%s) OR partner_id = ANY(%s)
          GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 HAVING SUM(amount_currency) != 0 OR SUM(amount) != 0
            """,
            [contracts.ids, list(partner_ids)],
        )
        return {tuple(key): (float(amount), float(value)) for *key, amount, value in self.env.cr.fetchall()}

    @api.model
    def _append(self, wanted, logged):
        """Add what is missing for the log to say what is wanted.

        :param wanted, logged: {key: (amount, value)}.
        :return: the new lines.
        """
        names = (
            "contract_id", "line_id", "product_id", "partner_id", "company_id", "currency_id", "day",
            "close_reason_id", "kind", "mark",
        )  # fmt: skip
        nothing, values = (0.0, 0.0), []
        for key in sorted(wanted.keys() | logged.keys(), key=lambda key: (key[6], key[0], str(key))):
            new, old = wanted.get(key, nothing), logged.get(key, nothing)
            amount, value = (round(after - before, 6) for after, before in zip(new, old, strict=True))
            if amount or value:
                vals = dict(zip(names, key, strict=True))
                values.append({**vals, "amount_currency": amount, "amount": value})
        return self.with_context(subscription_ledger=LEDGER).create(values) if values else self

    def action_open_contract(self):
        """Open the contract."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "subscription.contract", "res_id": self.contract_id.id,
                "views": [(False, "form")]}  # fmt: skip
