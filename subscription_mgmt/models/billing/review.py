"""Looking before and after: hold a run's invoices for approval, undo what is still in draft, bill a row again."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..common.context import LEDGER
from ..contract.ledger import LedgerReader


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    hold = fields.Boolean(
        string="Wait for Approval",
        readonly=True,
        help="The invoices stay in draft, whatever their contracts say, until somebody approves the run.",
    )
    draft_count = fields.Integer(string="Drafts", compute="_compute_draft_count")
    approved_uid = fields.Many2one(comodel_name="res.users", string="Approved By", readonly=True)
    date_approved = fields.Datetime(string="Approved On", readonly=True)
    undone_uid = fields.Many2one(comodel_name="res.users", string="Undone By", readonly=True)
    date_undone = fields.Datetime(string="Undone On", readonly=True)
    undone_count = fields.Integer(string="Invoices Taken Back", readonly=True)

    def _compute_draft_count(self):
        counts = self._count_drafts()
        for run in self:
            run.draft_count = counts.get(run, 0)

    def _count_drafts(self):
        """Number of invoices in draft, by run."""
        drafts = Domain("subscription_run_id", "in", self.ids) & Domain("state", "=", "draft")
        # sudo: a figure of the own run for people who may not open the invoices
        sums = self.env["subscription.run.sum"].sudo()
        counts = sums._read_group(drafts, ["subscription_run_id"], ["row_count:sum"])
        return {run.with_env(self.env): count for run, count in counts}

    def action_approve(self):
        """Release a held run: its invoices go the way their contracts say, starting with posting.

        :raise AccessError: without the billing right.
        """
        self.check_access("write")
        now = fields.Datetime.now()
        self._write_sealed({"hold": False, "approved_uid": self.env.uid, "date_approved": now})
        self._post_moves()
        self._judge()

    def action_undo(self):
        """Delete the drafts of the runs and put their rows back into the plan; posted invoices stay.

        A run of which nothing is left is undone for good.

        :raise AccessError: without the billing right.
        :raise UserError: nothing is in draft any more.
        """
        self.check_access("write")
        drafts = self.move_ids.filtered(lambda move: move.state == "draft")
        if not drafts:
            raise UserError(self.env._("No invoice of this run is in draft; credit the posted ones instead."))
        for run, moves in drafts.grouped("subscription_run_id").items():
            count = len(moves)
            moves.unlink()
            values = {"undone_uid": self.env.uid, "date_undone": fields.Datetime.now(), "undone_count": count}
            run._write_sealed(values if run.move_ids else {**values, "state": "undone"})
            run._judge()


class SubscriptionInstallment(models.Model):
    _inherit = "subscription.installment"

    def action_bill_again(self, reason):
        """Re-open billed rows whose invoice was cancelled or credited; they are billed by the next run.

        :param reason: why, in plain words; kept in the log of the contract.
        :raise AccessError: without the billing right.
        :raise UserError: no reason, or a row whose invoice still stands.
        """
        if not self.env.user.has_group("subscription_mgmt.group_subscription_billing"):
            raise AccessError(self.env._("You need the billing right to bill a period again."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the period is billed again."))
        standing = LedgerReader(self.contract_id).get_standing(self)
        for row in self:
            charged, returned = standing[row.id]
            if row.state != "invoiced" or row.credited_id or abs(returned) < abs(charged):
                raise UserError(
                    self.env._(
                        "%(row)s stands on invoice %(invoice)s: %(returned)s of %(charged)s was given back. "
                        "Cancel or credit the invoice first.",
                        row=row.display_name,
                        invoice=row.invoice_id.display_name,
                        returned=row.currency_id.format(float(returned)),
                        charged=row.currency_id.format(float(charged)),
                    )
                )
        for contract, rows in self.grouped("contract_id").items():
            invoices = ", ".join(rows.invoice_id.mapped("display_name"))
            # sudo: billing needs the billing right, not the right to edit contracts
            contract.sudo().message_post(
                body=self.env._(
                    "To be billed again: %(rows)s (was on %(invoices)s). Reason: %(reason)s",
                    rows="; ".join(f"{row.date_from} – {row.date_to}" for row in rows),
                    invoices=invoices,
                    reason=reason,
                )
            )
        self.sudo().with_context(subscription_ledger=LEDGER).write({"is_reopened": True})
        self.contract_id._settle(reason=reason)
        # Nothing was left to charge again: that stays so, whatever is given back later.
        charged = self.filtered(lambda row: not any(one.is_again and one.state == "planned" for one in row.credit_ids))
        charged.sudo().with_context(subscription_ledger=LEDGER).write({"is_reopened": False})
