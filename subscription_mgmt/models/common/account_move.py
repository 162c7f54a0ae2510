from ast import literal_eval

from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _get_subscription_list(self, domain):
        """Action that lists invoices and credit notes: the same list from wherever in the suite it is opened.

        Odoo's own action with what it says in its context: its views show customer and date by that alone.

        :param domain: which invoices.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        context = {**literal_eval(action["context"] or "{}"), "create": False}
        own = self.env.ref("subscription_mgmt.subscription_move_view_list").id
        views = [(own if kind == "list" else view, kind) for view, kind in action["views"]]
        return {**action, "domain": domain, "context": context, "views": views, "view_id": (own, False)}

    def _get_subscription_form(self):
        """Action that opens one invoice, as a click on it in the list does."""
        self.ensure_one()
        action = self._get_subscription_list([("id", "=", self.id)])
        form = [view for view in action["views"] if view[1] == "form"]
        return {**action, "views": form, "view_mode": "form", "res_id": self.id}
