"""Signed by the customer in the portal, as quotations are: what was signed is kept as it was shown."""

import base64
import binascii
from uuid import uuid4

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.storable import storable

REPORT = "subscription_mgmt.action_report_subscription_contract"
PNG = b"\x89PNG\r\n\x1a\n"
# Of a drawn name, in bytes: the signature pad sends some ten thousand
LARGEST_IMAGE = 500_000
LONGEST_NAME = 200


class SubscriptionContract(models.Model):
    _name = "subscription.contract"
    _inherit = ["subscription.contract", "portal.mixin"]

    # Whoever has it can read and sign the contract: given out by the system, never chosen.
    access_token = fields.Char(readonly=True)
    signature_required = fields.Boolean(
        string="To Be Signed Online",
        copy=False,
        help="The subscriber is asked to sign in the portal. Sending a draft asks for it.",
    )
    # In the table: an attachment could be replaced by whoever may write the contract.
    signature = fields.Image(attachment=False, max_width=1024, max_height=1024, copy=False, readonly=True)
    signed_by = fields.Char(copy=False, readonly=True)
    signed_on = fields.Datetime(copy=False, readonly=True)

    def _compute_access_url(self):
        """Override of `portal` to name the page of the contract."""
        for contract in self:
            contract.access_url = f"/my/subscriptions/{contract.id}"

    def _portal_ensure_token(self):
        """Override of `portal`, whose own cannot write what is sealed."""
        if not self.access_token:
            self._write_sealed({"access_token": str(uuid4())})
        return self.access_token

    def _is_to_be_signed(self):
        """Whether the customer is asked for a signature."""
        self.ensure_one()
        return self.signature_required and not self.signed_on and self.state != "closed"

    def _sign(self, name, signature, author):
        """Keep who signed, and the document as it was signed; two who sign at once sign once.

        :param name: of who signs, in letters.
        :param signature: picture, as base64.
        :param author: partner who signs, as far as is known.
        :raise UserError: nothing is to be signed (any more); no name; no picture.
        """
        self.ensure_one()
        self._touch()
        self.invalidate_recordset(["signed_on"])
        if not self._is_to_be_signed():
            raise UserError(self.env._("This contract is not waiting for a signature."))
        name = storable(name).strip()[:LONGEST_NAME] if isinstance(name, str) else ""
        if not name:
            raise UserError(self.env._("Write your name, please."))
        image = self._read_signature(signature)
        self._write_sealed({"signature": image, "signed_by": name, "signed_on": fields.Datetime.now()})
        self._keep_signed(name, author)

    def _read_signature(self, signature):
        """The picture of a signature that a browser sent.

        :raise UserError: it is none.
        """
        try:
            raw = base64.b64decode(signature or "", validate=True)
        except (TypeError, ValueError, binascii.Error):
            raw = b""
        if not raw.startswith(PNG) or len(raw) > LARGEST_IMAGE:
            raise UserError(self.env._("Draw or write your signature, please."))
        return base64.b64encode(raw)

    def _keep_signed(self, name, author):
        """Put the document that was signed, with its signature, on the contract and under its documents."""
        self.env.flush_all()
        # sudo: customers cannot print; what is printed is the contract that they have signed
        reports = self.env["ir.actions.report"].sudo().with_context(subscription_signing=True)
        pdf, _kind = reports.with_company(self.company_id)._render_qweb_pdf(REPORT, self.ids)
        self.message_post(
            attachments=[(f"{self._get_report_base_filename()}.pdf", pdf)],
            author_id=author.id,
            body=self.env._("Contract signed by %(name)s", name=name),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
