"""Billing in the background: the hourly run of each company, and runs that a person started."""

from psycopg2 import OperationalError

from odoo import api, models

from .subscription_billing_run import POST_BATCH


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    @api.model
    def _start(self, company, date_ref, contracts=None, hold=False):
        """Queue a run and wake the cron: for more than a person should wait for. Its form shows the progress.

        :param contracts: only these; default: everything due.
        """
        run = self._open(company, date_ref, hold)
        run.write({"state": "queued", "chosen_ids": [(6, 0, (contracts or self.chosen_ids).ids)]})
        # sudo: starting a run is enough to have it carried out
        self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").sudo()._trigger()
        return run

    @api.model
    def _cron_bill_due(self):
        """Carry out runs that people started or that were interrupted, then bill what is due; commits per batch."""
        for run in self.search([("state", "!=", "done")], order="id"):
            if not run._cron_carry_out(run.company_id, run.date_ref, run.chosen_ids or None):
                return
        for company in self._get_billing_companies():
            if not self._cron_carry_out(company, company._subscription_today()):
                return

    def _cron_carry_out(self, company, date_ref, contracts=None):
        """Bill one company batch by batch, then post. An empty set opens its run when something is due.

        :return: False when the time is up; the run goes on with the next call.
        """
        cron, run = self.env["ir.cron"], company._work_for(self)
        batches = list(run._get_due_batches(company, date_ref, contracts))
        remaining = sum(map(len, batches))
        if run:
            run.write({"state": "running", "total_count": run.done_count + remaining})
        cron._commit_progress(remaining=remaining)
        for batch in batches:
            try:
                run = run or run._open_with_total(company, date_ref, remaining)
                run._bill_batch(batch)
            except OperationalError:
                # Another worker was faster with some of these contracts: what is left comes up at the next run.
                self.env.cr.rollback()
                run = run.exists()
                continue
            run._forget()
            if not cron._commit_progress(len(batch)):
                return False
        if not self._cron_post_company(company, date_ref):
            return False
        run._finish()
        cron._commit_progress()
        return True

    @api.model
    def _open_with_total(self, company, date_ref, total):
        run = self._open(company, date_ref)
        run.total_count = total
        return run

    @api.model
    def _cron_post_company(self, company, today):
        """Post what billing left in draft, of earlier interrupted runs too. False when the time is up."""
        moves = company._work_for(self.env["account.move"]).search(self._get_post_domain(company, today), order="id")
        for start in range(0, len(moves), POST_BATCH):
            moves[start : start + POST_BATCH]._subscription_post(today)
            self._forget()
            if not self.env["ir.cron"]._commit_progress():
                return False
        return True
