from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.subscription_mgmt.models.contract.plan import EXTEND

from ..models.batches import get_name
from .queue_common import QueueCommon
from .test_queue import DAY, QUEUE_LOG


@tagged("post_install", "-at_install")
class TestQueueSecurity(QueueCommon):
    """Nobody has the queue do what he may not do himself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        levels = ("viewer", "contributor", "editor", "manager", "billing")
        groups = ",".join(f"subscription_mgmt.group_subscription_{level}" for level in levels)
        cls.clerk = new_test_user(cls.env, "clerk", groups=f"base.group_user,{groups}", company_id=cls.company.id)
        cls.keeper = new_test_user(
            cls.env, "keeper", groups="base.group_user,queue_job.group_queue_job_manager", company_id=cls.company.id
        )
        cls.contract = cls.make_contract()

    def call(self, user, model, method, *args, **kwargs):
        """What a request of the user comes to."""
        return call_kw(self.env(user=user)[model], method, args, kwargs)

    def queue(self):
        self.start_runner()
        self.frame._dispatch(EXTEND, self.contract.sudo(), DAY)
        return self.get_jobs()

    def test_jobs_are_made_and_changed_by_the_server_alone(self):
        job = self.queue()
        mine = {"model_name": "subscription.batches", "method_name": "_do_queued", "uuid": "x", "state": "pending"}
        for user in (self.clerk, self.keeper):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.call(user, "queue.job", "create", [mine])
            for values in ({"args": ["res.users.unlink", [1], "x", {}]}, {"method_name": "unlink"}, {"kwargs": {}}):
                with self.subTest(user=user.login, values=values), self.assertRaises(AccessError):
                    self.call(user, "queue.job", "write", job.ids, values)
        with self.assertRaises(AccessError):
            self.call(self.clerk, "queue.job", "read", job.ids, ["args"])

    def test_no_request_reaches_the_method_of_a_job(self):
        arguments = (get_name(EXTEND), self.contract.ids, "2026-01-01", {})
        for method in ("_do_queued", "_do_queued_in_steps", "_dispatch", "_carry_out"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.call(self.clerk, "subscription.batches", method, *arguments)

    @mute_logger(QUEUE_LOG)
    def test_a_job_names_a_known_job_and_no_method(self):
        for name in ("subscription.contract.unlink", "res.users.write", "subscription.contract._close_ended"):
            with self.subTest(name=name):
                self.frame._do_queued(name, self.contract.ids, DAY, {})
        self.assertTrue(self.contract.exists())
        self.assertEqual(self.contract.state, "active")

    def test_jobs_of_other_companies_are_not_seen(self):
        other = self.setup_other_company()["company"]
        self.start_runner()
        other._work_for(self.frame)._dispatch(EXTEND, self.contract.sudo(), DAY)
        seen = self.env["queue.job"].with_user(self.keeper).search([("company_id", "=", other.id)])
        self.assertFalse(seen)
