import re
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.payment.const import REPORT_REASONS_MAPPING
from odoo.addons.payment.utils import add_to_report

from .. import const
from ..tools.result import FULL_SECURE, HALF_SECURE
from ..tools.signature import VERSION_2, VERSION_3

ADDRESSES = ("nestpay_gate_url", "nestpay_api_url", "nestpay_test_gate_url", "nestpay_test_api_url")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    code = fields.Selection(selection_add=[("nestpay", "NestPay")], ondelete={"nestpay": "set default"})

    # === What the bank gives === #
    nestpay_bank = fields.Selection(selection=const.BANKS, string="Bank", required_if_provider="nestpay", copy=False)
    nestpay_merchant = fields.Char(
        string="Merchant Number",
        required_if_provider="nestpay",
        copy=False,
        groups="base.group_system",
        help="The store number (clientid) that the bank has given, not the number of the terminal.",
    )
    nestpay_store_key = fields.Char(
        string="Store Key",
        required_if_provider="nestpay",
        copy=False,
        groups="base.group_system",
        help="You set it yourself in the panel of the bank (3D Secure key). It is not the password of the API user.",
    )
    nestpay_api_user = fields.Char(
        string="API User", required_if_provider="nestpay", copy=False, groups="base.group_system"
    )
    nestpay_api_password = fields.Char(
        string="API Password", required_if_provider="nestpay", copy=False, groups="base.group_system"
    )

    # === How cards are taken === #
    nestpay_store_type = fields.Selection(
        selection=[(const.HOSTED, "The bank's page asks for the card"), (const.DIRECT, "Our page asks for the card")],
        string="Card Form",
        default=const.HOSTED,
        help="3D_PAY_HOSTING or 3D_PAY, as the bank has set up the merchant number. With the bank's page no card data "
        "comes near this server. With our page the browser sends the card straight to the bank.",
    )
    nestpay_server_callback = fields.Boolean(
        string="Result from Server to Server",
        default=True,
        help="The bank reports the result by itself too, so that a customer who closes the browser is not lost. "
        "Switch it off only if the bank does not allow it.",
    )
    nestpay_accept_half_secure = fields.Boolean(
        string="Accept Cards without 3-D Secure",
        help="Payments for which the card owner was not asked (mdStatus 2, 3 and 4). Depending on the contract with "
        "the bank, you carry the loss if the owner objects.",
    )
    nestpay_void_refused = fields.Boolean(
        string="Return Money That Was Not Accepted",
        default=True,
        help="If the bank took the money of a payment that is not accepted here, it is given back at once. "
        "Otherwise the payment waits for you.",
    )
    nestpay_instalments = fields.Char(
        string="Instalments",
        help="Numbers of instalments that the customer may choose from, such as 2, 3, 6. Only what the bank has set up "
        "for the merchant number. Leave it empty for single payments.",
    )
    nestpay_instalment_minimum = fields.Monetary(
        string="Instalments from",
        currency_field="main_currency_id",
        help="The smallest amount that may be paid in instalments.",
    )

    # === Where the bank is === #
    nestpay_gate_url = fields.Char(
        string="Payment Page", compute="_compute_nestpay_gate_url", store=True, readonly=False, copy=False
    )
    nestpay_api_url = fields.Char(
        string="API Address", compute="_compute_nestpay_api_url", store=True, readonly=False, copy=False
    )
    nestpay_test_gate_url = fields.Char(
        string="Payment Page for Tests",
        compute="_compute_nestpay_test_gate_url",
        store=True,
        readonly=False,
        copy=False,
    )
    nestpay_test_api_url = fields.Char(
        string="API Address for Tests", compute="_compute_nestpay_test_api_url", store=True, readonly=False, copy=False
    )

    # === COMPUTE METHODS === #

    # One method for each address: Odoo takes what a method computes as one, so that an administrator who changes one of
    # them together with the bank would keep the old others.

    @api.depends("nestpay_bank")
    def _compute_nestpay_gate_url(self):
        """The bank's own hosts; banks move them, so they can be changed until another bank is chosen."""
        self._nestpay_fill_address("nestpay_gate_url", const.LIVE_HOSTS, const.GATE)

    @api.depends("nestpay_bank")
    def _compute_nestpay_api_url(self):
        self._nestpay_fill_address("nestpay_api_url", const.LIVE_HOSTS, const.API)

    @api.depends("nestpay_bank")
    def _compute_nestpay_test_gate_url(self):
        self._nestpay_fill_address("nestpay_test_gate_url", const.TEST_HOSTS, const.GATE)

    @api.depends("nestpay_bank")
    def _compute_nestpay_test_api_url(self):
        self._nestpay_fill_address("nestpay_test_api_url", const.TEST_HOSTS, const.API)

    def _nestpay_fill_address(self, name, hosts, purpose):
        for provider in self:
            host = hosts.get(provider.nestpay_bank)
            provider[name] = host and f"{host}/{purpose}"

    def _compute_feature_support_fields(self):
        """Override of `payment`: refunds, also of a part."""
        result = super()._compute_feature_support_fields()
        self.filtered(lambda provider: provider.code == "nestpay").support_refund = "partial"
        return result

    def _get_supported_currencies(self):
        """Override of `payment`: lira, dollar, euro and pound."""
        currencies = super()._get_supported_currencies()
        if self.code != "nestpay":
            return currencies
        return currencies.filtered(lambda currency: currency.name in const.CURRENCIES)

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "code", "state", "is_published", *ADDRESSES, "nestpay_bank", "nestpay_merchant", "nestpay_store_key"
    )
    def _check_nestpay_complete(self):
        """Whoever can be paid with must be complete: a customer would be sent to the bank in vain.

        Odoo asks for the required fields when a provider is enabled, not when it is published by another way.
        """
        used = self.filtered(lambda provider: provider.is_published or provider.state != "disabled")
        used._nestpay_ensure_complete()

    def _nestpay_ensure_complete(self):
        """:raise ValidationError: a setting is missing; the text names every one that is."""
        # sudo: which settings are empty, not what they are
        for provider in self.sudo().filtered(lambda one: one.code == "nestpay"):
            if missing := provider._nestpay_get_missing_settings():
                raise ValidationError(
                    self.env._(
                        "%(provider)s cannot be offered to customers. Please fill in: %(fields)s",
                        provider=provider.name,
                        fields=", ".join(missing),
                    )
                )

    def action_toggle_is_published(self):
        """Override of `payment` to say what is missing before it says that the provider is disabled."""
        self.filtered(lambda provider: not provider.is_published)._nestpay_ensure_complete()
        return super().action_toggle_is_published()

    @api.constrains(*ADDRESSES)
    def _check_nestpay_addresses(self):
        """Only https leaves the server; addresses for tests may be on this very machine."""
        for provider in self:
            for name in ADDRESSES:
                url = urlsplit(provider[name] or "https://unset")
                local = name.startswith("nestpay_test") and url.scheme == "http" and url.hostname in LOOPBACK
                if not url.hostname or not (url.scheme == "https" or local):
                    raise ValidationError(
                        self.env._("%(url)s is no address of a bank: it must begin with https://", url=provider[name])
                    )

    @api.constrains("nestpay_instalments")
    def _check_nestpay_instalments(self):
        """Numbers, and only such as a bank may offer."""
        for provider in self:
            for number in re.split(r"[,;\s]+", (provider.nestpay_instalments or "").strip(" ,;")):
                if number and not (number.isascii() and number.isdigit() and 2 <= int(number) <= const.MAX_INSTALMENTS):
                    raise ValidationError(
                        self.env._(
                            "“%(number)s” is no number of instalments. Please write numbers from 2 to %(maximum)s "
                            "with commas between them, such as 2, 3, 6.",
                            number=number,
                            maximum=const.MAX_INSTALMENTS,
                        )
                    )

    # === What others ask === #

    def _nestpay_get_missing_settings(self):
        """Labels of the settings without which nobody can pay, as a list."""
        self.ensure_one()
        used = ("nestpay_gate_url", "nestpay_api_url")
        names = [
            name for name, field in self._fields.items() if getattr(field, "required_if_provider", "") == "nestpay"
        ]
        names += used if self.state == "enabled" else [name.replace("nestpay_", "nestpay_test_") for name in used]
        model_fields = self.env["ir.model.fields"]
        return [model_fields._get(self._name, name).field_description for name in names if not self[name]]

    def _nestpay_get_address(self, purpose):
        """Where the bank's page (`gate`) or interface (`api`) is, in the present state."""
        self.ensure_one()
        return self[f"nestpay_{purpose}_url" if self.state == "enabled" else f"nestpay_test_{purpose}_url"]

    def _nestpay_get_version(self):
        """Version of the signature. A form into which the browser puts a card cannot carry version 3: it covers all."""
        self.ensure_one()
        return VERSION_2 if self.nestpay_store_type == const.DIRECT else VERSION_3

    def _nestpay_get_accepted(self):
        """Values of mdStatus with which a payment is accepted."""
        self.ensure_one()
        return FULL_SECURE | HALF_SECURE if self.nestpay_accept_half_secure else FULL_SECURE

    def _nestpay_get_instalments(self, amount, currency):
        """Numbers of instalments that a customer may choose for this amount, as texts, without the single payment."""
        self.ensure_one()
        if currency.name != const.INSTALMENT_CURRENCY or not self.nestpay_instalments:
            return []
        if self.main_currency_id == currency and currency.compare_amounts(amount, self.nestpay_instalment_minimum) < 0:
            return []
        return [str(number) for number in sorted(set(map(int, re.findall(r"\d+", self.nestpay_instalments))))]

    @api.model
    def _get_compatible_providers(
        self,
        company_id,
        partner_id,
        amount,
        currency_id=None,
        force_tokenization=False,
        is_express_checkout=False,
        is_validation=False,
        report=None,
        **kwargs,
    ):
        """Override of `payment`: not for what the gateway cannot take, whatever an administrator has allowed."""
        providers = super()._get_compatible_providers(
            company_id,
            partner_id,
            amount,
            currency_id=currency_id,
            force_tokenization=force_tokenization,
            is_express_checkout=is_express_checkout,
            is_validation=is_validation,
            report=report,
            **kwargs,
        )
        ours = providers.filtered(lambda provider: provider.code == "nestpay")
        currency = self.env["res.currency"].browse(currency_id).exists()
        unfit = ours if currency and currency.name not in const.CURRENCIES else ours.browse()
        add_to_report(report, unfit, available=False, reason=REPORT_REASONS_MAPPING["incompatible_currency"])
        if is_validation or (amount or 0) <= 0:  # nothing to pay: the gateway has no such payments
            worthless = ours - unfit
            reason = self.env._("there is no amount to pay")
            add_to_report(report, worthless, available=False, reason=reason)
            unfit |= worthless
        return providers - unfit

    def _get_default_payment_method_codes(self):
        """Override of `payment`: the card and the brands that Turkish banks take."""
        self.ensure_one()
        if self.code != "nestpay":
            return super()._get_default_payment_method_codes()
        return const.PAYMENT_METHOD_CODES

    def _get_reset_values(self):
        """Override of `payment`: what the bank gave is forgotten."""
        if self.code != "nestpay":
            return super()._get_reset_values()
        names = ("nestpay_merchant", "nestpay_store_key", "nestpay_api_user", "nestpay_api_password")
        return dict.fromkeys(names)
