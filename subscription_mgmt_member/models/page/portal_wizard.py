from odoo import api, models
from odoo.exceptions import UserError


class PortalWizard(models.TransientModel):
    _inherit = "portal.wizard"

    @api.model
    def action_open_wizard(self):
        """Override of `portal`: nobody can be invited who has no address to write to (CUB-48).

        :raise UserError: neither the chosen customers nor their people have an e-mail address.
        """
        chosen = self.env["res.partner"].browse(self.env.context.get("active_ids", ()))
        if self.env.context.get("active_model") == "res.partner" and not any(
            (chosen | chosen.child_ids).mapped("email")
        ):
            raise UserError(
                self.env._(
                    "%(customers)s cannot be invited to the portal: there is no e-mail address. Enter one on the "
                    "customer or on a contact first.",
                    customers=", ".join(chosen.mapped("display_name")),
                )
            )
        return super().action_open_wizard()
