from datetime import date

from odoo.tests import HttpCase, tagged

from .package_common import DAY
from .test_package_portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalDoors(PortalCommon, HttpCase):
    """What customers send that no form of ours sends, and what is not theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.make_contract(subject="Fiber line")

    def ask(self, contract=None, **values):
        token = self.get("/my/subscriptions")[0].split('csrf_token: "')[1].split('"')[0]
        data = {"kind": "pause", "date": "2026-04-01", "text": "Holiday", **values, "csrf_token": token}
        return self.url_open(f"/my/subscriptions/{(contract or self.contract).id}/request", data=data)

    def test_fault_b16_what_no_database_takes_is_left_out(self):
        self.login(self.user)
        self.assertEqual(self.ask(text="Holi\x00day").status_code, 200)
        self.assertEqual(self.contract.request_ids.text, "Holiday")

    def test_fault_b16_a_second_wish_is_not_dropped_without_a_word(self):
        self.login(self.user)
        self.ask()
        for values in ({"date": "2026-05-01"}, {"text": "Something else"}):
            self.assertIn("You have asked for this already", self.ask(**values).text)
        self.assertEqual((len(self.contract.request_ids), self.contract.request_ids.date), (1, date(2026, 4, 1)))

    def test_fault_b16_the_same_twice_is_once(self):
        self.login(self.user)
        self.ask()
        self.assertNotIn("You have asked for this already", self.ask().text)
        self.assertEqual(len(self.contract.request_ids), 1)

    def make_subsidiary(self):
        """A company of its own below the customer, with a contract and a package."""
        values = {"name": "Daughter Ltd.", "is_company": True, "parent_id": self.customer.id}
        daughter = self.env["res.partner"].create(values)
        self.assertEqual(daughter.commercial_partner_id, daughter)
        return daughter, self.make_contract(partner_id=daughter.id, subject="Secret line")

    def test_fault_b20_a_mother_company_sees_its_own_only(self):
        _daughter, contract = self.make_subsidiary()
        self.login(self.user)
        self.assertNotIn("Secret line", self.get("/my/subscriptions")[0])
        self.assertEqual(self.get(f"/my/subscriptions/{contract.id}")[1], "/my/subscriptions")
        self.ask(contract)
        self.assertFalse(contract.request_ids)

    def test_fault_b20_contracts_of_contacts_are_the_companys(self):
        own = self.make_contract(partner_id=self.contact.id, subject="Of Ayşe")
        self.login(self.user)
        self.assertIn("Of Ayşe", self.get("/my/subscriptions")[0])
        self.assertIn("Of Ayşe", self.get(f"/my/subscriptions/{own.id}")[0])

    def test_fault_b20_payments_of_a_subsidiary_are_not_shown(self):
        daughter, _contract = self.make_subsidiary()
        self.set_today(DAY)
        transaction = self.make_tx(self.credit, partner=daughter)
        transaction.state = "error"
        transaction.state_message = "Daughter's card was refused"
        self.login(self.user)
        self.assertNotIn("card was refused", self.get("/my/packages")[0])
