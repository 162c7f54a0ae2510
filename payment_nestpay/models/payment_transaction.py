import re
import secrets
import string
import unicodedata
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from .. import const
from ..tools.result import Attempt

RANDOM_LETTERS = string.ascii_letters + string.digits
RANDOM_LENGTH = 20
PREFIX_LENGTH = 50  # the bank takes 64, and a number follows
FIRST_QUESTION = timedelta(minutes=15)  # after a customer was sent to the bank


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    nestpay_rnd = fields.Char(
        readonly=True, copy=False, export_string_translation=False
    )  # sent with the attempt and back with its result: a result of an earlier attempt has another
    nestpay_trans_id = fields.Char(readonly=True, copy=False, export_string_translation=False)
    nestpay_instalment = fields.Char(string="Instalments", readonly=True, copy=False)
    nestpay_alert = fields.Text(string="To Look into", readonly=True, copy=False)
    nestpay_void_due = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    nestpay_voided = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    nestpay_next_check = fields.Datetime(string="Bank Is Asked at", readonly=True, copy=False)
    nestpay_checks = fields.Integer(readonly=True, copy=False, export_string_translation=False)

    _nestpay_trans_id_uniq = models.UniqueIndex(
        "(provider_id, nestpay_trans_id) WHERE nestpay_trans_id IS NOT NULL",
        "The bank has reported this payment for another transaction already.",
    )
    _nestpay_next_check_idx = models.Index("(nestpay_next_check) WHERE nestpay_next_check IS NOT NULL")

    @api.model
    def _get_specific_create_values(self, provider_code, values):
        """Override of `payment`: a random text for the attempt."""
        result = super()._get_specific_create_values(provider_code, values)
        if provider_code != "nestpay":
            return result
        return {**result, "nestpay_rnd": "".join(secrets.choice(RANDOM_LETTERS) for _letter in range(RANDOM_LENGTH))}

    @api.model
    def _compute_reference(self, provider_code, prefix=None, separator="-", **kwargs):
        """Override of `payment`: order numbers of letters, digits and dashes, at most 64, and never an empty one."""
        if provider_code == "nestpay":
            # sudo: names of the documents that are paid
            prefix = prefix or self.sudo()._compute_reference_prefix(separator, **kwargs)
            plain = unicodedata.normalize("NFKD", prefix or "").encode("ascii", "ignore").decode()
            prefix = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:PREFIX_LENGTH].rstrip("-")
        return super()._compute_reference(provider_code, prefix=prefix, separator=separator, **kwargs)

    @api.model
    def _extract_reference(self, provider_code, payment_data):
        """Override of `payment`: the order number."""
        if provider_code != "nestpay":
            return super()._extract_reference(provider_code, payment_data)
        return payment_data["reference"]

    def _extract_amount_data(self, payment_data):
        """Override of `payment`: nothing, because Odoo's own comparison holds for the first delivery only.

        It puts a payment with another amount into error; when the same comes again nothing changes any more, Odoo goes
        on, and the payment is confirmed. So `_apply_updates` compares, every time, before it confirms anything.
        """
        if self.provider_code != "nestpay":
            return super()._extract_amount_data(payment_data)
        return None

    def _nestpay_get_attempt(self):
        """The payment as it was sent to the bank."""
        self.ensure_one()
        provider = self.provider_id
        return Attempt(
            merchant=provider.nestpay_merchant,
            reference=self.reference,
            rnd=self.nestpay_rnd,
            store_type=provider.nestpay_store_type,
            version=provider._nestpay_get_version(),
            amount=self._nestpay_get_decimal(),
            currency=const.CURRENCIES.get(self.currency_id.name, ""),
            instalments=frozenset(("", *provider._nestpay_get_instalments(self.amount, self.currency_id))),
            accepted=provider._nestpay_get_accepted(),
        )

    def _nestpay_get_decimal(self):
        """The amount, to the kuruş."""
        self.ensure_one()
        return Decimal(f"{self.amount:.2f}")

    def _nestpay_warn_staff(self, message):
        """Let staff know: on the transaction, in the list that is filtered by it, and on what was to be paid."""
        for transaction in self:
            if transaction.nestpay_alert != message:
                transaction.nestpay_alert = message
                transaction._log_message_on_linked_documents(message)

    def action_nestpay_dismiss_alert(self):
        """Staff have looked into it."""
        self.check_access("write")
        self.sudo().filtered(lambda tx: tx.provider_code == "nestpay").nestpay_alert = False
