from odoo import api, fields, models
from odoo.exceptions import UserError


class SubscriptionImportBatch(models.Model):
    """Receipt of one import: the file, who, when, and what it made; the way back as long as nothing was billed."""

    _name = "subscription.import.batch"
    _inherit = "subscription.mixin"
    _description = "Subscriber Import"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    file = fields.Binary(attachment=True, readonly=True)
    filename = fields.Char(readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Imported By", required=True, readonly=True)
    date = fields.Datetime(string="Imported On", required=True, readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    state = fields.Selection(
        selection=[("done", "Imported"), ("undone", "Undone")], required=True, default="done", readonly=True
    )
    row_count = fields.Integer(string="Rows Read", readonly=True)
    done_count = fields.Integer(string="Contracts Made", readonly=True)
    unchanged_count = fields.Integer(string="Contracts Already There", readonly=True)
    contract_ids = fields.One2many(
        comodel_name="subscription.contract", inverse_name="import_batch_id", string="Contracts", readonly=True
    )
    draft_count = fields.Integer(compute="_compute_draft_count")

    @api.depends("contract_ids.state")
    def _compute_draft_count(self):
        groups = self.env["subscription.contract"]._read_group(
            [("import_batch_id", "in", self.ids), ("state", "=", "draft")], ["import_batch_id"], ["__count"]
        )
        counts = {batch.id: count for batch, count in groups}
        for batch in self:
            batch.draft_count = counts.get(batch.id, 0)

    def action_view_contracts(self):
        """Open the contracts that the import made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        return {**action, "domain": [("import_batch_id", "=", self.id)], "context": {"create": False}}

    def action_activate(self):
        """Put all contracts of the import that are still drafts in force.

        :raise UserError: as the activation of a contract
        """
        self.contract_ids.action_activate()
        return True

    def action_undo(self):
        """Delete every contract of the import, its payment plan and the analytic account opened for it.

        :raise UserError: one of the contracts was billed
        """
        for batch in self:
            contracts = batch.with_context(active_test=False).contract_ids
            billed = self.env["subscription.installment"].search(
                [("contract_id", "in", contracts.ids), ("state", "=", "invoiced")], limit=1
            )
            if billed:
                raise UserError(
                    self.env._(
                        "Import %(name)s cannot be undone: contract %(contract)s was billed.",
                        name=batch.name,
                        contract=billed.contract_id.name,
                    )
                )
            # Activation opened these; an account that a person chose has another code.
            accounts = contracts.filtered(lambda c: c.analytic_account_id.code == c.name).analytic_account_id
            contracts.installment_ids.unlink()
            contracts.with_context(active_test=False).line_ids.unlink()
            contracts.unlink()
            # sudo: who may undo an import need not be allowed to keep analytic accounts; one with costs stays
            accounts.sudo().filtered(lambda account: not account.line_ids).unlink()
            batch.state = "undone"
        return True
