from datetime import date
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.common.batches import Job
from ..models.contract.lifecycle import CLOSE
from ..models.contract.plan import EXTEND
from .common import SubscriptionCommon

TODAY = date(2026, 2, 1)
FRAME = "odoo.addons.subscription_mgmt.models.common.batches"
PARKING_LOG = "odoo.addons.subscription_mgmt.models.common.subscription_parking_mixin"


class BatchesCommon(SubscriptionCommon):
    def run_cron(self, name, day=TODAY):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref(f"subscription_mgmt.ir_cron_subscription_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def fail_for(self, model, method, bad, error):
        """Make a method of the model fail for the bad records; the others are done."""
        original = getattr(type(self.env[model]), method)

        def work(records, *args, **kwargs):
            if set(records.ids) & set(bad.ids):
                raise error
            return original(records, *args, **kwargs)

        return patch.object(type(self.env[model]), method, work)


@tagged("post_install", "-at_install")
class TestFrame(BatchesCommon):
    """One way to find, claim, do, set aside and commit."""

    def watch(self, limit=None):
        """Record what the cron is told: (done, remaining) of each commit; time is up after `limit` of them."""
        told = []

        def commit(_cron, processed=0, *, remaining=None, **_kwargs):
            told.append((processed, remaining))
            return 0 if limit is not None and len(told) > limit else 60

        return told, patch.object(type(self.env["ir.cron"]), "_commit_progress", commit)

    def test_each_enabled_company_once_in_the_language_of_its_people(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        other = self.setup_other_company()["company"]
        self.env.user.lang = "tr_TR"
        self.make_contract()
        seen = []

        def extend(records, _date_ref):
            seen.append((records.env.company, records.env.lang, len(records)))

        _told, commits = self.watch()
        with commits, patch.object(type(self.env["subscription.contract"]), "_extend_plan", extend):
            job = EXTEND._replace(domain="_get_all_of_company_domain")
            with patch.object(
                type(self.env["subscription.contract"]),
                "_get_all_of_company_domain",
                lambda _records, company, _date_ref: [("company_id", "=", company.id)],
                create=True,
            ):
                night = self.env["subscription.batches"].with_user(SUPERUSER_ID)
                night._run(job)
                companies = [company for company, _lang, _count in seen]
                self.assertEqual(companies.count(self.company), 1)
                self.assertNotIn(other, companies, "off: passed by")
                other.subscription_enabled = True
                theirs = self.make_contract(company_id=other.id, activate=False, lines=[{"tax_ids": False}])
                seen.clear()
                night._run(job)
        self.assertIn((other, "tr_TR", 1), seen)
        self.assertEqual(theirs.company_id, other)

    def run_job(self, size=1, limit=None, **changes):
        job = Job("subscription.contract", "_get_ended_domain", "_close_ended", "terms", size=size, **changes)
        told, commits = self.watch(limit)
        with commits:
            answer = self.env["subscription.batches"]._run_job(job, TODAY, ahead=2)
        return answer, told

    def make_ended(self):
        contract = self.make_contract(date_end="2026-01-31")
        contract.installment_ids.action_skip("Paid elsewhere")
        return contract

    def test_stops_when_time_is_up_and_says_what_is_left(self):
        contracts = [self.make_ended() for _n in range(3)]
        answer, told = self.run_job(limit=2)
        self.assertFalse(answer)
        self.assertEqual(told, [(0, 5), (1, 4), (1, 3)], "jobs that follow count, so that Odoo comes back")
        self.assertEqual([contract.state for contract in contracts], ["closed", "closed", "active"])
        answer, told = self.run_job()
        self.assertTrue(answer)
        self.assertEqual(told, [(0, 3), (1, 2)])

    def test_looks_again_after_claiming(self):
        first, second = self.make_ended(), self.make_ended()
        original = type(first).try_lock_for_update

        def lock(records, **kwargs):
            second.date_end = "2026-12-31"  # somebody prolongs it between search and lock
            self.env.flush_all()
            return original(records, **kwargs)

        with patch.object(type(first), "try_lock_for_update", lock):
            self.run_job(size=10)
        self.assertEqual((first.state, second.state), ("closed", "active"))

    def test_what_another_worker_holds_is_left_to_it(self):
        first, second = self.make_ended(), self.make_ended()
        with patch.object(type(first), "try_lock_for_update", lambda records, **_kwargs: records - first):
            self.run_job(size=10)
        self.assertEqual((first.state, second.state), ("active", "closed"))
        self.assertFalse(first.subscription_parking_ids)

    def run_lost(self, error, times):
        """Two contracts in batches of one, the first of them lost to another worker so often; (first, second, told)."""
        first, second = self.make_ended(), self.make_ended()
        errors = [error] * times
        original = type(first)._close_ended

        def work(records, *args):
            if first in records and errors:
                raise errors.pop()
            return original(records, *args)

        with (
            patch.object(type(first), "_close_ended", work),
            patch.object(self.env.cr, "rollback", lambda: None),
        ):
            answer, told = self.run_job()
        self.assertTrue(answer)
        self.assertFalse(first.subscription_parking_ids, "not the contract's fault")
        return first.state, second.state, told

    @mute_logger(FRAME)
    def test_a_lost_race_is_tried_again_after_the_others(self):
        *states, told = self.run_lost(OperationalError("could not serialize"), 1)
        self.assertEqual(states, ["closed", "closed"])
        self.assertEqual(told, [(0, 4), (0, 4), (1, 3), (1, 2)])

    @mute_logger(FRAME)
    def test_a_race_lost_twice_is_left_to_the_next_run(self):
        *states, told = self.run_lost(OperationalError("could not serialize"), 2)
        self.assertEqual(states, ["active", "closed"])
        self.assertEqual(told[-1], (1, 2))

    def test_batches_are_kept_apart_and_take_turns(self):
        contracts = self.env["subscription.contract"].union(
            *(self.make_contract(partner_id=self.env["res.partner"].create({"name": name}).id) for name in "ab"),
        )
        first, second = contracts
        contracts += self.make_contract(partner_id=first.partner_id.id)
        contracts += self.make_contract(partner_id=first.partner_id.id)
        frame = self.env["subscription.batches"]
        third, fourth = contracts[2:]
        self.assertEqual(frame._split(contracts, 2), [first + second, third + fourth])
        self.assertEqual(frame._split(contracts, 2, "partner_id"), [first + third, second, fourth])

    def test_what_follows_waits_for_what_a_queue_has_under_way(self):
        contract = self.make_ended()
        frame, jobs = self.env["subscription.batches"], (CLOSE, EXTEND)
        told, commits = self.watch()
        done = []
        with (
            commits,
            patch.object(type(frame), "_is_under_way", lambda _frame, job: job == CLOSE),
            patch.object(type(frame), "_run_batches", lambda _frame, job, *_args, **_options: done.append(job) or True),
        ):
            self.assertTrue(frame._run_in_company(jobs, TODAY, 4))
        self.assertEqual((done, contract.state), ([], "active"), "neither again, nor what builds on it")
        self.assertEqual(told, [(0, 4)], "Odoo comes back for the other companies, and for this one when it is told to")

    def test_one_hook_for_a_queue(self):
        contract = self.make_ended()
        queued = []
        hook = lambda _frame, job, records, date_ref, **options: queued.append((job.work, records, date_ref))  # noqa: E731
        with patch.object(type(self.env["subscription.batches"]), "_dispatch", hook):
            self.run_job()
        self.assertEqual(queued, [("_close_ended", contract, TODAY)])
        self.assertEqual(contract.state, "active")


@tagged("post_install", "-at_install")
class TestParking(BatchesCommon):
    """What fails is set aside, step by step, and told to a person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract()

    def park(self, step="bill", reason="Broken", day=TODAY):
        self.contract._park(step, UserError(reason), day)
        return self.contract.subscription_parking_ids.filtered(lambda row: row.step == step)

    def test_each_step_keeps_its_own_reason(self):
        self.park("bill", "No price")
        self.park("plan", "No product")
        self.assertEqual(sorted(self.contract.billing_error.splitlines()), ["No price", "No product"])
        self.contract._unpark("bill")
        self.assertEqual(self.contract.billing_error, "No product")

    def test_a_growing_pause_and_one_task(self):
        tries = []
        for _n in range(5):
            row = self.park(day=TODAY)
            tries.append((row.next_try - TODAY).days)
        self.assertEqual((tries, row.attempts), ([1, 2, 4, 7, 7], 5))
        self.assertEqual(len(self.contract.activity_ids), 1)
        self.contract._unpark("bill")
        self.assertFalse(self.contract.activity_ids or self.contract.subscription_parking_ids)

    def test_told_again_when_the_task_was_done_without_a_cure(self):
        self.park()
        self.contract.activity_ids.action_feedback()
        self.park()
        self.assertEqual(len(self.contract.activity_ids), 1)

    def test_searched_for(self):
        self.park()
        mine = [("id", "in", self.contract.ids)]
        for domain, found in (
            ([("billing_error", "!=", False)], True),
            ([("billing_error", "=", False)], False),
            ([("billing_error", "ilike", "brok")], True),
            ([("billing_error", "ilike", "other")], False),
        ):
            self.assertEqual(bool(self.contract.search_count(mine + domain)), found, domain)

    def test_goes_with_the_record(self):
        draft = self.make_contract(activate=False)
        draft._park("bill", "Broken", TODAY)
        rows = draft.subscription_parking_ids
        draft.unlink()
        self.assertFalse(rows.exists())

    def test_never_the_system_is_told(self):
        for responsible in (self.env["res.users"].browse(SUPERUSER_ID), self.env["res.users"]):
            self.contract.user_id = responsible
            self.contract._unpark("bill")
            self.park()
            user = self.contract.activity_ids.user_id
            self.assertTrue(user)
            self.assertNotEqual(user.id, SUPERUSER_ID)

    def test_an_archived_responsible_is_not_told(self):
        gone = new_test_user(
            self.env, "gone", groups="subscription_mgmt.group_subscription_editor", company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        self.contract.user_id = gone
        self.park()
        self.assertEqual(self.contract.activity_ids.user_id, gone)
        self.contract._unpark("bill")
        gone.active = False
        self.park()
        self.assertNotEqual(self.contract.activity_ids.user_id, gone)

    def test_a_branch_asks_its_mother_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        person = branch._get_subscription_person()
        self.assertTrue(person)
        self.assertIn(self.company, person.company_ids)
        self.assertNotEqual(person.id, SUPERUSER_ID)

    def test_reasons_are_text_and_not_markup(self):
        self.park(reason='<img src="x" onerror="alert(1)"> & more')
        self.assertNotIn("<img", self.contract.activity_ids.note)
        self.assertIn("&lt;img", self.contract.activity_ids.note)

    def test_tried_again_by_hand(self):
        row = self.park()
        with freeze_time(TODAY):
            viewer = self._make_user("viewer")
            with self.assertRaises(AccessError):
                row.with_user(viewer).action_try_again()
            row.with_user(self._make_user("editor")).action_try_again()
        self.assertEqual(row.next_try, TODAY)
        self.assertEqual(row.record_name, self.contract.display_name)

    def test_kept_by_the_system_alone(self):
        row = self.park()
        manager = row.with_user(self._make_user("manager"))
        self.assertEqual(manager.reason, "Broken")
        for act in (lambda: manager.write({"reason": "x"}), manager.unlink, manager.copy):
            with self.assertRaises(AccessError):
                act()

    def _make_user(self, level):
        return new_test_user(
            self.env, f"parking_{level}", groups=f"subscription_mgmt.group_subscription_{level}",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip

    def test_another_company_does_not_see_it(self):
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, "stranger", groups="subscription_mgmt.group_subscription_manager", company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["subscription.parking"].with_user(stranger).search([("id", "in", self.park().ids)]))


@tagged("post_install", "-at_install")
class TestNight(BatchesCommon):
    """Faults of the nights before there was a frame, each of which stopped somebody who had nothing to do with it."""

    def test_one_that_cannot_be_closed_stops_no_other(self):
        contracts = [self.make_contract(date_end="2026-01-31") for _n in range(3)]
        for contract in contracts:
            contract.installment_ids.action_skip("Paid elsewhere")
        bad, *good = contracts
        with self.fail_for("subscription.contract", "_close_ended", bad, UserError("A contract holds it open.")):
            self.run_cron("run_terms", date(2026, 2, 2))
        self.assertEqual([contract.state for contract in (bad, *good)], ["active", "closed", "closed"])
        self.assertEqual(bad.billing_error, "A contract holds it open.")
        self.run_cron("run_terms", date(2026, 2, 3))
        self.assertEqual((bad.state, bad.billing_error), ("closed", False))

    @freeze_time("2026-01-01")
    def test_paused_between_search_and_lock_is_not_billed(self):
        first, second = self.make_contract(), self.make_contract()
        run = self.env["subscription.billing.run"]._open(self.company, date(2026, 1, 1))
        (batch,) = run._get_due_batches(self.company, date(2026, 1, 1))
        self.assertEqual(batch, first | second)
        second.action_pause(date(2026, 1, 1))
        run._bill_batch(batch)
        self.assertEqual((bool(first.invoice_ids), bool(second.invoice_ids)), (True, False))

    @freeze_time("2026-01-01")
    def test_a_batch_of_billing_does_not_write_the_row_that_all_workers_share(self):
        good, bad = self.make_contract(), self.make_contract()
        bad.invoice_partner_id = self.env["res.partner"].create({"name": "Gone", "active": False})
        run = self.env["subscription.billing.run"]._open(self.company, date(2026, 1, 1))
        run._write_sealed({"total_count": 4})
        self.env.flush_all()
        place = "SELECT ctid FROM subscription_billing_run WHERE id = %s"
        self.env.cr.execute(place, run.ids)
        before = self.env.cr.fetchone()
        run._bill_batch(good + bad)
        run._forget()
        self.env.cr.execute(place, run.ids)
        self.assertEqual(self.env.cr.fetchone(), before)
        self.assertEqual((run.progress, run.parked_ids), (50, bad), "all the same it is known how far the run is")
        run._finish()
        self.assertEqual((run.done_count, run.contract_count, run.installment_count), (2, 1, 1))
        self.assertFalse(run.sudo().part_ids)

    @freeze_time("2026-01-01")
    def test_a_queued_run_of_a_company_that_was_switched_off_waits(self):
        contract = self.make_contract()
        run = self.env["subscription.billing.run"]._start(self.company, date(2026, 1, 1))
        self.company.subscription_enabled = False
        self.run_cron("bill_due", date(2026, 1, 1))
        self.assertEqual((run.state, bool(contract.invoice_ids)), ("queued", False))
        self.company.subscription_enabled = True
        self.run_cron("bill_due", date(2026, 1, 1))
        self.assertEqual((run.state, bool(contract.invoice_ids)), ("done", True))
