import base64
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..package.test_package_portal import PortalCommon

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestSigning(PortalCommon, HttpCase):
    """WSM-09: the contract as a document, sent by mail and signed in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.default_code = "NET-1000"
        cls.contract = cls.make_contract(
            activate=False, subject="Fiber line", contact_id=cls.contact.id, date_end=date(2026, 12, 31)
        )
        cls.contract.signature_required = True

    def sign(self, contract=None, token=None, **values):
        contract = contract or self.contract
        path = f"/my/subscriptions/{contract.id}/sign"
        params = {"name": "Ayşe Yıldız", "signature": PIXEL, **values}
        return self.make_jsonrpc_request(f"{path}?access_token={token}" if token else path, params)

    def get_token(self):
        return self.contract._portal_ensure_token()

    def get_signed(self, contract=None):
        messages = (contract or self.contract).message_ids
        return messages.filtered(lambda one: "signed by" in (one.body or "")).attachment_ids

    def test_who_has_the_link_signs_and_the_document_is_kept(self):
        token = self.get_token()
        page = self.url_open(f"/my/subscriptions/{self.contract.id}?access_token={token}").text
        self.assertIn("o_subscription_sign", page)
        self.assertTrue(self.sign(token=token)["force_refresh"])
        self.assertEqual(self.contract.signed_by, "Ayşe Yıldız")
        self.assertTrue(self.contract.signed_on)
        self.assertEqual(base64.b64decode(self.contract.signature)[:4], b"\x89PNG")
        document = self.get_signed()
        self.assertEqual(document.name, f"{self.contract.name}.pdf")
        self.assertIn(b"Signed online", document.raw)
        self.assertIn(b"data:image/png", document.raw)
        self.assertEqual(self.contract.document_count, 1)

    def test_signing_twice_is_once(self):
        token = self.get_token()
        self.sign(token=token)
        signed_on = self.contract.signed_on
        self.assertIn("not waiting", self.sign(token=token, name="Somebody else")["error"])
        self.assertEqual((self.contract.signed_by, self.contract.signed_on), ("Ayşe Yıldız", signed_on))
        self.assertEqual(len(self.get_signed()), 1)

    def test_without_the_link_nobody_signs(self):
        self.get_token()
        self.make_contract(activate=False)._portal_ensure_token()
        for token in (None, "x", "ş" * 36, self.env["subscription.contract"].search([], limit=1).access_token):
            self.assertIn("does not exist", self.sign(token=token)["error"])
        self.login(self.rival)
        self.assertIn("does not exist", self.sign()["error"])
        self.assertEqual(self.get(f"/my/subscriptions/{self.contract.id}/pdf")[1], "/my/subscriptions")
        self.assertFalse(self.contract.signed_on)

    def test_a_token_that_is_no_text_opens_nothing(self):
        self.get_token()
        for token in (True, 1, ["x"], {"a": 1}):
            self.assertIn("does not exist", self.sign(access_token=token)["error"])

    def test_a_contract_without_a_link_is_not_opened_by_none(self):
        other = self.make_contract(partner_id=self.stranger.id)
        self.assertFalse(other.access_token)
        for token in ("", "False", "None"):
            self.assertIn("does not exist", self.sign(other, token=token)["error"])

    def test_nonsense_is_no_signature(self):
        token = self.get_token()
        svg = base64.b64encode(b"<svg onload='x'/>").decode()
        broken = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 20).decode()
        large = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 600_000).decode()
        for values in (
            {"signature": None}, {"signature": "%%%"}, {"signature": svg}, {"signature": broken},
            {"signature": large}, {"signature": ["x"]}, {"name": ""}, {"name": "  \x00 "}, {"name": {"a": 1}},
        ):  # fmt: skip
            with self.subTest(values={key: str(value)[:30] for key, value in values.items()}):
                self.assertTrue(self.sign(token=token, **values)["error"])
        self.assertFalse(self.contract.signed_on or self.contract.signature)
        self.sign(token=token, name="Ay\x00şe" + "x" * 999)
        self.assertEqual(len(self.contract.signed_by), 200)

    def test_what_was_not_sent_to_sign_is_not_signed(self):
        self.contract.action_activate()
        self.contract.signature_required = False
        self.login(self.user)
        self.assertNotIn("o_subscription_sign", self.get(f"/my/subscriptions/{self.contract.id}")[0])
        self.assertIn("not waiting", self.sign()["error"])

    def test_the_link_shows_the_contract_alone(self):
        self.contract.action_activate()
        self.bill(date(2026, 1, 1))
        page = self.url_open(f"/my/subscriptions/{self.contract.id}?access_token={self.get_token()}").text
        self.assertIn("Fiber line", page)
        for text in (self.contract.invoice_ids.name, "o_subscription_contact", "Your requests", "o_subscription_card"):
            self.assertNotIn(text, page)

    def test_a_stranger_is_sent_to_the_door(self):
        answer = self.url_open(f"/my/subscriptions/{self.contract.id}")
        self.assertIn("/web/login", answer.url)

    def test_the_signature_is_not_printed_under_other_terms(self):
        self.sign(token=self.get_token())
        self.contract.line_ids.price_unit = 999.0
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "subscription_mgmt.action_report_subscription_contract", self.contract.ids
        )
        self.assertIn(b"999.00", html)
        self.assertNotIn(b"data:image/png;base64," + self.contract.signature[:40], html)

    def test_the_paper_says_what_is_agreed(self):
        html = self.render(self.contract)
        for text in (
            "Yıldız Ltd.", self.company.name, "Internet", "monthly, in advance", "100.00", "120.00", "VAT 20%",
            "01/01/2026", "1,200.00", "What is agreed",
        ):  # fmt: skip
            self.assertIn(text, html)
        self.assertNotIn("NET-1000", html)
        self.assertEqual((self.contract.state, len(self.contract.installment_ids)), ("draft", 0))

    def render(self, contract):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "subscription_mgmt.action_report_subscription_contract", contract.ids
        )
        return html.decode()

    def test_sending_a_draft_asks_for_a_signature_and_attaches_the_paper(self):
        contract = self.make_contract(activate=False, contact_id=self.contact.id)
        action = contract.action_send()
        self.assertTrue(contract.signature_required)
        composer = self.env["mail.compose.message"].with_context(**action["context"]).create({})
        self.assertEqual(composer.partner_ids, self.contact)
        self.assertIn(contract.name, composer.attachment_ids.name)
        self.assertIn(contract.access_token, composer.body)
        self.assertIn("sign it online", composer.body)

    def test_all_files_of_the_contract_are_its_documents(self):
        action = self.contract.action_view_documents()
        files = self.env["ir.attachment"].with_context(**action["context"])
        files.create([{"name": "Offer.pdf", "raw": b"x"}, {"name": "Letter.txt", "raw": b"y"}])
        self.contract.invalidate_recordset()
        self.assertEqual(self.contract.document_count, 2)
        self.assertEqual(len(files.search(action["domain"])), 2)

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.models")
    def test_documents_follow_the_contract(self):
        file = self.env["ir.attachment"].create(
            {"name": "a", "raw": b"x", "res_model": "subscription.contract", "res_id": self.contract.id}
        )
        self.env.flush_all()
        with self.assertRaises(AccessError):
            file.with_user(self.user).check_access("read")
