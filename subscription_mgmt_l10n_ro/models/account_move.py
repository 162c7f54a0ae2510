from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# ANAF's word for the stages of `_get_gateway_domain`
STAGES = {
    "open": [False],
    "waiting": ["invoice_not_indexed", "invoice_sent"],
    "refused": ["invoice_refused"],
    "accepted": ["invoice_validated"],
}


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _get_gateway_domain(self, *stages):
        """Override of `subscription_mgmt`: invoices of Romanian companies go through ANAF's SPV."""
        ours = Domain("country_code", "=", "RO") & Domain("move_type", "in", self.get_sale_types())
        states = [state for stage in stages for state in STAGES[stage]]
        return super()._get_gateway_domain(*stages) | ours & Domain("l10n_ro_edi_state", "in", states)

    def _is_with_anaf(self):
        self.ensure_one()
        return self.country_code == "RO" and self.is_sale_document()

    def _ask_gateway(self):
        """Override of `subscription_mgmt`: the SPV cannot be asked for an invoice whose index never came.

        It waits as after a time-out: the synchronisation finds it by its number, or gives it up after some days.
        """
        if not self._is_with_anaf():
            return super()._ask_gateway()
        # sudo: as Odoo itself; nobody makes these by hand
        self.env["l10n_ro_edi.document"].sudo().create({"invoice_id": self.id, "state": "invoice_sent"})
        self.l10n_ro_edi_state = "invoice_not_indexed"
        self.message_post(
            body=self.env._("Sending was interrupted. The SPV is asked for this invoice before it is sent again.")
        )
        return True

    def _get_gateway_refusal(self):
        """Override of `subscription_mgmt`: ANAF's reason."""
        if not self._is_with_anaf():
            return super()._get_gateway_refusal()
        documents = self.sudo().l10n_ro_edi_document_ids  # sudo: as above
        return self.env._("ANAF: %(reason)s", reason=documents.sorted()[:1].message or "")

    def _withdraw_from_gateway(self):
        """Override of `subscription_mgmt`: what ANAF has refused counts as never sent; it is made anew."""
        if not self._is_with_anaf():
            return super()._withdraw_from_gateway()
        record = self.sudo()  # sudo: as above; the document is Odoo's own
        record.l10n_ro_edi_document_ids.unlink()
        record.ubl_cii_xml_id.unlink()
        record.l10n_ro_edi_index = False
        self.invalidate_recordset()
        return None

    def _is_gateway_answer(self, error):
        """Override of `subscription_mgmt`: Odoo's own words for a failure say that nothing was taken.

        A request that timed out is no failure to it: such an invoice waits for its index.
        """
        return super()._is_gateway_answer(error) or (self._is_with_anaf() and isinstance(error, UserError))
