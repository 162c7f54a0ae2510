from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Override of `base` to hide the customers from whoever may not see any (CUB-29).

        The list is kept per user until groups change, which is what setting a level does.
        """
        menus = super()._load_menus_blacklist()
        if self.env.user._get_member_level() == "none":
            menus.extend(self._get_member_menus())
        return menus

    def _get_member_menus(self):
        """Ids of the menus that lead to customers and to nothing else."""
        names = ("subscription_mgmt_member.member_menu_root", "contacts.menu_contacts")
        return [menu.id for menu in (self.env.ref(name, raise_if_not_found=False) for name in names) if menu]
