from odoo import api, fields, models


class SubscriptionAssurancePage(models.TransientModel):
    """What a person looks at in the morning: the verdict of each month, and under it every check.

    It keeps nothing: all of it is read with the rights of whoever looks, in the companies that are chosen.
    """

    _name = "subscription.assurance.page"
    _inherit = "subscription.dialog.mixin"
    _description = "Billing Assurance Page"

    name = fields.Char(compute="_compute_page")
    state = fields.Selection(
        selection=[("none", "Nothing Yet"), ("good", "Good"), ("bad", "To Look At")], compute="_compute_page"
    )
    finding_count = fields.Integer(compute="_compute_page")
    month_ids = fields.Many2many(comodel_name="subscription.assurance.month", compute="_compute_page")
    check_ids = fields.Many2many(comodel_name="subscription.assurance", compute="_compute_page")

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_page(self):
        for page in self:
            ours = [("company_id", "in", self.env.companies.ids)]
            page.name = self.env._("Assurance")
            page.month_ids = self.env["subscription.assurance.month"].search(ours)
            page.check_ids = self.env["subscription.assurance"].search(ours)
            page.finding_count = len(page.check_ids.filtered("count"))
            good = not page.finding_count and all(page.month_ids.mapped("is_good"))
            page.state = "bad" if not good else "good" if page.month_ids else "none"
