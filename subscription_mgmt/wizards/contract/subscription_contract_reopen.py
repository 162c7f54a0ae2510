from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.dry_run import dry_run


class SubscriptionContractReopen(models.TransientModel):
    """Asked when a closed contract is put in force again: until when?"""

    _name = "subscription.contract.reopen"
    _inherit = "subscription.dialog.mixin"
    _description = "Re-open Subscription Contract"

    contract_id = fields.Many2one(comodel_name="subscription.contract", required=True, readonly=True)
    date_end = fields.Date(string="New End Date", help="Last day of the contract, included. Empty: open-ended.")
    # === WHAT IT COMES TO === #
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    problem = fields.Char(compute="_compute_preview")

    @api.depends("contract_id", "date_end")
    def _compute_preview(self):
        """Carry the act out in a savepoint that is rolled back, and say what it came to."""
        for dialog in self:
            contract = dialog.contract_id._origin
            dialog.preview = dialog.problem = False
            if not contract:
                continue
            contract.check_access("write")
            before = contract._get_open_rows()
            try:
                with dry_run(contract) as trial:
                    trial.action_reopen(dialog.date_end)
                    after = trial._get_open_rows()
            except UserError as error:
                dialog.problem = str(error)
                continue
            says = [*contract._explain_plan_change(before, after), *contract._get_reopening_effects()]
            dialog.preview = contract._as_list(says)

    def action_reopen(self):
        """Put the contract in force again, until the day."""
        self.ensure_one()
        self.contract_id.check_access("write")
        self.contract_id.action_reopen(self.date_end)
        return {"type": "ir.actions.act_window_close"}
