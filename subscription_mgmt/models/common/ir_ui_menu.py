from odoo import api, models
from odoo.http import request


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    @api.model
    def load_menus(self, debug):
        """Override of `base` to hide the suite's menus in a company that does not run subscriptions (WSI-09).

        The menus themselves are cached per user; the switch is looked at each time, so that it works at the
        next page load without anybody logging in again.
        """
        menus = super().load_menus(debug)
        root = self.env.ref("subscription_mgmt.subscription_menu_root", raise_if_not_found=False)
        if not root or root.id not in menus or self._subscription_company().subscription_enabled:
            return menus
        hidden = {menu_id for menu_id, menu in menus.items() if menu.get("app_id") == root.id}
        visible = {menu_id: menu for menu_id, menu in menus.items() if menu_id not in hidden}
        visible["root"] = {**menus["root"], "children": [i for i in menus["root"]["children"] if i not in hidden]}
        return visible

    @api.model
    def _subscription_company(self):
        """The company the user works in: the menu request carries no context, only the browser's choice."""
        chosen = request.cookies.get("cids", "") if request else ""
        first = chosen.replace(",", "-").split("-")[0]
        company = self.env.company
        if first.isdigit() and int(first) in self.env.user.company_ids.ids:
            company = self.env["res.company"].browse(int(first))
        # sudo: the switch decides what is shown, whoever looks
        return company.sudo()
