from odoo import api, fields, models


class SubscriptionImportUndo(models.TransientModel):
    """What undoing an import would do, to be looked at before it is done."""

    _name = "subscription.import.undo"
    _inherit = "subscription.dialog.mixin"
    _description = "Undo Subscriber Import"

    batch_id = fields.Many2one(comodel_name="subscription.import.batch", required=True, readonly=True)
    contract_count = fields.Integer(string="Contracts to Delete", compute="_compute_plan")
    active_count = fields.Integer(string="Of Them in Force", compute="_compute_plan")
    made_ids = fields.Many2many(
        comodel_name="subscription.import.change", compute="_compute_plan", string="To Be Deleted"
    )
    restored_ids = fields.Many2many(
        comodel_name="subscription.import.change", compute="_compute_plan", string="To Be Put Back"
    )
    moved_on_ids = fields.Many2many(
        comodel_name="subscription.import.change", compute="_compute_plan", string="Changed Since, Left As They Are"
    )

    @api.depends("batch_id")
    def _compute_plan(self):
        for undo in self:
            plan = undo.batch_id._get_undo_plan()
            undo.contract_count = len(plan.contracts)
            undo.active_count = len(plan.contracts.filtered(lambda contract: contract.state != "draft"))
            undo.made_ids, undo.restored_ids, undo.moved_on_ids = plan.made, plan.restored, plan.moved_on

    def action_confirm(self):
        """Undo the import and show its receipt."""
        self.batch_id.action_undo()
        return self.batch_id._get_form_action()

    def _get_form_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Undo the Import"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
