"""Batches of the night as jobs of a queue: any worker of any server does them.

What is to be done is always found from the records themselves. A job only carries a batch to a worker: one that is
deleted, done twice or overtaken loses nothing and does nothing twice, since whoever does it claims and looks again.
"""

import hashlib
import json
import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import DONE, ENQUEUED, FAILED, PENDING, STARTED, WAIT_DEPENDENCIES
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.addons.subscription_mgmt.models.billing import background, delivery, gateway, network
from odoo.addons.subscription_mgmt.models.charging import sending
from odoo.addons.subscription_mgmt.models.contract import plan
from odoo.addons.subscription_mgmt.models.importing import activation
from odoo.addons.subscription_mgmt.models.recurrence import preparation, state

_logger = logging.getLogger(__name__)

# Channel below root.subscription for each job that goes through the queue; the others are done here and now.
CHANNELS = {
    background.BILL: "billing",
    background.POST: "posting",
    gateway.HAND_IN: "sending",
    delivery.SEND: "sending",
    network.OVER_NETWORK: "sending",
    delivery.MAIL: "sending",
    sending.PREPARE: "charging",
    sending.SEND: "charging",
    sending.ASK: "charging",
    sending.BOOK: "charging",
    state.GENERATE: "generation",
    preparation.PREPARE: "generation",
    activation.ACTIVATE: "activation",
    plan.EXTEND: "extension",
}
# Begins the identity key of every job of ours.
PREFIX = "subscription"
OPEN = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, STARTED)
# Lost races and dead workers that a job survives; after that the scheduled action finds its records again.
MAX_TRIES = 20
# A batch that was done and is still due (somebody held its records) is tried so often at once, then left for a while.
AT_ONCE = 3
A_WHILE = timedelta(minutes=10)
# Batches of several companies are done in turns, since the numbers of one journal are given out one after the other.
FIRST_PRIORITY = 10
MOST_TURNS = 1000


def get_name(job):
    """The name of a job of the night, under which another process finds it."""
    return f"{job.model}.{job.work}"


class SubscriptionBatches(models.AbstractModel):
    _inherit = "subscription.batches"

    # === HANDING OVER === #
    @api.model
    def _get_queue_channels(self):
        """Job to the name of its channel below root.subscription. Another add-on adds its own jobs here."""
        return CHANNELS

    @api.model
    def _is_runner_alive(self):
        """Whether a job runner looks after this database: it holds this lock as long as it does."""
        self.env.cr.execute(
            """SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                WHERE datname = current_database() AND locktype = 'advisory' AND granted
                  AND classid = %s AND objid = %s AND objsubid = 1""",
            [PG_ADVISORY_LOCK_ID >> 32, PG_ADVISORY_LOCK_ID & 0xFFFFFFFF],
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _is_queued(self, job):
        """Whether batches of the job go through the queue now. Without a runner they would wait there for ever."""
        return job in self._get_queue_channels() and self._is_runner_alive()

    @api.model
    def _dispatch(self, job, records, date_ref, **options):
        """Override: have the batch done by whichever worker is free."""
        if not self._is_queued(job):
            return super()._dispatch(job, records, date_ref, **options)
        key = self._get_identity(job, records.ids, date_ref, options)
        if self._was_tried(key):
            _logger.info("%s left for a while: %s", get_name(job), records.ids)
            return None
        channel = self._get_queue_channels()[job]
        delayed = self.delayable(
            channel=f"root.subscription.{channel}",
            identity_key=key,
            priority=FIRST_PRIORITY + self._get_jobs().search_count(self._get_open_domain(job), limit=MOST_TURNS),
            max_retries=MAX_TRIES,
            description=self._describe_batch(channel, len(records)),
        )
        # Work that claims by itself commits between its steps, which a job has to be allowed.
        do = delayed._do_queued if job.claim else delayed._do_queued_in_steps
        return do(get_name(job), records.ids, date_ref, options).delay()

    @api.model
    def _is_under_way(self, job):
        """Override: whether batches of the job are still to be done by some worker."""
        if not self._is_queued(job):
            return super()._is_under_way(job)
        return bool(self._get_jobs().search_count(self._get_open_domain(job), limit=1))

    @api.model
    def _get_identity(self, job, ids, date_ref, options):
        """Key of a batch: company, scheduled action to wake when it is done, job, and what exactly is to be done."""
        what = json.dumps([ids, date_ref.isoformat(), options], sort_keys=True, default=str)
        digest = hashlib.sha256(what.encode()).hexdigest()[:32]
        cron = self.env.context.get("cron_id") or 0
        return f"{PREFIX}:{self.env.company.id}:{cron}:{get_name(job)}:{digest}"

    @api.model
    def _get_jobs(self):
        # sudo: jobs belong to the administrator of the queue
        return self.env["queue.job"].sudo()

    @api.model
    def _get_open_domain(self, job):
        """Batches of a job that the current company waits for."""
        mine = f"{PREFIX}:{self.env.company.id}:%:{get_name(job)}:%"
        return Domain("state", "in", OPEN) & Domain("identity_key", "=like", mine)

    @api.model
    def _was_tried(self, key):
        """Whether the same batch has just been done again and again, and is due all the same."""
        same = Domain("identity_key", "=", key) & Domain("state", "in", (DONE, FAILED))
        recent = Domain("date_created", ">=", fields.Datetime.now() - A_WHILE)
        return self._get_jobs().search_count(same & recent, limit=AT_ONCE) == AT_ONCE

    @api.model
    def _describe_batch(self, channel, count):
        """How the job is called in the list of jobs."""
        names = {
            "billing": self.env._("Bill contracts: %(count)s", count=count),
            "posting": self.env._("Post invoices: %(count)s", count=count),
            "sending": self.env._("Send invoices: %(count)s", count=count),
            "charging": self.env._("Charge cards: %(count)s", count=count),
            "generation": self.env._("Plan interactions: %(count)s", count=count),
            "activation": self.env._("Put imported contracts in force: %(count)s", count=count),
            "extension": self.env._("Extend payment plans: %(count)s", count=count),
        }
        return names.get(channel)

    # === DOING === #
    @api.model
    def _do_queued(self, name, ids, date_ref, options):
        """Do a batch in the transaction of its job; company, language and rights are those that handed it over.

        :param name: of one of the known jobs, never of a method: what is stored in a queue decides nothing else.
        :raise RetryableJobError: another worker was faster; nothing was done, and it is tried again.
        """
        job = {get_name(one): one for one in self._get_queue_channels()}.get(name)
        if not job:
            _logger.warning("There is no job %s; what it was to do is found again by the scheduled action.", name)
            return
        try:
            self._carry_out(job, self.env[job.model].browse(ids), date_ref, **options)
            self.env.flush_all()
        except OperationalError as error:
            raise RetryableJobError(f"{name} met another worker: {error}") from error

    @api.model
    def _do_queued_in_steps(self, name, ids, date_ref, options):
        """Do a batch that claims by itself, in a transaction of its own: it may commit in between."""
        self._do_queued(name, ids, date_ref, options)
