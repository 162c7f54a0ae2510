"""What the night says is read in the morning: in the language of the person, not of the company's contact."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from ..models.charging.subscription_dunning_log import DUN, RESUME
from ..models.package.payment_transaction import HAND_OVER
from .common import SubscriptionCommon

DAY = date(2026, 1, 1)
ARCHIVED = {"tr_TR": "Gone müşterisi arşivlenmiş.", "ro_RO": "Clientul Gone este arhivat."}
BILLING = "subscription_mgmt.group_subscription_billing"


@tagged("post_install", "-at_install")
class TestNightLanguages(SubscriptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ARCHIVED:
            cls.env["res.lang"]._activate_lang(code)
        cls.company.partner_id.lang = "en_US"
        cls.turkish, cls.romanian = cls.make_user("ayse", "tr_TR"), cls.make_user("ion", "ro_RO")
        # Nobody else is told in this company
        cls.env.ref(BILLING).all_user_ids.filtered(lambda user: user != cls.env.user).company_ids -= cls.company

    @classmethod
    def make_user(cls, login, lang, groups="subscription_mgmt.group_subscription_contributor"):
        """A person of the company with a language."""
        companies = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)]}
        return new_test_user(cls.env, login=login, groups=groups, lang=lang, email=f"{login}@example.com", **companies)

    def make_biller(self, lang):
        """Who is told when nobody is responsible: the only one with the billing right here, in a language."""
        self.env.user.lang = lang

    def make_pair(self, **values):
        """A contract of each of the two."""
        users = (self.turkish, self.romanian)
        return [self.make_contract(user_id=user.id, **values) for user in users]

    def told(self, record):
        """(language of who is told, task) of the one task on the record."""
        task = record.activity_ids.ensure_one()
        return task.user_id.lang, task

    def make_gone(self):
        customer = self.env["res.partner"].create({"name": "Gone"})
        contracts = self.make_pair(partner_id=customer.id)
        customer.active = False
        return contracts

    # === BILLING === #
    def test_why_a_contract_was_not_billed(self):
        contracts = self.make_gone()
        self.bill(DAY)
        for contract in contracts:
            lang, task = self.told(contract)
            self.assertEqual(contract.billing_error, ARCHIVED[lang])
            self.assertIn(ARCHIVED[lang], task.note)

    def test_why_it_was_not_billed_by_the_cron(self):
        contracts = self.make_gone()
        with freeze_time("2026-01-01 12:00:00"), self.enter_registry_test_mode():
            self.env.ref("subscription_mgmt.ir_cron_subscription_bill_due").method_direct_trigger()
        self.assertEqual([contract.billing_error for contract in contracts], list(ARCHIVED.values()))

    def test_contracts_that_share_an_invoice_share_it_whoever_is_responsible(self):
        self.customer.subscription_group_invoice = True
        self.make_pair()
        self.assertEqual(len(self.bill(DAY).move_ids), 1)

    def test_who_is_told_where_nobody_is_responsible(self):
        self.make_biller("ro_RO")
        contract = self.make_gone()[0]
        contract.user_id = False
        self.bill(DAY)
        self.assertEqual(contract.billing_error, ARCHIVED["ro_RO"])

    def test_nobody_to_tell_it_is_the_language_of_the_companys_contact(self):
        self.company.partner_id.lang = "tr_TR"
        self.assertEqual(self.company._get_language_of(self.env["res.users"]), "tr_TR")

    def test_why_an_invoice_was_not_posted(self):
        account = self.company_data["default_account_revenue"].copy({"name": "Old"})
        self.product.property_account_income_id = account
        contracts = self.make_pair()
        account.active = False
        self.bill(DAY)
        reasons = [contract.invoice_ids.subscription_error for contract in contracts]
        self.assertIn("arşiv", reasons[0])
        self.assertIn("arhivat", reasons[1])

    def test_what_became_of_the_task(self):
        contracts = self.make_gone()
        self.bill(DAY)
        tasks = [contract.activity_ids for contract in contracts]
        contracts[0].partner_id.active = True
        self.bill(date(2026, 1, 5))
        texts = [contract.message_ids[0].body for contract in contracts]
        self.assertFalse(any(task.active for task in tasks))
        self.assertIn("Yapıldı.", texts[0])
        self.assertIn("Făcut.", texts[1])

    def test_the_kind_of_task_is_named_in_the_language_of_the_person(self):
        kind = self.env.ref("subscription_mgmt.mail_activity_type_billing_error")
        kind.summary = "Look at it"
        kind.with_context(lang="tr_TR").summary = "Buna bakın"
        contract = self.make_gone()[0]
        self.bill(DAY)
        self.assertEqual(contract.activity_ids.summary, "Buna bakın")

    # === DUNNING === #
    def test_what_dunning_asks_of_the_responsible_and_what_it_notes(self):
        self.company.subscription_dunning_plan_id = self.env["subscription.dunning.plan"].create(
            {
                "name": "Plan",
                "company_id": self.company.id,
                "step_ids": [
                    Command.clear(),
                    Command.create({"days": 3, "action": "retry"}),
                    Command.create({"days": 4, "action": "activity"}),
                ],
            }
        )
        contracts = self.make_pair()
        moves = self.bill(DAY).move_ids
        for day in (5, 6):
            self.carry_out(DUN, date(2026, 1, day))
        words = {
            "tr_TR": ("Ödenmemiş fatura", "Fatura kayıtlı kartla ödenmiyor."),
            "ro_RO": ("Factură neplătită", "Factura nu se plătește cu cardul salvat."),
        }
        for contract in contracts:
            lang, task = self.told(contract)
            summary, reason = words[lang]
            self.assertIn(summary, task.summary)
            log = (contract.invoice_ids & moves).sudo().subscription_dunning_log_ids.filtered("reason")
            self.assertEqual(log.reason, reason)
        self.assertFalse(self.carry_out(RESUME, date(2026, 1, 7)))

    # === REQUESTS === #
    def test_what_a_subscriber_asks_for(self):
        for contract in self.make_pair():
            asked = self.env["subscription.request"].with_context(lang="en_US").sudo()
            today = contract.company_id._subscription_today()
            request = asked._ask(
                contract, self.customer, "close", date(today.year + 1, 12, 31), "Thank you", reason=self.reason
            )
            lang, task = self.told(request)
            self.assertEqual(task.summary, request.with_context(lang=lang).display_name)

    def test_requests_are_named_in_the_language_of_who_looks(self):
        self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "subscription.request"), ("value", "=", "close")]
        ).with_context(lang="tr_TR").name = "Kapat"
        contract = self.make_contract()
        request = (
            self.env["subscription.request"]
            .sudo()
            .create({"contract_id": contract.id, "contact_id": self.customer.id, "kind": "close", "date": DAY})
        )
        names = [request.with_context(lang=code).display_name.split(":")[0] for code in ("en_US", "tr_TR")]
        self.assertEqual(names, ["Close", "Kapat"])

    # === PACKAGES === #
    def test_a_package_that_was_paid_and_not_handed_over(self):
        self.make_biller("tr_TR")
        package = self.env["subscription.package"].create(
            {"name": "Ten", "kind": "credit", "credits": 10, "price": 100.0, "product_id": self.product.id,
             "department_ids": [Command.create({"name": "Support"})]}
        )  # fmt: skip
        provider = self.env["payment.provider"].create({"name": "P", "code": "none", "company_id": self.company.id})
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "amount": 100.0,
                "currency_id": self.company.currency_id.id,
                "partner_id": self.customer.id,
                "reference": "P-1",
                "subscription_package_id": package.id,
                "state": "done",
                "is_post_processed": True,
            }
        )

        def fail(package, *_args, **_values):
            raise UserError(package.env.lang)

        self.patch(type(package), "_grant", fail)
        self.carry_out(HAND_OVER, DAY)
        lang, task = self.told(self.customer)
        self.assertEqual(lang, "tr_TR")
        self.assertIn("ödendi ancak teslim edilemedi", task.note)
        self.assertEqual(transaction.subscription_error, "tr_TR")

    # === ALL THE OTHERS === #
    def test_recurrences(self):
        rows = self.env["subscription.interaction"]
        kind = self.env["subscription.interaction.type"].create({"name": "T", "makes": "task"})
        for user in (self.turkish, self.romanian):
            values = {"name": "Call", "type_id": kind.id, "user_id": user.id, "partner_id": self.customer.id}
            rows += rows.create({**values, "occurrence_date": DAY, "date_start": "2026-01-01 09:00:00"})

        def fail(rows):
            raise UserError(rows.env.lang)

        self.patch(type(rows), "_make_tasks", fail)
        rows._prepare(DAY)
        self.assertEqual(rows.mapped("subscription_error"), ["tr_TR", "ro_RO"])

    def test_what_is_done_for_the_company_as_a_whole(self):
        self.make_biller("ro_RO")

        def fail(companies):
            raise UserError(companies.env.lang)

        self.company._isolate("check", fail, DAY)
        self.assertEqual(self.company.sudo().subscription_error, "ro_RO")

    def test_every_job_of_the_night_is_done_in_the_language_of_its_readers(self):
        """A model that can tell somebody can do so in his language: nobody has a way of his own to say it."""
        own = self.env.registry["subscription.alert.mixin"]
        for name in ("_alert", "_for_reader", "_per_reader", "_get_reader"):
            for model in self.env.registry.values():
                if issubclass(model, own) and not model._abstract:
                    self.assertIs(getattr(model, name), getattr(own, name), (model._name, name))
