from contextlib import suppress
from datetime import date
from unittest.mock import patch

import requests
from lxml import etree

from odoo import modules
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.subscription_mgmt.models.charging.subscription_dunning_log import DUN
from odoo.addons.subscription_mgmt.models.common.context import CHECKED
from odoo.addons.subscription_mgmt.tests.common import SubscriptionCommon

from .anaf import Anaf, Killed

DAY, NEXT, LATER = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 20)


@tagged("post_install", "-at_install")
class TestAnaf(SubscriptionCommon, MockEmail):
    """A month's invoices go to ANAF: each once, and sent when ANAF has validated it."""

    @classmethod
    @SubscriptionCommon.setup_country("ro")
    def setUpClass(cls):
        super().setUpClass()
        cls.address = {
            "street": "Strada Exemplu 1",
            "city": "SECTOR1",
            "zip": "010101",
            "state_id": cls.env.ref("base.RO_B").id,
            "country_id": cls.env.ref("base.ro").id,
        }
        bank = {"acc_number": "RO49AAAA1B31007593840000"}
        cls.company.partner_id.write({**cls.address, "vat": "RO1234567897", "bank_ids": [(0, 0, bank)]})
        cls.company.l10n_ro_edi_access_token = "token"
        cls.customer.write({**cls.address, "vat": "RO8001011234567", "email": "facturi@stea.example"})
        cls.other = cls.env["res.partner"].create({"name": "Lună SRL", "is_company": True, **cls.address})

    def setUp(self):
        super().setUp()
        self.gateway = Anaf()
        self.startPatcher(patch.object(requests.Session, "request", self.gateway.request))

    def make_invoices(self, *customers):
        """Invoices of January, one for each customer."""
        for customer in customers or self.customer:
            self.make_contract(billing_mode="send", partner_id=customer.id)
        with freeze_time(DAY):
            return self.bill(DAY).move_ids.sorted("id")

    def send(self, day=DAY):
        """The cron of the day; returns the number of mails that the customer got."""
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_send_invoices")
        self.env.flush_all()
        # Odoo's client translates without a language where the line is dead.
        with self.mock_mail_gateway(), freeze_time(day), mute_logger("odoo.tools.translate"):
            for _round in range(2):
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
                self.env.invalidate_all()
                self.env["mail.mail"].sudo().search([("model", "=", "account.move"), ("state", "=", "outgoing")]).send()
            return sum("stea.example" in str(mail["email_to"]) for mail in self._mails)

    def synchronize(self):
        """What Odoo's own cron does: ask the SPV what became of the documents."""
        self.env["account.move"].with_company(self.company)._l10n_ro_edi_fetch_invoices()

    # === THE MONTH === #
    def test_c8_month_goes_out_by_the_law_and_once(self):
        moves = self.make_invoices(self.customer, self.other)
        self.assertEqual(self.send(), 0, "mails leave when ANAF has validated")
        self.assertEqual((len(self.gateway.documents), moves.mapped("is_move_sent")), (2, [False] * 2))
        self.gateway.judge_all()
        self.synchronize()
        self.assertEqual(moves.mapped("l10n_ro_edi_state"), ["invoice_validated"] * 2)
        self.assertEqual((self.send(NEXT), moves.mapped("is_move_sent")), (1, [True] * 2), "one has no e-mail address")
        self.assertEqual((self.send(LATER), len(self.gateway.documents)), (0, 2))

    def test_refused_invoice_is_set_aside_and_sent_anew_when_mended(self):
        move = self.make_invoices()
        self.send()
        self.gateway.judge_all("BR-RO-100: the city is not one of the sectors.")
        self.synchronize()
        self.send(NEXT)
        self.assertEqual(move.subscription_error, "ANAF: BR-RO-100: the city is not one of the sectors.")
        self.assertEqual((len(self.gateway.documents), move.is_move_sent), (1, False))
        self.customer.city = "SECTOR2"
        self.send(date(2026, 1, 3))
        cities = [etree.fromstring(xml).findtext(".//{*}AccountingCustomerParty//{*}CityName")
                  for xml in self.gateway.documents.values()]  # fmt: skip
        self.assertEqual((cities, move.subscription_error), (["SECTOR1", "SECTOR2"], False))
        self.gateway.judge_all()
        self.synchronize()
        self.assertEqual((self.send(date(2026, 1, 4)), move.is_move_sent), (1, True))

    def test_refused_at_the_door(self):
        move = self.make_invoices()
        self.gateway.door = "The taxpayer is not registered."
        self.send()
        self.assertIn("The taxpayer is not registered.", move.subscription_error)
        self.assertFalse(move.sudo().subscription_handed_in_on, "ANAF has answered: nothing is in doubt")
        self.gateway.door = None
        self.send(NEXT)
        self.assertEqual((len(self.gateway.documents), move.l10n_ro_edi_state), (1, "invoice_sent"))

    # === NEVER TWICE === #
    def check_once(self, move):
        """The invoice waits for its index, is found by its number, and arrives."""
        self.gateway.silent = None
        self.send(NEXT)
        self.assertEqual((len(self.gateway.documents), move.l10n_ro_edi_state), (1, "invoice_not_indexed"))
        self.gateway.judge_all()
        self.synchronize()
        self.send(LATER)
        self.assertEqual((len(self.gateway.documents), move.is_move_sent), (1, True))

    def test_lost_answer_is_waited_for(self):
        move = self.make_invoices()
        self.gateway.silent = "after"
        self.send()
        self.check_once(move)

    def test_killed_after_anaf_took_it(self):
        move = self.make_invoices()
        self.gateway.silent = "killed"
        self.env.flush_all()
        with freeze_time(DAY), self.enter_registry_test_mode(), self.registry.cursor() as cr:
            # Not assertRaises: that would roll back what was committed, too.
            with suppress(Killed):
                self.env(cr=cr)["account.move"]._cron_send_subscription_invoices()
            cr.rollback()
        self.env.invalidate_all()
        self.assertEqual((len(self.gateway.documents), move.l10n_ro_edi_state), (1, False), "nobody has noted it")
        self.check_once(move)

    def test_odoo_does_not_commit_in_the_middle_of_our_savepoint(self):
        move = self.env["account.move"]
        with patch.object(modules.module, "current_test", None):
            self.assertTrue(move._can_commit())
            self.assertFalse(move.with_context(subscription_printing=CHECKED)._can_commit())

    # === SENT === #
    def test_a32_a33_not_dunned_before_anaf_has_validated(self):
        template = self.env.ref("subscription_mgmt.mail_template_payment_reminder")
        step = {"days": 3, "action": "email", "template_id": template.id}
        self.company.subscription_dunning_plan_id = self.env["subscription.dunning.plan"].create(
            {"name": "Plan", "company_id": self.company.id, "step_ids": [(5, 0, 0), (0, 0, step)]}
        )
        move = self.make_invoices()
        self.send()
        self.carry_out(DUN, LATER)
        self.assertFalse(move.sudo().subscription_dunning_log_ids)
        self.gateway.judge_all()
        self.synchronize()
        self.send(LATER)
        self.carry_out(DUN, LATER)
        self.assertTrue(move.sudo().subscription_dunning_log_ids)

    # === WHAT STANDS IN IT === #
    def test_period_and_contract_stand_in_the_document(self):
        move = self.make_invoices()
        self.send()
        (xml,) = self.gateway.documents.values()
        tree = etree.fromstring(xml)
        self.assertEqual([node.text for node in tree.find("{*}InvoicePeriod")], ["2026-01-01", "2026-01-31"])
        number = tree.findtext("{*}ContractDocumentReference/{*}ID")
        self.assertEqual(number, move.subscription_contract_ids.name)
