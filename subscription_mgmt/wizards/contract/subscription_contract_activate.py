from odoo import api, fields, models


class SubscriptionContractActivate(models.TransientModel):
    """Asked before contracts that began long ago start to be billed: what about the time until now?"""

    _name = "subscription.contract.activate"
    _description = "Activate Contracts With a Backlog"

    contract_ids = fields.Many2many(comodel_name="subscription.contract", required=True)
    backlog_from = fields.Date(string="Oldest Billing Date", compute="_compute_backlog")
    backlog_count = fields.Integer(string="Periods to Make Up For", compute="_compute_backlog")
    backlog = fields.Selection(
        selection=[
            ("bill", "Bill them, oldest first"),
            ("paid", "They were billed elsewhere: start with the period that begins next"),
        ],
        string="These Periods",
        required=True,
        default="bill",
    )

    @api.depends("contract_ids")
    def _compute_backlog(self):
        for wizard in self:
            days = wizard.contract_ids._get_backlog_dates()
            wizard.backlog_from = min(days, default=False)
            wizard.backlog_count = len(days)

    def action_activate(self):
        """Activate the contracts with the choice made."""
        if self.backlog == "paid":
            for line in self.contract_ids.line_ids:
                line.paid_until = line._get_billed_elsewhere_until()
        self.contract_ids.action_activate()
        return {"type": "ir.actions.act_window_close"}
