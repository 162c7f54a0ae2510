from datetime import date, timedelta
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.job import Job
from odoo.addons.subscription_mgmt.models.billing.background import BILL, POST
from odoo.addons.subscription_mgmt.models.common import batches
from odoo.addons.subscription_mgmt.models.contract.lifecycle import CLOSE
from odoo.addons.subscription_mgmt.models.contract.plan import EXTEND

from ..models.batches import AT_ONCE, CHANNELS, get_name
from .queue_common import QueueCommon

DAY = date(2026, 1, 1)
QUEUE_LOG = "odoo.addons.subscription_mgmt_queue.models.batches"


@tagged("post_install", "-at_install")
class TestQueue(QueueCommon):
    """Batches of the night go through the queue, and nothing else changes."""

    def run_billing(self):
        with freeze_time(DAY), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()
        self.env.invalidate_all()

    def get_run(self):
        return self.env["subscription.billing.run"].search([("company_id", "=", self.company.id)])

    def queue(self, contracts, job=EXTEND, day=DAY, frame=None, **options):
        """Hand a batch over, and return the jobs that are there since."""
        before = self.get_jobs()
        frame = self.frame if frame is None else frame
        frame._dispatch(job, contracts.sudo(), day, **options)
        return self.get_jobs() - before

    # === WITH AND WITHOUT A RUNNER === #
    def test_without_a_runner_the_night_is_done_here_and_now(self):
        contract = self.make_contract()
        self.run_billing()
        self.assertFalse(self.get_jobs())
        self.assertEqual((contract.invoice_ids.state, self.get_run().state), ("posted", "done"))

    def test_when_the_runner_is_gone_what_waits_is_done_here_and_now_and_once(self):
        contract = self.make_contract()
        with self.start_runner():
            self.run_billing()
            self.assertEqual(self.get_jobs().mapped("state"), ["pending"])
        self.run_billing()
        self.assertEqual(contract.invoice_ids.mapped("state"), ["posted"])
        self.work_off()
        self.assertEqual(len(contract.invoice_ids), 1, "the job that was left over finds nothing to do")

    def test_a_run_is_billed_then_posted_then_finished(self):
        contracts = self.make_contract() + self.make_contract()
        self.start_runner()
        self.run_billing()
        run, billing = self.get_run(), self.get_jobs()
        self.assertEqual((billing.channel, run.state, run.progress), ("root.subscription.billing", "running", 0))
        self.run_billing()
        self.assertEqual(self.get_jobs(), billing, "a batch that waits is not queued again")
        with freeze_time(DAY):
            self.work_off()
        self.assertEqual(contracts.invoice_ids.mapped("state"), ["draft", "draft"])
        self.assertEqual((run.state, run.progress), ("running", 100))
        self.run_billing()
        posting = self.get_jobs("pending")
        self.assertEqual(posting.channel, "root.subscription.posting", "after the last batch of billing")
        self.assertEqual(self.get_run(), run)
        with freeze_time(DAY):
            self.work_off()
        self.assertEqual((contracts.invoice_ids.mapped("state"), run.state), (["posted", "posted"], "running"))
        self.run_billing()
        self.assertEqual((run.state, run.done_count, run.contract_count, run.installment_count), ("done", 2, 2, 2))
        self.assertFalse(self.get_jobs("pending"))

    def test_what_is_no_job_of_the_queue_is_done_here_and_now(self):
        contract = self.make_contract(date_end="2026-01-31")
        contract.installment_ids.action_skip("Paid elsewhere")
        self.start_runner()
        self.assertFalse(self.queue(contract, CLOSE, date(2026, 2, 1)))
        self.assertEqual(contract.state, "closed")

    # === BATCHES === #
    def test_each_kind_of_work_has_its_channel(self):
        self.start_runner()
        channels = self.env["queue.job.channel"].sudo().search([]).mapped("complete_name")
        for job, channel in CHANNELS.items():
            with self.subTest(job=get_name(job)):
                queued = self.queue(self.env[job.model].browse([1, 2]), job)
                self.assertEqual(queued.channel, f"root.subscription.{channel}")
                self.assertIn(queued.channel, channels)
                self.assertTrue(queued.name)
                self.assertEqual(queued.job_function_id.allow_commit, not job.claim, "who claims alone commits alone")
        self.assertEqual(len({get_name(job) for job in CHANNELS}), len(CHANNELS), "a name stands for one job")

    def test_the_same_batch_waits_once(self):
        contract, other = self.make_contract(), self.make_contract()
        self.start_runner()
        self.assertEqual(len(self.queue(contract)), 1)
        self.assertFalse(self.queue(contract))
        self.assertEqual(len(self.queue(other)), 1)
        self.assertEqual(len(self.queue(contract, day=date(2026, 1, 2))), 1)
        self.assertEqual(len(self.queue(contract, POST)), 1)
        self.assertEqual(len(self.queue(contract, BILL, run_id=1)), 1)
        self.assertEqual(len(self.queue(contract, BILL, run_id=2)), 1)

    def test_a_batch_that_stays_due_is_left_for_a_while(self):
        contract = self.make_contract()
        self.start_runner()
        for _n in range(AT_ONCE):
            self.assertTrue(self.queue(contract))
            self.work_off()
        self.assertFalse(self.queue(contract), "no loop as fast as the workers can")
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self.assertTrue(self.queue(contract), "with the next hour it is tried again")

    def test_companies_take_turns(self):
        contract = self.make_contract()
        self.start_runner()
        other = self.setup_other_company()["company"]
        for day in (DAY, date(2026, 1, 2)):
            self.queue(contract, day=day)
        self.queue(contract, frame=other._work_for(self.frame))
        theirs = self.env["queue.job"].sudo().search([("company_id", "=", other.id)])
        self.assertEqual((self.get_jobs().mapped("priority"), theirs.priority), ([10, 11], 10))

    # === DOING === #
    def test_a_job_has_company_language_and_user_of_who_handed_it_over(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        self.company.partner_id.lang = self.env.user.lang = "tr_TR"
        contract = self.make_contract()
        self.start_runner()
        queued = self.queue(contract, frame=self.company._work_for(self.frame))
        seen = []

        def extend(records, date_ref):
            env = records.env
            seen.append((records.ids, date_ref, env.company, env.lang, env.uid, env.su))

        everything = lambda *_args: [(1, "=", 1)]  # noqa: E731
        contracts = type(self.env["subscription.contract"])
        with (
            patch.object(contracts, "_extend_plan", extend),
            patch.object(contracts, "_get_contracts_to_extend_domain", everything),
        ):
            self.work_off()
        self.assertEqual(seen, [(contract.ids, DAY, self.company, "tr_TR", self.env.uid, True)])
        self.assertEqual((queued.company_id, queued.state), (self.company, "done"))

    def test_a_job_looks_again_at_what_it_was_given(self):
        contract = self.make_contract()
        self.start_runner()
        contract.date_end = date(2026, 3, 31)
        plan = contract.installment_ids
        self.queue(contract)
        self.work_off()
        self.assertEqual(contract.installment_ids, plan, "no contract to extend any more")

    def test_a_lost_race_is_tried_again(self):
        contract = self.make_contract(date_start=date(2024, 1, 1))
        self.start_runner()
        queued = self.queue(contract)

        def lose(*_args, **_kwargs):
            raise OperationalError("could not serialize access")

        with patch.object(type(self.frame), "_carry_out", lose):
            self.work_off()
        self.assertEqual((queued.state, queued.retry), ("pending", 1))
        self.assertGreater(queued.eta, fields.Datetime.now() - timedelta(seconds=1))
        self.work_off()
        self.assertEqual((queued.state, queued.retry), ("done", 2))

    @mute_logger(QUEUE_LOG)
    def test_a_job_of_another_version_does_nothing(self):
        contract = self.make_contract()
        self.start_runner()
        queued = self.queue(contract)
        with patch.dict(CHANNELS, clear=True):
            self.work_off()
        self.assertEqual(queued.state, "done")

    # === AFTERWARDS === #
    def test_the_last_batch_wakes_the_night(self):
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_extend_plans")
        contract, other = self.make_contract(), self.make_contract()
        self.start_runner()
        frame = self.frame.with_context(cron_id=cron.id)
        jobs = self.queue(contract, frame=frame) + self.queue(other, frame=frame)
        triggers = self.env["ir.cron.trigger"].sudo()
        for number, state in ((0, "done"), (1, "failed")):
            triggers.search([("cron_id", "=", cron.id)]).unlink()
            with self.enter_registry_test_mode():
                jobs[number].state = state
                self.env.cr.flush()
                self.env.cr.postcommit.run()
            woken = triggers.search_count([("cron_id", "=", cron.id)])
            self.assertEqual(woken, number, "when nothing of it waits any more, whatever became of the last")

    def test_the_night_goes_on_with_a_step_when_the_one_before_is_done(self):
        contract = self.make_contract()
        self.start_runner()
        began = []

        def run_job(_frame, job, *_args, **_kwargs):
            began.append(job)
            return True

        progress = patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 60)
        with progress, patch.object(batches.SubscriptionBatches, "_run_job", run_job):
            self.queue(contract)
            self.frame._run_in_company((EXTEND, CLOSE), DAY, 0)
            self.assertEqual(began, [EXTEND])
            self.work_off()
            self.frame._run_in_company((EXTEND, CLOSE), DAY, 0)
        self.assertEqual(began, [EXTEND, EXTEND, CLOSE])

    def test_the_records_of_a_batch_open_from_its_job(self):
        contract = self.make_contract()
        self.start_runner()
        queued = self.queue(contract)
        action = Job.load(queued.env, queued.uuid).related_action()
        self.assertEqual((action["res_model"], action["domain"]), (contract._name, [("id", "in", contract.ids)]))
