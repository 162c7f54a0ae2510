import contextlib

import psycopg2

from odoo import sql_db
from odoo.fields import Domain

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.addons.subscription_mgmt.tests.common import SubscriptionCommon


@contextlib.contextmanager
def runner_lock(database):
    """Hold what a job runner holds as long as it lives, on a connection of its own as a runner does."""
    _name, info = sql_db.connection_info_for(database)
    with contextlib.closing(psycopg2.connect(**info)) as connection, connection.cursor() as cr:
        cr.execute("SELECT pg_advisory_lock(%s)", [PG_ADVISORY_LOCK_ID])
        yield


class QueueCommon(SubscriptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.company._work_for(cls.env["subscription.batches"].sudo())

    def start_runner(self):
        """From here on a runner looks after the database, as far as our code can tell; it does no job."""
        runner = contextlib.ExitStack()
        self.addCleanup(runner.close)
        runner.enter_context(runner_lock(self.env.cr.dbname))
        return runner

    def get_jobs(self, *states):
        """Jobs of our company, the oldest first."""
        mine = Domain("identity_key", "=like", f"subscription:{self.company.id}:%")
        found = Domain("state", "in", states) if states else Domain.TRUE
        return self.env["queue.job"].sudo().search(mine & found, order="priority, id")

    def work_off(self):
        """Do the jobs that wait as the controller of the queue does, in the one transaction that a test has."""
        for record in self.get_jobs("pending"):
            job = Job.load(record.env, record.uuid)
            try:
                # What may commit gets a cursor of its own, which is the same in a test.
                with self.enter_registry_test_mode():
                    job.perform()
                job.set_done()
            except RetryableJobError as error:
                job.postpone(str(error), error.seconds)
                job.set_pending(reset_retry=False)
            job.store()
        self.env.invalidate_all()
