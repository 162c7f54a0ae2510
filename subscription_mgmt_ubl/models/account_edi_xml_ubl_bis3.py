from odoo import models


def get_period_node(period):
    """The period as UBL writes it: first and last day."""
    start, end = period
    return {"cbc:StartDate": {"_text": start}, "cbc:EndDate": {"_text": end}}


class AccountEdiXmlUblBis3(models.AbstractModel):
    """Peppol BIS 3 and what is built on it: the semantic model of EN 16931."""

    _inherit = "account.edi.xml.ubl_bis3"

    def _add_invoice_header_nodes(self, document_node, vals):
        """Override of `account_edi_ubl_cii` to add the period (BG-14) and the contract (BT-12).

        The standard has room for one reference: an invoice for several contracts names them all in it.
        """
        result = super()._add_invoice_header_nodes(document_node, vals)
        invoice = vals["invoice"]
        period = invoice._get_billed_period()
        if period:
            document_node["cac:InvoicePeriod"] = get_period_node(period)
        # sudo: people of accounting may not see contracts
        names = invoice.sudo()._get_billed_contracts().sorted("id").mapped("name")
        if names:
            document_node["cac:ContractDocumentReference"] = {"cbc:ID": {"_text": ", ".join(names)}}
        return result

    def _add_invoice_line_period_nodes(self, line_node, vals):
        """Override of `account_edi_ubl_cii` to add the period of the line (BG-26), where lines differ in it."""
        result = super()._add_invoice_line_period_nodes(line_node, vals)
        line = vals["base_line"].get("record")
        periods = vals["invoice"]._get_billed_periods() if line else {}
        if line and line.id in periods and len(set(periods.values())) > 1:
            line_node["cac:InvoicePeriod"] = get_period_node(periods[line.id])
        return result
