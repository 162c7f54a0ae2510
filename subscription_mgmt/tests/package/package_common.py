from datetime import date
from unittest.mock import patch

from odoo.fields import Command

from ..common import SubscriptionCommon

DAY = date(2026, 3, 10)


class PackageCommon(SubscriptionCommon):
    """Two departments, a credit package of 10 for 100.00, a period package of 30 days for 50.00, both on sale.

    Today is 10 March 2026 unless a test says otherwise.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"email": "info@yildiz.example.com", "lang": "en_US"})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ayşe", "parent_id": cls.customer.id, "email": "ayse@yildiz.example.com", "lang": "en_US"}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Rival Ltd.", "is_company": True})
        cls.support, cls.training = cls.env["subscription.department"].create(
            [
                {"name": "Support", "credits_per_request": 3},
                {"name": "Training", "credits_per_request": 5},
            ]
        )
        cls.credit = cls.make_package(name="Credit 10", kind="credit", credits=10, price=100.0)
        cls.period = cls.make_package(name="Month", kind="period", duration_days=30, price=50.0)
        cls.tickets = cls.env["res.partner"].create([{"name": f"Ticket {n}"} for n in range(20)])

    def setUp(self):
        super().setUp()
        self.set_today(DAY)

    def set_today(self, day):
        """Let the company believe it is this day."""
        company = type(self.env["res.company"])
        self.startPatcher(patch.object(company, "_subscription_today", lambda company: day))
        self.env.invalidate_all()

    @classmethod
    def make_package(cls, publish=True, **values):
        package = cls.env["subscription.package"].create(
            {
                "product_id": cls.product.id,
                "department_ids": [Command.set(cls.support.ids)],
                **values,
            }
        )
        if publish:
            package.action_publish()
        return package

    @classmethod
    def grant(cls, package, customer=None, day=DAY, **values):
        return package._grant(customer or cls.customer, day, **values)

    def consume(self, source, department=None, day=DAY, customer=None):
        return (customer or self.customer)._consume_credits(department or self.support, source, day)

    def left(self, customer=None):
        """Balance of the customer: the sum of his ledger."""
        moves = self.env["subscription.credit.move"].search([("partner_id", "=", (customer or self.customer).id)])
        return sum(moves.mapped("credits"))


class PurchaseCommon(PackageCommon):
    """The same with the demo payment provider, whose answers the tests give themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        cls.provider = demo.search([("code", "=", "demo"), ("company_id", "=", cls.company.id)], limit=1) or demo.copy(
            {"company_id": cls.company.id, "state": "disabled"}
        )
        journal = cls.company_data["default_journal_bank"]
        cls.provider.write({"state": "test", "is_published": True, "journal_id": journal.id})
        line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == cls.provider)
        line.payment_account_id = cls.company_data["default_account_receivable"].copy(
            {"account_type": "asset_current", "reconcile": True}
        )
        journal.outbound_payment_method_line_ids[:1].payment_account_id = line.payment_account_id
        cls.card = cls.provider.payment_method_ids[:1]
        cls.company.write(
            {"subscription_office_email": "office@example.com", "subscription_office_email_cc": "boss@example.com"}
        )

    @classmethod
    def make_tx(cls, package, partner=None, **values):
        """A transaction as the portal makes it, not reported yet."""
        partner = partner or cls.contact
        return (
            cls.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": cls.provider.id,
                    "payment_method_id": cls.card.id,
                    "reference": f"PKG-{cls.env['payment.transaction'].sudo().search_count([])}",
                    "amount": package._get_total(partner.commercial_partner_id),
                    "currency_id": package.currency_id.id,
                    "partner_id": partner.id,
                    "operation": "online_direct",
                    "subscription_package_id": package.id,
                    **values,
                }
            )
        )

    def report(self, tx, state="done", process=True):
        """The provider reports; then what the browser's page or the cron does follows."""
        tx._process("demo", {"reference": tx.reference, "simulated_state": state, "payment_details": "1234"})
        if process and not tx.is_post_processed:
            tx._post_process()

    def buy(self, package, **values):
        tx = self.make_tx(package, **values)
        self.report(tx)
        return tx

    def get_mails(self):
        """Mails about packages in the queue."""
        return self.env["mail.mail"].sudo().search([("model", "=", "subscription.entitlement")], order="id")
