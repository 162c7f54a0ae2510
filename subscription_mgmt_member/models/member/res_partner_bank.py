import re

from odoo import api, models

from odoo.addons.base_iban.models.res_partner_bank import _map_iban_template, normalize_iban, validate_iban

# Two letters and two check digits, then as much as the shortest IBAN has
LOOKS_LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,}")


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.constrains("acc_number")
    def _check_member_iban(self):
        """Refuse an IBAN with a slip of the pen: core would keep it as a number of some other kind (WMM-48, WIM-15).

        :raise ValidationError: what is wrong with it, or how one of that country is written.
        """
        for account in self:
            number = (normalize_iban(account.acc_number or "") or "").upper()
            if LOOKS_LIKE_IBAN.fullmatch(number) and number[:2].lower() in _map_iban_template:
                validate_iban(number)
