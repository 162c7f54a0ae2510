from contextlib import suppress
from datetime import date
from unittest.mock import patch

import requests
from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.subscription_mgmt.models.charging.subscription_dunning_log import DUN
from odoo.addons.subscription_mgmt.tests.common import SubscriptionCommon

from .nilvera import Killed, Nilvera

DAY, NEXT, LATER = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 20)
COMPANY, TAXPAYER, OTHER, PERSON = "3297552117", "1729171602", "3880718497", "17291716060"


@tagged("post_install", "-at_install")
class TestNilvera(SubscriptionCommon, MockEmail):
    """A month's invoices go out as e-Fatura and e-Arşiv: each once, and sent when Nilvera has delivered it."""

    @classmethod
    @SubscriptionCommon.setup_country("tr")
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls.env["l10n_tr_nilvera_einvoice_extended.tax.office"].search([], limit=1)
        tag = cls.env["res.partner.category"]._get_l10n_tr_official_mandatory_categories()[:1]
        address = {
            "street": "Gökhane Sokak 1",
            "city": "Sincan",
            "zip": "06934",
            "state_id": cls.env.ref("base.state_tr_06").id,
            "country_id": cls.env.ref("base.tr").id,
            "l10n_tr_tax_office_id": cls.office.id,
        }
        number = cls.env["res.partner.category"].create({"name": "1234567890123456", "parent_id": tag.id})
        cls.company.partner_id.write({**address, "vat": COMPANY, "ref": "Ulus", "category_id": [(4, number.id)]})
        cls.company.l10n_tr_nilvera_api_key = "key"
        cls.address = address
        cls.customer.write({**address, "vat": TAXPAYER, "email": "muhasebe@yildiz.example"})
        cls.other = cls.make_customer("Ay A.Ş.", OTHER, is_company=True)
        cls.person = cls.make_customer("Deniz Kaya", PERSON, email="deniz@example.com")

    @classmethod
    def make_customer(cls, name, vat, **values):
        return cls.env["res.partner"].create({"name": name, "vat": vat, **cls.address, **values})

    def setUp(self):
        super().setUp()
        self.gateway = Nilvera([TAXPAYER, OTHER])
        self.startPatcher(patch.object(requests.Session, "request", self.gateway.request))

    def make_invoices(self, *customers, **values):
        """Invoices of January, one for each customer."""
        for customer in customers or self.customer:
            self.make_contract(billing_mode="send", partner_id=customer.id, **values)
        with freeze_time(DAY):
            return self.bill(DAY).move_ids.sorted("id")

    def send(self, day=DAY):
        """The cron of the day; returns the number of mails that have left."""
        cron = self.env.ref("subscription_mgmt.ir_cron_subscription_send_invoices")
        self.env.flush_all()
        # Nilvera's client translates without a language where the line is dead.
        with self.mock_mail_gateway(), freeze_time(day), mute_logger("odoo.tools.translate"):
            for _round in range(2):
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
                self.env.invalidate_all()
                self.env["mail.mail"].sudo().search([("model", "=", "account.move"), ("state", "=", "outgoing")]).send()
            return len(self._mails)

    def fetch(self):
        """Odoo's own cron asks Nilvera what became of the documents."""
        self.env["account.move"]._cron_nilvera_get_invoice_status()

    def get_sent(self, moves):
        return moves.mapped("is_move_sent")

    # === THE MONTH === #
    def test_c8_month_goes_out_by_the_customers_own_way_and_once(self):
        moves = self.make_invoices(self.customer, self.other, self.person)
        self.assertEqual(self.send(), 0, "mails leave when Nilvera has delivered")
        self.assertEqual(self.gateway.submitted, moves.mapped("l10n_tr_nilvera_uuid"))
        self.assertEqual(self.get_sent(moves), [False] * 3)
        profiles = [etree.fromstring(xml).findtext("{*}ProfileID") for xml in self.gateway.documents.values()]
        self.assertEqual(profiles, ["TEMELFATURA", "TEMELFATURA", "EARSIVFATURA"])
        self.gateway.answer_all("succeed")
        self.fetch()
        self.assertEqual((self.send(NEXT), self.get_sent(moves)), (2, [True] * 3), "one has no e-mail address")
        self.assertEqual((self.send(LATER), len(self.gateway.submitted)), (0, 3))

    def test_refused_invoice_is_set_aside_with_the_reason_and_tried_again(self):
        self.gateway.refused[OTHER] = "The name of the street is too long."
        first, second = self.make_invoices(self.other, self.customer)
        self.send()
        self.assertIn("The name of the street is too long.", first.subscription_error)
        self.assertEqual(first.subscription_parking_ids.step, "send")
        self.assertEqual(list(self.gateway.documents), [second.l10n_tr_nilvera_uuid], "nobody waits for another")
        self.gateway.refused = {}
        self.send()
        self.assertEqual(len(self.gateway.documents), 1, "not before its pause is over")
        self.send(NEXT)
        self.assertEqual((len(self.gateway.documents), first.subscription_error), (2, False))

    def test_what_the_send_button_refuses_is_not_handed_in(self):
        self.customer.l10n_tr_tax_office_id = False
        move = self.make_invoices()
        self.send()
        self.assertIn("Tax Office", move.subscription_error)
        self.assertFalse(self.gateway.submitted)

    # === NEVER TWICE === #
    def check_once(self, move):
        """After whatever happened, the invoice is there once, and arrives."""
        self.gateway.silent = None
        self.send(NEXT)
        self.gateway.answer_all("succeed")
        self.fetch()
        self.send(LATER)
        self.assertEqual(self.gateway.submitted, [move.l10n_tr_nilvera_uuid])
        self.assertEqual((move.is_move_sent, move.sudo().subscription_handed_in_on), (True, False))

    def test_lost_answer_is_asked_for(self):
        move = self.make_invoices()
        self.gateway.silent = "after"
        self.send()
        self.assertEqual((move.subscription_parking_ids.step, move.is_move_sent), ("send", False))
        self.check_once(move)

    def test_what_has_not_arrived_is_sent_again(self):
        move = self.make_invoices()
        self.gateway.silent = "before"
        self.send()
        self.assertFalse(self.gateway.documents)
        self.check_once(move)

    def test_while_it_cannot_be_asked_nothing_is_sent(self):
        move = self.make_invoices()
        self.gateway.silent = "after"
        self.send()
        self.send(NEXT)
        self.assertEqual((len(self.gateway.submitted), move.subscription_parking_ids.attempts), (1, 2))

    def test_killed_after_nilvera_took_it(self):
        move = self.make_invoices()
        self.gateway.silent = "killed"
        self.env.flush_all()
        with freeze_time(DAY), self.enter_registry_test_mode(), self.registry.cursor() as cr:
            # Not assertRaises: that would roll back what was committed, too.
            with suppress(Killed):
                self.env(cr=cr)["account.move"]._cron_send_subscription_invoices()
            cr.rollback()
        self.assertEqual(len(self.gateway.documents), 1)
        self.env.invalidate_all()
        self.assertEqual(move.l10n_tr_nilvera_send_status, "not_sent", "nobody has noted it")
        self.assertTrue(move.sudo().subscription_handed_in_on, "committed before Nilvera heard of it")
        self.check_once(move)

    def test_failure_after_nilvera_took_it(self):
        move = self.make_invoices()
        sender = type(self.env["account.move.send"])
        with patch.object(sender, "_prepare_invoice_pdf_report", side_effect=UserError("No program to print with.")):
            self.send()
        self.assertEqual(move.subscription_error, "No program to print with.")
        self.check_once(move)

    # === ANSWERED LATER === #
    def test_what_nilvera_did_not_know_once_is_asked_again(self):
        move = self.make_invoices()
        self.send()
        for state in ("unknown", "succeed"):
            self.gateway.answer_all(state)
            self.fetch()
            self.assertEqual(move.l10n_tr_nilvera_send_status, state)

    def test_refused_later_is_set_aside_and_its_number_not_used_again(self):
        move = self.make_invoices()
        self.send()
        self.gateway.answer_all("error", "Refused", "Unknown mailbox")
        self.fetch()
        self.send(NEXT)
        self.assertIn("Nilvera: Refused - Unknown mailbox.", move.subscription_error)
        self.send(LATER)
        self.assertEqual(
            (len(self.gateway.submitted), move.subscription_parking_ids.attempts, move.is_move_sent), (1, 2, False)
        )

    def test_period_of_a_refused_invoice_goes_out_on_another(self):
        move = self.make_invoices()
        self.send()
        self.gateway.answer_all("error", "Refused")
        self.fetch()
        rows = move.invoice_line_ids.subscription_installment_ids
        move.button_draft()
        move.button_cancel()
        rows.action_bill_again("Refused by Nilvera")
        with freeze_time(NEXT):
            anew = self.bill(NEXT).move_ids
        self.send(NEXT)
        self.assertEqual(self.gateway.submitted, [move.l10n_tr_nilvera_uuid, anew.l10n_tr_nilvera_uuid])
        self.assertNotEqual(move.l10n_tr_nilvera_uuid, anew.l10n_tr_nilvera_uuid)

    def make_plan(self):
        template = self.env.ref("subscription_mgmt.mail_template_payment_reminder")
        step = {"days": 3, "action": "email", "template_id": template.id}
        self.company.subscription_dunning_plan_id = self.env["subscription.dunning.plan"].create(
            {"name": "Plan", "company_id": self.company.id, "step_ids": [(5, 0, 0), (0, 0, step)]}
        )

    def test_a32_a33_not_dunned_before_nilvera_has_delivered(self):
        self.make_plan()
        move = self.make_invoices()
        self.send()
        for state in ("waiting", "error"):
            self.gateway.answer_all(state)
            self.fetch()
            self.carry_out(DUN, LATER)
            self.assertFalse(move.sudo().subscription_dunning_log_ids, state)
        self.gateway.answer_all("succeed")
        move.l10n_tr_nilvera_send_status = "waiting"
        self.fetch()
        self.send(LATER)
        self.carry_out(DUN, LATER)
        self.assertTrue(move.sudo().subscription_dunning_log_ids)

    # === WHAT STANDS IN IT === #
    def test_period_and_contract_stand_in_the_document(self):
        move = self.make_invoices()
        self.send()
        (xml,) = self.gateway.documents.values()
        tree, contract = etree.fromstring(xml), move.subscription_contract_ids
        period = tree.find("{*}InvoicePeriod")
        self.assertEqual([node.text for node in period], ["2026-01-01", "2026-01-31"])
        reference = tree.find("{*}ContractDocumentReference")
        self.assertEqual([node.text for node in reference], [contract.name, "2026-01-01"])
        order = [etree.QName(node).localname for node in tree]
        self.assertLess(order.index("InvoicePeriod"), order.index("ContractDocumentReference"))
        self.assertLess(order.index("ContractDocumentReference"), order.index("AccountingSupplierParty"))

    def test_one_invoice_names_all_its_contracts(self):
        self.customer.subscription_group_invoice = True
        move = self.make_invoices(self.customer, self.customer)
        self.send()
        (xml,) = self.gateway.documents.values()
        numbers = [node.text for node in etree.fromstring(xml).findall("{*}ContractDocumentReference/{*}ID")]
        self.assertEqual(numbers, move.subscription_contract_ids.sorted("id").mapped("name"))
        self.assertEqual(len(numbers), 2)
