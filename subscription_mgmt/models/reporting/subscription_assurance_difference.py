from odoo import api, fields, models

SAME = ("date_invoice", "expected", "found", "currency_id")


class SubscriptionAssuranceDifference(models.Model):
    """Days of a contract that are charged otherwise than was agreed; it goes when they are not any more."""

    _name = "subscription.assurance.difference"
    _description = "Difference Between Agreed and Charged"
    _order = "date_invoice, id"
    _rec_name = "contract_id"
    _rec_names_search = ["contract_id.name", "line_id.name"]

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Subscriber")
    line_id = fields.Many2one(
        comodel_name="subscription.contract.line", required=True, readonly=True, ondelete="cascade"
    )
    installment_id = fields.Many2one(
        comodel_name="subscription.installment", string="Row of the Plan", readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("missing", "Missing in the plan"),
            ("other", "Planned otherwise than agreed"),
            ("extra", "Planned without service"),
            ("give_back", "Charged too much: to give back"),
            ("again", "Given back too much: to charge again"),
            ("unbilled", "Not billed on its day"),
            ("twice", "Billed twice"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True, help="Last day, included.")
    date_invoice = fields.Date(string="Billing Date", required=True, readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    expected = fields.Monetary(readonly=True, help="What these days come to as agreed, without tax.")
    found = fields.Monetary(readonly=True, help="What was charged or is planned for them, without tax.")
    amount = fields.Monetary(
        string="Difference", compute="_compute_amount", store=True, help="Above zero: charged too little."
    )
    date_found = fields.Date(string="Found On", required=True, readonly=True)

    @api.depends("expected", "found")
    def _compute_amount(self):
        for difference in self:
            difference.amount = difference.expected - difference.found

    @api.model
    def _keep(self, contracts, found, date_ref):
        """Make what is stored of the contracts say what was found now.

        :param found: list of values; what was found before keeps the day on which it was.
        """
        stored = self.search([("contract_id", "in", contracts.ids)])
        known = {difference._get_key(): difference for difference in stored}
        gone, new = stored, []
        for values in found:
            difference = known.get(self._get_key_of(values))
            if not difference:
                new.append({**values, "date_found": date_ref})
                continue
            gone -= difference
            news = {name: values[name] for name in SAME if values[name] != difference._read_raw(name)}
            if news:
                difference.write(news)
        gone.unlink()
        return self.create(new)

    def _read_raw(self, name):
        return self[name].id if self._fields[name].type == "many2one" else self[name]

    @api.model
    def _get_key_of(self, values):
        return tuple(values[name] for name in ("kind", "line_id", "installment_id", "date_from", "date_to"))

    def _get_key(self):
        self.ensure_one()
        return self.kind, self.line_id.id, self.installment_id.id, self.date_from, self.date_to

    def action_open_contract(self):
        """Open the contract."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "subscription.contract", "res_id": self.contract_id.id,
                "views": [(False, "form")]}  # fmt: skip

    def action_update_plan(self):
        """Show what settling the contract changes, which mends what the plan has wrong."""
        self.ensure_one()
        return self.contract_id.action_regenerate()
