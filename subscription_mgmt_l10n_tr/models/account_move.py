from urllib.parse import quote

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.l10n_tr_nilvera.lib.nilvera_client import _get_nilvera_client

STATUS = "l10n_tr_nilvera_send_status"
# Nilvera's word for the stages of `_get_gateway_domain`
STAGES = {
    "open": ["not_sent"],
    "waiting": ["sent", "waiting", "unknown"],
    "refused": ["error"],
    "accepted": ["succeed"],
}
UNKNOWN_DOCUMENT = 404


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _get_gateway_domain(self, *stages):
        """Override of `subscription_mgmt`: invoices of Turkish companies go through Nilvera."""
        # What Nilvera is never asked about (credit notes) has arrived when it was taken.
        asked = Domain("move_type", "in", self._l10n_tr_types_to_update_status())
        domain = Domain.FALSE
        for stage in stages:
            states = Domain(STATUS, "in", STAGES[stage])
            if stage == "waiting":
                states &= asked
            elif stage == "accepted":
                states |= Domain(STATUS, "in", STAGES["waiting"]) & ~asked
            domain |= states
        ours = Domain("country_code", "=", "TR") & Domain("move_type", "in", self.get_sale_types(include_receipts=True))
        return super()._get_gateway_domain(*stages) | ours & domain

    def _is_with_nilvera(self):
        self.ensure_one()
        return self.country_code == "TR" and self.is_sale_document(include_receipts=True)

    def _prepare_for_gateway(self):
        """Override of `subscription_mgmt`: whether a new customer takes e-invoices is asked first."""
        result = super()._prepare_for_gateway()
        customer = self.partner_id
        if self._is_with_nilvera() and customer.l10n_tr_nilvera_customer_status == "not_checked":
            customer._check_nilvera_customer()
        return result

    def _ask_nilvera(self):
        """What Nilvera says of the document, or None where it has none of that number."""
        self.ensure_one()
        if self.move_type not in self._l10n_tr_types_to_update_status():
            return None
        channel = self.partner_id.l10n_tr_nilvera_customer_status
        category = self._l10n_tr_get_document_category(channel)
        if not category:
            raise UserError(self.env._("Nilvera does not tell whether the customer takes e-invoices."))
        with _get_nilvera_client(self.company_id) as client:
            response = client.request(
                "GET", f"/{channel}/{quote(category)}/{self.l10n_tr_nilvera_uuid}/Status", handle_response=False
            )
            return None if response.status_code == UNKNOWN_DOCUMENT else client.handle_response(response)

    def _ask_gateway(self):
        """Override of `subscription_mgmt`: Nilvera knows each document by the number that Odoo gave it on posting.

        Credit notes it cannot be asked about: it refuses a second one of the same number by itself.
        """
        if not self._is_with_nilvera():
            return super()._ask_gateway()
        if self._ask_nilvera() is None:
            return False
        self[STATUS] = "sent"  # what became of it is fetched like that of all others
        self.message_post(body=self.env._("Nilvera has this invoice already. It was not sent again."))
        return True

    def _get_gateway_refusal(self):
        """Override of `subscription_mgmt`: Nilvera's reason, and what the law leaves to do."""
        if not self._is_with_nilvera():
            return super()._get_gateway_refusal()
        status = (self._ask_nilvera() or {}).get("InvoiceStatus") or {}
        told = [status.get("Description"), status.get("DetailDescription")]
        return self.env._(
            "Nilvera: %(reason)s. The number of this invoice cannot be used again: cancel it and bill its period anew.",
            reason=" - ".join(filter(None, told)) or self.env._("refused without a reason"),
        )

    def _withdraw_from_gateway(self):
        """Override of `subscription_mgmt`: an e-invoice that was refused is not used again.

        :raise UserError: always for Nilvera, with its reason.
        """
        if self._is_with_nilvera():
            raise UserError(self._get_gateway_refusal())
        return super()._withdraw_from_gateway()

    @api.model
    def _cron_nilvera_get_invoice_status(self):
        """Override of `l10n_tr_nilvera_einvoice`: it never asks again about what Nilvera once did not know."""
        result = super()._cron_nilvera_get_invoice_status()
        unknown = Domain(STATUS, "=", "unknown") & Domain("move_type", "in", self._l10n_tr_types_to_update_status())
        ours = unknown & Domain("subscription_billing_mode", "in", ("send", "charge"))
        self.search(ours)._l10n_tr_nilvera_get_submitted_document_status()
        return result
