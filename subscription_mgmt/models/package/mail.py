"""Mails about packages. They only join the queue: a mail server that fails never undoes a purchase (LIM-24, LIM-25)."""

from odoo import api, models
from odoo.fields import Domain

from ..common.batches import Job

REMIND = Job("subscription.wallet", "_get_reminder_domain", "_remind", "remind", size=1)


class SubscriptionEntitlement(models.Model):
    _inherit = "subscription.entitlement"

    def _send_purchase_mails(self):
        """Queue the mails to the office and to the buyer; an address that is missing is skipped."""
        self.ensure_one()
        company = self.company_id
        if company.subscription_office_email or company.subscription_office_email_cc:
            self._queue_mail("subscription_mgmt.mail_template_package_office")
        if (self.buyer_id or self.partner_id).email:
            self._queue_mail("subscription_mgmt.mail_template_package_buyer")

    def _queue_mail(self, template):
        """Put one mail into the queue; a template that cannot be rendered is told, and nothing else happens."""
        # sudo: the buyer need not be allowed to read templates
        found = self.env.ref(template, raise_if_not_found=False)
        if not found:
            return
        work = lambda ones: found.sudo().send_mail(ones.id)  # noqa: E731
        self._isolate("mail", work, self.company_id._subscription_today())
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


class SubscriptionWallet(models.Model):
    _inherit = "subscription.wallet"

    def _get_proposal(self):
        """Package on sale that the customer would buy next; empty when there is none.

        Credit: the smallest that fills the gap to the target of the company, else the largest; the one he had first.
        """
        self.ensure_one()
        last = self.env["subscription.entitlement"].search(list(self._get_domain()), order="id desc", limit=1)
        kind = self.kind or last.kind
        packages = self.env["subscription.package"].search(
            [("company_id", "=", self.company_id.id), ("is_published", "=", True), ("kind", "=", kind)]
        )
        if kind != "credit":
            return (packages & last.package_id) or packages[:1]
        gap = self.company_id._get_top_up(self.credits_left)
        enough = packages.filtered(lambda package: package.credits >= gap).sorted("credits")
        return enough[:1] or packages.sorted("credits")[-1:]

    def _remind(self, date_ref):
        """Tell the customers once that their package runs low or ends soon, and propose the next."""
        template = self.env.ref("subscription_mgmt.mail_template_package_reminder", raise_if_not_found=False)
        for wallet in self.filtered(lambda wallet: template and wallet.partner_id.email):
            template.send_mail(wallet.id)
            wallet.date_reminded = date_ref

    @api.model
    def _get_reminder_domain(self, company, _date_ref):
        """Customers not yet reminded whose package runs low or ends soon, where the company wants it."""
        if not company.subscription_reminder:
            return Domain.FALSE
        soon = Domain("is_low", "=", True) | Domain("is_expiring", "=", True)
        return Domain("company_id", "=", company.id) & Domain("date_reminded", "=", False) & soon

    def _get_alert_target(self):
        """Tasks about a balance stand on the customer."""
        return self.partner_id

    @api.model
    def _cron_remind(self):
        """Remind the customers of companies that want it; commits after each."""
        self.env["subscription.batches"]._run(REMIND)
