"""From checked rows to contracts: all of a file in the running transaction."""

from odoo import fields, models
from odoo.fields import Command

from ..tools.import_rows import DEFAULTS

CHUNK = 500  # contracts made in one go; memory stays flat

# Column → field. Two columns for one field: one of them is filled.
CONTRACT_FIELDS = {
    "subject": "subject",
    "date_start": "date_start",
    "date_end": "date_end",
    "individual_customer": "partner_id",
    "corporate_customer": "partner_id",
    "invoice_individual": "invoice_partner_id",
    "invoice_corporate": "invoice_partner_id",
    "contact": "contact_id",
    "category": "category_id",
    "service_category": "service_category_id",
    "payment_method": "payment_method_line_id",
    "payment_term": "payment_term_id",
    "project": "project_id",
    "asset": "equipment_id",
    "branch": "company_id",
    "sales_rep": "employee_id",
    "special_code": "special_code",
    "note": "note",
}
LINE_FIELDS = {
    "product": "product_id",
    "quantity": "quantity",
    "price": "price_unit",
    "discount": "discount",
    "interval": "interval",
    "unit": "interval_unit",
    "repetitions": "repetitions",
    "prorate": "prorate",
    "paid_until": "paid_until",
}


class SubscriptionImport(models.TransientModel):
    _inherit = "subscription.import"

    def _prepare_contract_values(self, contract, records, company):
        """Values of a contract of the file.

        Whatever has a default or a compute that would ask the database is handed over: it is known here already.
        A blank cell is an empty field, but for the payment terms, which are then those of the customer.
        """
        values = dict.fromkeys(CONTRACT_FIELDS.values(), False)
        for key, name in CONTRACT_FIELDS.items():
            if key in contract.values:
                value = contract.values[key]
                values[name] = records[key][value].id if key in records else value
        partner = values["partner_id"]
        values.update(
            name=contract.number,
            external_ref=contract.number,
            company_id=company.id,
            currency_id=company.currency_id.id,
            invoice_partner_id=values["invoice_partner_id"] or partner,
            service_address_id=partner,
            billing_mode=company.subscription_billing_mode or "post",
            line_ids=[Command.create(self._prepare_line_values(row, records)) for row in contract.rows],
        )
        if not values["payment_term_id"]:
            del values["payment_term_id"]
        return values

    def _prepare_line_values(self, row, records):
        values = {
            name: row.values.get(key, DEFAULTS.get(key, False)) for key, name in LINE_FIELDS.items() if key != "product"
        }
        return {
            **values,
            "product_id": records["product"][row.values["product"]].id,
            "date_start": row.values["date_start"],
        }

    def _create_contracts(self, result):
        """Make the contracts of a file without problems; nothing is sent, posted or planned by it.

        :return: the batch; an empty one when every contract was there already
        """
        batches = self.env["subscription.import.batch"]
        if not result.new:
            return batches
        batch = batches.create(self._prepare_batch_values(result))
        contracts = self.env["subscription.contract"].with_context(
            allowed_company_ids=(self._get_companies() & self.env.user.company_ids).ids,
            subscription_import=True,
            tracking_disable=True,
            mail_create_nosubscribe=True,
        )
        for start in range(0, len(result.new), CHUNK):
            values_list = [values for values, _contract in result.new[start : start + CHUNK]]
            contracts.create([{**values, "import_batch_id": batch.id} for values in values_list])
            self.env.flush_all()
        return batch

    def _prepare_batch_values(self, result):
        return {
            "name": self.filename or self.env._("Import"),
            "file": self.with_context(bin_size=False).file,
            "filename": self.filename,
            "user_id": self.env.user.id,
            "date": fields.Datetime.now(),
            "company_id": self.company_id.id,
            "row_count": result.row_count,
            "done_count": len(result.new),
            "unchanged_count": result.unchanged_count,
        }
