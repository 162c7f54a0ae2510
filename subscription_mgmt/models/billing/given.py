"""Entries that come complete, and what follows from their values."""

from odoo import api, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "subscription.given.mixin"]

    def _check_company(self, fnames=None):
        """Override of `base` to check the companies of a batch all at once; where one is wrong, Odoo says which."""
        if self._is_complete() and fnames is None and len(self.company_id) == 1 and self._is_of_company():
            return None
        return super()._check_company(fnames)

    def _is_of_company(self):
        """Whether all that these records of one company point to may be used in it."""
        checked = [name for name, field in self._fields.items() if field.relational and field.check_company]
        for name in checked:
            # sudo: as Odoo checks it
            records = self.sudo().with_context(active_test=False).mapped(name)
            if records != records.filtered_domain(records._check_company_domain(self.company_id)):
                return False
        return True


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "subscription.given.mixin"]

    def _check_company(self, fnames=None):
        """Override of `base`: the companies of a batch were checked once per product, not once per line."""
        return None if self._is_complete() else super()._check_company(fnames)

    @api.model
    def _get_following_values(self, vals):
        move = self.env["account.move"].browse(vals["move_id"])
        company = move.company_id
        if vals["display_type"] not in ("product", "tax", "payment_term"):
            return {}
        part = self.env["account.tax.repartition.line"].browse(vals.get("tax_repartition_line_id"))
        balance = vals["balance"]
        values = {
            "journal_id": move.journal_id.id,
            "company_id": company.id,
            "company_currency_id": company.currency_id.id,
            "is_storno": False,
            "debit": max(balance, 0.0),
            "credit": max(-balance, 0.0),
            "tax_line_id": part.tax_id.id,
            "tax_group_id": part.tax_id.tax_group_id.id,
        }
        if vals["display_type"] == "product":
            return values
        values |= {"product_uom_id": False, "price_unit": 0.0, "tax_ids": []}
        # Instalments are numbered.
        return values | ({} if len(move.invoice_payment_term_id.line_ids) > 1 else {"name": False})
