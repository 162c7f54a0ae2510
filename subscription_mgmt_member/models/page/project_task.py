from odoo import api, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.depends("allow_billable")
    def _compute_partner_id(self):
        """Override of `sale_project`, which leaves tasks of projects that bill nothing without a customer.

        Every task can be one of a customer (CUB-42, CUB-63): whom a person chose stays.
        """
        chosen = {task: task.partner_id for task in self if task.project_id and task.partner_id}
        result = super()._compute_partner_id()
        for task, partner in chosen.items():
            task.partner_id = task.partner_id or partner
        return result
