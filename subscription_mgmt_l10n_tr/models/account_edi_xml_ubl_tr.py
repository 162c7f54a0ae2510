from odoo import models

from odoo.addons.subscription_mgmt_ubl.models.account_edi_xml_ubl_bis3 import get_period_node

CONTRACTS = "cac:ContractDocumentReference"
BEFORE = "cac:AdditionalDocumentReference"


class AccountEdiXmlUblTr(models.AbstractModel):
    _inherit = "account.edi.xml.ubl.tr"

    def _add_invoice_header_nodes(self, document_node, vals):
        """Override of `l10n_tr_nilvera_einvoice` to add the period, and each contract with its day.

        UBL-TR has them on the invoice as a whole only.
        """
        result = super()._add_invoice_header_nodes(document_node, vals)
        invoice = vals["invoice"]
        period = invoice._get_billed_period()
        if period:
            document_node["cac:InvoicePeriod"] = get_period_node(period)
        # sudo: people of accounting may not see contracts
        contracts = invoice.sudo()._get_billed_contracts().sorted("id")
        if contracts:
            document_node[CONTRACTS] = [
                {"cbc:ID": {"_text": contract.name}, "cbc:IssueDate": {"_text": contract.date_start}}
                for contract in contracts
            ]
        return result

    def _get_document_template(self, vals):
        """Override of `l10n_tr_nilvera_einvoice_extended`: its order of elements knows of no contracts.

        They are part of UBL-TR, right before the additional documents.
        """
        template = super()._get_document_template(vals)
        if CONTRACTS in template:
            return template
        extended = {}
        for tag, node in template.items():
            if tag == BEFORE:
                extended[CONTRACTS] = {"cbc:ID": {}, "cbc:IssueDate": {}}
            extended[tag] = node
        return extended
