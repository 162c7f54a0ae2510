from odoo import api, fields, models
from odoo.fields import Domain

from ..common.context import CHECKED, LEDGER, POSTING
from ..common.groups import ACCOUNTING

# The write by which Odoo posts
POSTED = {"state", "posted_before"}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "subscription.parking.mixin", "subscription.sealed.mixin"]
    _sealed_records = False

    subscription_run_id = fields.Many2one(
        comodel_name="subscription.billing.run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=ACCOUNTING,
    )
    subscription_billing_mode = fields.Selection(
        selection=lambda self: self.env["res.company"]._selection_billing_mode(),
        readonly=True,
        copy=False,
        groups=ACCOUNTING,
    )
    subscription_contract_ids = fields.Many2many(
        comodel_name="subscription.contract",
        string="Subscriptions",
        compute="_compute_subscription_contract_ids",
        search="_search_subscription_contract_ids",
        compute_sudo=True,
        groups=ACCOUNTING,
    )
    subscription_contract_count = fields.Integer(
        compute="_compute_subscription_contract_ids", compute_sudo=True, groups=ACCOUNTING
    )

    # What the posting and sending queues look for
    _subscription_queue = models.Index(
        "(company_id, subscription_billing_mode, state) WHERE subscription_billing_mode IS NOT NULL"
    )
    # Every hour they look for the few that are left among all that were ever posted.
    _subscription_unsent = models.Index(
        "(company_id, invoice_date) WHERE state = 'posted' AND is_move_sent IS NOT TRUE"
        " AND subscription_billing_mode IN ('send', 'charge')"
    )

    # === SEALED === #
    @api.model
    def _get_sealed_fields(self):
        """Override of `subscription.sealed.mixin`: of Odoo's invoices nothing but what we keep on them."""
        return {name for name in super()._get_sealed_fields() if name.startswith("subscription_")}

    @api.model
    def _create_subscription_moves(self, vals_list):
        """Create invoices that billing goes on with by itself."""
        return self.with_context(subscription_ledger=LEDGER).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Override of `account` for what billing knows better.

        While it is handed to the mail server or to a gateway an invoice is not sent yet, though Odoo calls it sent as
        soon as its PDF is made. Drafts are in order as they are stored, so posting them derives no line again.
        """
        if self.env.context.get("subscription_on_its_way") is CHECKED:
            vals = {name: value for name, value in vals.items() if name != "is_move_sent"}
        if self.env.context.get("subscription_posting") is POSTING and vals.keys() == POSTED:
            return super(AccountMove, self.with_context(skip_invoice_sync=True)).write(vals)
        return super().write(vals)

    def _can_commit(self):
        """Override of `account`: as that of `account.move.send`; add-ons for tax offices ask the invoice itself."""
        return self.env.context.get("subscription_printing") is not CHECKED and super()._can_commit()

    @api.depends("line_ids.subscription_installment_ids", "reversed_entry_id")
    def _compute_subscription_contract_ids(self):
        for move in self:
            move.subscription_contract_ids = move._get_billed_contracts()
            move.subscription_contract_count = len(move.subscription_contract_ids)

    def _search_subscription_contract_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("line_ids.subscription_installment_ids.contract_id", "in", value)]

    def action_view_subscription_contracts(self):
        """Open the contracts that the invoice bills."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        return {**action, "domain": [("id", "in", self.subscription_contract_ids.ids)]}

    # === POSTING === #
    @api.model
    def _get_subscription_post_domain(self, company, _date_ref):
        """Drafts that billing made and still has to post: the queue survives any interruption.

        One that was posted before was taken back by a person, who posts it again when it is mended.
        """
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "draft")
            & Domain("posted_before", "=", False)
            & Domain("subscription_billing_mode", "in", ("post", "send", "charge"))
            & ~Domain("subscription_run_id.hold", "=", True)
        )

    # === WHAT STANDS BEHIND IT === #
    def _get_subscription_sources(self):
        """What the invoice was made of, as a list of records of `subscription.invoicing.mixin`: its contracts.

        Hook: a room whose documents make invoices adds them. Whoever wants to know with which card it is paid, what is
        done about it and who is told asks these, whatever they are.
        """
        self.ensure_one()
        return list(self.sudo()._get_billed_contracts().sorted("id"))  # sudo: as when scheduling

    def _get_billed_contracts(self):
        """Contracts whose rows the invoice has billed, or else the one that it gives back."""
        billed, given_back = self.line_ids, self.reversed_entry_id.line_ids
        # Not a union: it would forget which records are read together.
        return billed.subscription_installment_ids.contract_id or given_back.subscription_installment_ids.contract_id

    @api.model
    def _get_subscription_source_domain(self, condition):
        """Invoices behind which something stands that meets a condition. Hook, as `_get_subscription_sources`.

        :param condition: domain on fields of `subscription.invoicing.mixin`.
        """
        rows = Domain("subscription_installment_ids", "any", Domain("contract_id", "any", condition))
        return Domain("line_ids", "any", rows)

    def _get_alert_users(self):
        """Whoever looks after what the invoice was made of."""
        self.ensure_one()
        return self.env["res.users"].union(*(source._get_alert_users() for source in self._get_subscription_sources()))


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    subscription_installment_ids = fields.One2many(
        comodel_name="subscription.installment",
        inverse_name="invoice_line_id",
        string="Installments",
        groups="subscription_mgmt.group_subscription_viewer",
    )
