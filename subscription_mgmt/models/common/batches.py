"""The frame of everything that the night does: one way to find, claim, do, set aside and commit.

What a job does is named, not handed over, so that a queue can carry it to another process.
"""

import logging
from itertools import chain, zip_longest
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class Job(NamedTuple):
    """One thing that is done to the records of a model, company by company.

    :ivar model: whose records.
    :ivar domain: method of the model that gives the records to do, called with (company, date_ref, **options).
    :ivar work: method of the records that does it, called with (date_ref, **options).
    :ivar step: under which a failure is set aside; empty: the work sees to failures and to its transactions itself.
    :ivar size: records that are claimed, done and committed together.
    :ivar apart: field by which batches are kept apart: records of one value hold each other up, as the numbers of a
        journal do.
    :ivar alone: each record in a savepoint of its own: what is dear to do is not done again because another one fails.
    :ivar claim: whether they are locked first, and looked at again; not where the work claims them by itself.
    """

    model: str
    domain: str
    work: str
    step: str = ""
    size: int = 100
    order: str = "id"
    apart: str = ""
    claim: bool = True
    alone: bool = False


class SubscriptionBatches(models.AbstractModel):
    _name = "subscription.batches"
    _description = "Batches of the Night"

    @api.model
    def _run(self, *jobs):
        """Do the jobs in every company that runs subscriptions, in its language; commits per batch.

        :return: False when the time is up; what is left is found by the next call.
        """
        companies = self.env["res.company"]._get_subscription_companies()
        ahead = len(companies) * len(jobs)
        for company in companies:
            ahead -= len(jobs)
            if not company._work_for(self)._run_in_company(jobs, company._subscription_today(), ahead):
                return False
        return True

    @api.model
    def _run_in_company(self, jobs, date_ref, ahead):
        """Do the jobs in the current company, one after the other.

        :param ahead: jobs of the companies that follow.
        """
        left = ahead + len(jobs)
        for job in jobs:
            left -= 1
            if not self._run_job(job, date_ref, ahead=left):
                return False
            if self._is_under_way(job):
                # What follows in this company builds on it; whoever does it has the night come back.
                self.env["ir.cron"]._commit_progress(remaining=ahead)
                break
        return True

    @api.model
    def _run_job(self, job, date_ref, ahead=0, **options):
        """Do one job in the current company.

        :param ahead: jobs that follow: as long as there are some, Odoo has to come back when the time is up.
        :param options: plain values for domain and work.
        """
        if self._is_under_way(job):
            return True
        records = self.env[job.model]
        due = records.search(self._get_domain(job, date_ref, **options), order=job.order)
        return self._run_batches(job, self._split(due, job.size, job.apart), date_ref, ahead, **options)

    @api.model
    def _split(self, records, size, apart=""):
        """Batches of the records in their order.

        :param apart: field by which batches are kept apart. Its values take turns, so that workers who come one after
            the other work on different ones.
        """
        parts = {}
        if apart and records:
            groups = records._read_group(Domain("id", "in", records.ids), [apart], ["id:array_agg"])
            values = {record_id: value for value, ids in groups for record_id in ids}
            for record_id in records.ids:
                parts.setdefault(values.get(record_id), []).append(record_id)
        else:
            parts[None] = records.ids
        batches = [[records.browse(ids[at : at + size]) for at in range(0, len(ids), size)] for ids in parts.values()]
        return [batch for batch in chain.from_iterable(zip_longest(*batches)) if batch]

    @api.model
    def _run_batches(self, job, batches, date_ref, ahead=0, **options):
        """Do these batches of one job, each in a transaction of its own.

        A lost race is rolled back and tried once more after all others: whoever was faster has done it, or the next run
        finds it.
        """
        cron = self.env["ir.cron"]
        left = sum(map(len, batches))
        cron._commit_progress(remaining=left + ahead)
        lost = []
        for batch in chain(batches, lost):
            is_over = self._try_batch(job, batch, date_ref, **options) or batch in lost
            if not is_over:
                lost.append(batch)
            # What is done is not looked at again: memory stays flat.
            self.env.invalidate_all(flush=False)
            done = len(batch) if is_over else 0
            left -= done
            if not cron._commit_progress(done, remaining=left + ahead):
                return False
        return True

    @api.model
    def _try_batch(self, job, batch, date_ref, **options):
        """Do one batch; False when another worker was faster with something in it, and nothing was done."""
        try:
            self._dispatch(job, batch.browse(batch.ids), date_ref, **options)
            self.env.flush_all()
        except OperationalError:
            self.env.cr.rollback()
            _logger.info("%s.%s left to another worker: %s", job.model, job.work, batch.ids)
            return False
        return True

    @api.model
    def _dispatch(self, job, records, date_ref, **options):
        """Have a batch done: here and now. A queue overrides this to have it done by :meth:`_carry_out` elsewhere."""
        self._carry_out(job, records, date_ref, **options)

    @api.model
    def _is_under_way(self, _job):
        """Whether batches of the job are still to be done elsewhere, in the current company: never here.

        A queue overrides this. Until they are done nothing more of the job is handed over, and nothing that follows it
        begins; the last of them has to trigger the scheduled action again.
        """
        return False

    @api.model
    def _carry_out(self, job, records, date_ref, **options):
        """Claim the records, leave out what others hold or have done since, and do the work.

        :raise OperationalError: another worker was faster; nothing was done.
        """
        if job.claim:
            records = records.try_lock_for_update(allow_referencing=True)
            again = self._get_domain(job, date_ref, **options) & Domain("id", "in", records.ids)
            records = records.search(again, order=job.order)
        if records and job.step:
            records._isolate(job.step, lambda part: getattr(part, job.work)(date_ref, **options), date_ref, job.alone)
        elif records:
            getattr(records, job.work)(date_ref, **options)

    @api.model
    def _get_domain(self, job, date_ref, **options):
        """Records to do in the current company on the day, without those set aside until later."""
        records = self.env[job.model]
        domain = Domain(getattr(records, job.domain)(self.env.company, date_ref, **options))
        return domain & records._get_not_parked_domain(job.step, date_ref) if job.step else domain

    @api.model
    def _wake(self):
        """Have all jobs of the suite look for work now."""
        # sudo: to find the scheduled actions of this add-on
        ours = self.env["ir.model.data"].sudo()
        ours = ours.search([("module", "=", "subscription_mgmt"), ("model", "=", "ir.cron")])
        for cron in self.env["ir.cron"].sudo().browse(ours.mapped("res_id")):
            cron._trigger()
