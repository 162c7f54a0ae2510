"""Billing in the background: the hourly run of each company, and runs that a person started."""

from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Domain

from ..common.batches import Job
from .subscription_billing_run import POST_BATCH, UNDER_WAY

# Contracts that share an invoice are claimed together or not at all: billing sees to that, and to failures, by itself.
BILL = Job("subscription.contract", "", "_bill_in_run", claim=False)
POST = Job(
    "account.move", "_get_subscription_post_domain", "_subscription_post", "post", size=POST_BATCH, apart="journal_id"
)
# Of the locks that a session of the database holds on plain numbers: those on runs
RUNS = 1937011301


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    @api.model
    def _start(self, company, date_ref, contracts=None, hold=False, date_invoice=None):
        """Queue a run and wake the cron: for more than a person should wait for. Its form shows the progress.

        :param contracts: only these, an empty choice is nothing; default: everything due.
        :param date_invoice: as in `_bill_due`.
        """
        run = self._open(company, date_ref, hold, date_invoice)
        only = {} if contracts is None else {"is_chosen": True, "chosen_ids": [(6, 0, contracts.ids)]}
        run._write_sealed({"state": "queued", **only})
        # sudo: starting a run is enough to have it carried out
        self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").sudo()._trigger()
        return run

    @api.model
    def _cron_bill_due(self):
        """Carry out runs that people started or that were interrupted, then bill what is due; commits per batch."""
        companies = self.env["res.company"]._get_subscription_companies()
        for left, company in zip(range(len(companies) - 1, -1, -1), companies, strict=True):
            runs = company._work_for(self)
            waiting = runs.search(Domain("company_id", "=", company.id) & Domain("state", "in", UNDER_WAY), order="id")
            for run in (*waiting, runs.browse()):
                with run._hold() as is_free:
                    if is_free and not run._carry_on(company, ahead=left):
                        return
                if runs._is_under_way():
                    runs.env["ir.cron"]._commit_progress(remaining=left)
                    break

    @api.model
    def _is_under_way(self):
        """Whether batches of the company one works in are still being billed or posted, by a queue."""
        frame = self.env["subscription.batches"]
        return frame._is_under_way(BILL) or frame._is_under_way(POST)

    @contextmanager
    def _hold(self):
        """Keep other workers from carrying out the same run, over all transactions that it takes.

        The lock belongs to the session of the database, so it goes when the worker is killed.

        :return: context manager; False when another worker has the run.
        """
        cr = self.env.cr
        if not self:
            yield True
            return
        cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [RUNS, self.id])
        [is_free] = cr.fetchone()
        try:
            # What whoever held it before has made of the run is seen from now on.
            self.env["ir.cron"]._commit_progress()
            self.env.invalidate_all()
            yield is_free
        except BaseException:
            # In a transaction that has failed the lock could not be given back.
            cr.rollback()
            raise
        finally:
            if is_free:
                cr.execute("SELECT pg_advisory_unlock(%s, %s)", [RUNS, self.id])

    def _carry_on(self, company, ahead=0):
        """Carry out the run as it was ordered, unless another worker has finished it since it was found."""
        if self and self.state not in UNDER_WAY:
            return True
        date_ref = self.date_ref or company._subscription_today()
        return self._carry_out(date_ref, self.chosen_ids if self.is_chosen else None, ahead)

    def _carry_out(self, date_ref, contracts=None, ahead=0):
        """Bill the company one works in, then post. An empty set opens its run when something is due.

        Where a queue does the work, the run goes on step by step, each time all batches of a step are done.

        :param ahead: companies that follow.
        :return: False when the time is up; the run goes on with the next call.
        """
        run, company, frame = self, self.env.company, self.env["subscription.batches"]
        if frame._is_under_way(BILL):
            return True
        batches = list(run._get_due_batches(company, date_ref, contracts))
        if batches:
            run = run or run._open(company, date_ref)
        if run:
            run._go_on(batches)
        if not frame._run_batches(BILL, batches, date_ref, ahead=ahead + 1, run_id=run.id):
            return False
        if frame._is_under_way(BILL):
            return True
        # What earlier, interrupted runs left in draft is posted, too.
        if not frame._run_job(POST, date_ref, ahead=ahead):
            return False
        if frame._is_under_way(POST):
            return True
        run._finish()
        self.env["ir.cron"]._commit_progress()
        return True

    def _go_on(self, batches):
        """Say that the run is being carried out, and how many contracts it has, with those handled before."""
        done, *_rest = self.env["subscription.billing.part"]._sum_up(self).get(self, (0,))
        self._write_sealed({"state": "running", "total_count": done + sum(map(len, batches))})


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _bill_in_run(self, _date_ref, run_id):
        """Bill what is due of these contracts in a run, unless it was undone or ended while the batch waited."""
        run = self.env["subscription.billing.run"].browse(run_id).exists()
        if run.state in UNDER_WAY:
            run._bill_batch(self)

    def action_retry_billing(self):
        """Bill the contracts now, without waiting for the next try."""
        runs = self.env["subscription.billing.run"]
        for company in self.company_id:
            runs += runs._bill_due(company._subscription_today(), contracts=self, companies=company)
        return runs._get_form_action() if runs else True
