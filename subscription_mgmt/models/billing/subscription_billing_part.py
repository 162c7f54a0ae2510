from odoo import api, fields, models


class SubscriptionBillingPart(models.Model):
    """What one batch of a billing run came to. A row of its own: workers that bill at once have nothing to wait for."""

    _name = "subscription.billing.part"
    _inherit = "subscription.sealed.mixin"
    _description = "Part of a Billing Run"

    # Nobody sees them: what they are called is not translated.
    run_id = fields.Many2one(
        comodel_name="subscription.billing.run",
        required=True,
        ondelete="cascade",
        index=True,
        export_string_translation=False,
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, precompute=True)
    done_count = fields.Integer(export_string_translation=False)
    contract_count = fields.Integer(export_string_translation=False)
    installment_count = fields.Integer(export_string_translation=False)

    @api.model
    def _sum_up(self, runs):
        """What was done of the runs that are still under way.

        :return: dict of run to (contracts handled, contracts billed, rows billed).
        """
        figures = ("done_count", "contract_count", "installment_count")
        # sudo: figures of runs that the reader sees
        parts = self.sudo()._read_group([("run_id", "in", runs.ids)], ["run_id"], [f"{name}:sum" for name in figures])
        return {run.with_env(runs.env): sums for run, *sums in parts}
