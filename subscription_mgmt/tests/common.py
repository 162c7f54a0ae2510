from datetime import date

from odoo.fields import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class SubscriptionCommon(AccountTestInvoicingCommon):
    """A company that runs subscriptions, with a chart of accounts, a product with 20 % tax and a customer.

    The date of billing is always given, so that no test depends on the day it runs.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.company.write({"subscription_enabled": True, "subscription_analytic": False})
        cls.env.user.group_ids += cls.env.ref("subscription_mgmt.group_subscription_manager")
        cls.env.user.group_ids += cls.env.ref("subscription_mgmt.group_subscription_billing")
        cls.tax = cls.tax_sale_a.copy({"name": "VAT 20%", "amount": 20})
        cls.product = cls.env["product.product"].create(
            {"name": "Internet", "type": "service", "list_price": 100.0, "taxes_id": [Command.set(cls.tax.ids)]}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Yıldız Ltd.", "is_company": True})
        cls.reason = cls.env.ref("subscription_mgmt.close_reason_customer")

    @classmethod
    def make_contract(cls, lines=({},), activate=True, **values):
        """A contract from 1 January 2026; each line is a dict of what differs from 100.00 a month in advance."""
        contract = cls.env["subscription.contract"].create(
            {
                "subject": "Internet",
                "partner_id": cls.customer.id,
                "date_start": date(2026, 1, 1),
                "line_ids": [
                    Command.create({"product_id": cls.product.id, "price_unit": 100.0, **line}) for line in lines
                ],
                **values,
            }
        )
        if activate:
            contract.action_activate()
        return contract

    @classmethod
    def bill(cls, date_ref, **kwargs):
        """Bill what is due on the day; returns the run."""
        return cls.env["subscription.billing.run"]._bill_due(date_ref, companies=cls.company, **kwargs)

    @classmethod
    def carry_out(cls, job, date_ref):
        """Do a job of the night in the company, without its commits; returns the records that were found for it."""
        frame = cls.env["subscription.batches"].with_company(cls.company)
        found = frame.env[job.model].search(cls.get_domain(job, date_ref), order=job.order)
        frame._carry_out(job, found, date_ref)
        return found

    @classmethod
    def get_domain(cls, job, date_ref):
        """What the night would find for a job in the company on the day."""
        return cls.env["subscription.batches"].with_company(cls.company)._get_domain(job, date_ref)

    def count_queries(self, work):
        """How many queries the work takes, from an empty cache to everything written."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def assertPlan(self, contract, expected, state=None):
        """The plan's rows are these (date_from, date_to, subtotal), in order of their days."""
        rows = contract.installment_ids.filtered(lambda row: not state or row.state == state)
        found = [(row.date_from, row.date_to, row.price_subtotal) for row in rows.sorted("date_from")]
        self.assertEqual(found, expected)
