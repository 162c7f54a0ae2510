from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.subscription_mgmt.models.contract.trial import END, REMIND

from ..common import SubscriptionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-05")
class TestTrial(SubscriptionCommon):
    """A contract from 1 January that is free for 14 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "yildiz@example.com"

    def make_trial(self, lines=({},), **values):
        return self.make_contract(lines, **{"trial_days": 14, **values})

    def planned(self, contract, count=1):
        rows = contract.installment_ids.sorted("date_from")[:count]
        return [(row.date_from, row.date_to, row.price_subtotal) for row in rows]

    def test_the_first_period_begins_after_the_trial(self):
        contract = self.make_trial()
        self.assertEqual((contract.date_trial_end, contract.is_trial), (date(2026, 1, 14), True))
        self.assertEqual(self.planned(contract), [(date(2026, 1, 15), date(2026, 2, 14), 100.0)])

    def test_until_a_day_is_the_same_as_so_many_days(self):
        contract = self.make_contract(date_trial_end=date(2026, 1, 20))
        self.assertEqual((contract.trial_days, self.planned(contract)[0][0]), (20, date(2026, 1, 21)))

    def test_a_line_that_begins_after_the_trial_keeps_its_own_periods(self):
        contract = self.make_trial([{"date_start": date(2026, 2, 1)}])
        self.assertEqual(self.planned(contract)[0][0], date(2026, 2, 1))

    def test_nothing_recurs_while_it_is_tried(self):
        contract = self.make_trial(activate=False)
        self.assertEqual((contract.mrr, contract.mrr_offer), (0.0, 100.0), "a draft says what it will come to")
        contract.action_activate()
        found = []
        for day in ("2026-01-01", "2026-01-14", "2026-01-15"):
            with freeze_time(day):
                contract.invalidate_recordset(["mrr"])
                found.append(contract.mrr)
        self.assertEqual(found, [0.0, 0.0, 100.0])

    # === BEFORE IT ENDS === #
    def remind(self, day):
        with freeze_time(day):
            self.carry_out(REMIND, date.fromisoformat(day))
        return self.env["mail.mail"].search([("model", "=", "subscription.contract")])

    def test_the_subscriber_is_reminded_once(self):
        contract = self.make_trial()
        self.assertFalse(self.remind("2026-01-11"))
        mail = self.remind("2026-01-12")
        self.assertEqual((mail.res_id, contract.date_trial_reminded), (contract.id, date(2026, 1, 12)))
        self.assertIn("01/14/2026", mail.subject)
        self.assertEqual(self.remind("2026-01-13"), mail)

    def test_the_reminder_speaks_the_language_of_the_subscriber(self):
        self.env["res.lang"]._activate_lang("tr_TR")
        template = self.env.ref("subscription_mgmt.mail_template_trial_ends")
        template.with_context(lang="tr_TR").subject = "Deneme süresi bitiyor"
        self.customer.lang = "tr_TR"
        self.make_trial()
        self.assertEqual(self.remind("2026-01-12").subject, "Deneme süresi bitiyor")

    def test_nobody_is_reminded_where_the_company_does_not_want_it(self):
        self.company.subscription_trial_reminder_days = 0
        self.make_trial()
        self.assertFalse(self.remind("2026-01-14"))

    def test_without_an_address_the_responsible_is_told(self):
        self.customer.email = False
        contract = self.make_trial()
        self.assertFalse(self.remind("2026-01-12"))
        self.assertIn("no e-mail address", contract.activity_ids.note)

    # === AFTER IT === #
    def test_a_trial_that_is_not_continued_is_closed_and_costs_nothing(self):
        contract = self.make_trial(trial_then="close", commitment_months=12, termination_fee="fixed",
                                   termination_fee_amount=50.0)  # fmt: skip
        self.assertFalse(contract.installment_ids)
        self.assertFalse(self.get_domain(END, date(2026, 1, 14)) and contract.filtered_domain(
            self.get_domain(END, date(2026, 1, 14))))  # fmt: skip
        with freeze_time("2026-01-15"):
            self.assertFalse(self.bill(date(2026, 1, 15)))
            self.carry_out(END, date(2026, 1, 15))
        self.assertEqual((contract.state, contract.date_closed), ("closed", date(2026, 1, 14)))
        self.assertEqual(contract.close_reason_id, self.env.ref("subscription_mgmt.close_reason_trial"))
        self.assertFalse(contract.installment_ids)

    def test_whoever_wants_to_go_on_is_billed(self):
        contract = self.make_trial(trial_then="close")
        contract.trial_then = "paid"
        self.assertEqual(self.planned(contract), [(date(2026, 1, 15), date(2026, 2, 14), 100.0)])
        with freeze_time("2026-01-16"):
            self.assertFalse(self.carry_out(END, date(2026, 1, 16)))

    # === CHANGED === #
    def test_a_trial_is_made_longer_while_it_lasts(self):
        contract = self.make_trial()
        contract.date_trial_end = date(2026, 1, 31)
        self.assertEqual(self.planned(contract), [(date(2026, 2, 1), date(2026, 2, 28), 100.0)])

    def test_a_trial_that_is_over_stays(self):
        contract = self.make_trial()
        with freeze_time("2026-01-15"), self.assertRaisesRegex(UserError, "cannot be changed any more"):
            contract.trial_days = 30
        billed = self.make_contract()
        self.bill(date(2026, 1, 1))
        with self.assertRaisesRegex(UserError, "cannot be changed any more"):
            billed.trial_days = 30

    def test_a_trial_lies_in_its_contract(self):
        with self.assertRaisesRegex(ValidationError, "before the contract starts"):
            self.make_contract(date_trial_end=date(2025, 12, 1))
        with self.assertRaisesRegex(ValidationError, "after the contract itself"):
            self.make_trial(date_end=date(2026, 1, 10))

    def test_closed_on_trial_it_costs_nothing(self):
        contract = self.make_trial()
        contract.action_close(date(2026, 1, 5), self.reason)
        self.assertEqual((contract.state, contract.installment_ids.ids), ("closed", []))
