from odoo import fields, models
from odoo.tools import SQL

from .money import get_sums
from .subscription_outlook import KINDS, SubscriptionOutlook


class SubscriptionOutlookSum(models.Model):
    """What the money to come adds up to by day, company and product: groups that ask for no contract are read here.

    Nothing is kept: the database adds up each part by itself, in several workers, and hands on a few thousand sums.
    """

    _name = "subscription.outlook.sum"
    _description = "Sums of Money to Come"
    _auto = False
    _depends = SubscriptionOutlook._depends
    _sums_by = ("flow", "kind", "is_expected", "date", "product_id", "company_id", "company_currency_id")
    _sums_values = ("amount", "amount_untaxed")

    flow = fields.Selection(
        selection=lambda self: self.env["subscription.outlook"]._fields["flow"].selection,
        string="Invoices or Payments",
        readonly=True,
    )
    kind = fields.Selection(selection=KINDS, readonly=True)
    is_expected = fields.Boolean(string="Expected", readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    company_currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    amount_untaxed = fields.Monetary(string="Untaxed Amount", currency_field="company_currency_id", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)

    @property
    def _table_query(self):
        money = self.env["subscription.outlook"]
        return SQL(
            """
            SELECT sums.*, company.currency_id AS company_currency_id
              FROM (%s) sums
         LEFT JOIN res_company company ON company.id = sums.company_id
            """,
            get_sums(money._get_parts(is_whole=True), money._get_readable(SQL("part.contract_id"))),
        )
