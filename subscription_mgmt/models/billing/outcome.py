"""What became of a run: whether it waits, is done, left problems behind or was taken back, and trying those again."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from .subscription_billing_run import POST_BATCH, UNDER_WAY

# States of a run that is over; from one to the other it goes as its invoices do, until it is undone
OVER = ("waiting", "done", "problems")
# More than a person should wait for is tried again in the background.
AT_ONCE = 3 * POST_BATCH


class SubscriptionBillingRun(models.Model):
    _inherit = "subscription.billing.run"

    problem_ids = fields.One2many(
        comodel_name="subscription.billing.problem", inverse_name="run_id", string="Problems", readonly=True
    )
    problem_count = fields.Integer(
        string="Left With a Problem",
        compute="_compute_problems",
        help="Contracts that could not be billed, and invoices that could not be posted, sent or charged.",
    )
    problem_amount = fields.Monetary(string="Amount With a Problem", compute="_compute_problems")
    outcome = fields.Text(compute="_compute_outcome", help="What is to be done about the run, or was done, in words.")

    def _compute_problems(self):
        for run in self:
            run.problem_count = sum(run.problem_ids.mapped("record_count"))
            run.problem_amount = sum(run.problem_ids.mapped("amount"))

    @api.depends("state", "undone_uid")
    def _compute_outcome(self):
        for run in self:
            run.outcome = "\n".join(run._get_outcome()) if run.state not in UNDER_WAY else False

    def _get_outcome(self):
        """What a person should know about a run that is over, as a list of sentences."""
        self.ensure_one()
        texts = []
        if self.state == "waiting":
            text = self.env._(
                "%(count)s invoices wait: look at them, then approve or undo the run.", count=self.draft_count
            )
            texts.append(text)
        if self.problem_count:
            amount = self.currency_id.format(self.problem_amount)
            text = self.env._(
                "%(count)s could not be finished, %(amount)s without tax. The reasons stand below.",
                count=self.problem_count,
                amount=amount,
            )
            texts.append(text)
        if self.undone_uid:
            text = self.env._(
                "%(user)s took %(count)s invoices back on %(day)s; their periods are in the payment plan again.",
                user=self.undone_uid.name,
                count=self.undone_count,
                day=format_datetime(self.env, self.date_undone),
            )
            texts.append(text)
        return texts

    def _get_invoiced(self, moves):
        """Untaxed amounts of invoices in company currency, by id; what gives back counts below zero."""
        return {move.id: move.amount_untaxed_signed for move in moves.exists()}

    def _get_planned(self, contracts):
        """Untaxed amounts of what the run was to bill of contracts, in company currency, by id."""
        self.ensure_one()
        rows = Domain("contract_id", "in", contracts.ids) & self._get_due_rows_domain(self.company_id, self.date_ref)
        groups = ["contract_id", "currency_id"]
        sums = self.env["subscription.installment"]._read_group(rows, groups, ["price_subtotal:sum"])
        terms = (self.currency_id, self.company_id, self.date_invoice)
        return {contract.id: currency._convert(amount, *terms) for contract, currency, amount in sums}

    # === STATE === #
    def _judge(self):
        """Say how the runs that are over stand now; written only where that is news, since many may ask at once."""
        # sudo: whoever posts or deletes an invoice need not be allowed to see runs
        over = self.sudo().filtered(lambda run: run.state in OVER)
        if not over:
            return
        held = over._count_drafts()
        problems = self.env["subscription.billing.problem"].sudo()
        troubled = {run for (run,) in problems._read_group([("run_id", "in", over.ids)], ["run_id"])}
        for run in over:
            state = "waiting" if run.hold and held.get(run) else "problems" if run in troubled else "done"
            if run.state != state:
                run._write_sealed({"state": state})

    # === TRYING AGAIN === #
    def action_try_again(self):
        """Try everything once more in which the run failed.

        :raise AccessError: without the billing right.
        """
        self.ensure_one()
        self.check_access("write")
        return self._try_again(self.problem_ids)

    def _try_again(self, problems):
        """Try what has these problems once more; invoices stay in this run, contracts are billed in a new one.

        :return: action that shows the run, or the new one.
        """
        self.ensure_one()
        contracts = self.env["subscription.contract"]
        for problem in problems:
            records = problem._get_records()
            if problem.res_model == contracts._name:
                contracts |= records
            elif problem.step == "post" and len(records) <= AT_ONCE:
                self._post_again(records)
            else:
                # sudo: whoever may bill may have it tried again
                records._get_parkings(problem.step).filtered("next_try").action_try_again()
        return (self._retry(contracts) or self)._get_form_action()

    def _post_again(self, moves):
        """Post the drafts of the run that failed, as far as they are still to be posted."""
        due = self.env["account.move"]._get_subscription_post_domain(self.company_id, self.date_invoice)
        moves.with_company(self.company_id)._post_claimed(due, self.date_invoice, self._get_today())

    def _retry(self, contracts):
        """Bill contracts that failed once more, in a run of their own; its invoices bear today's date or a later one.

        :return: the new run, empty when nothing of them is due any more.
        """
        if not contracts:
            return self.browse()
        terms = {"hold": self.hold, "date_invoice": max(self.date_invoice, self._get_today())}
        if len(contracts) > AT_ONCE:
            return self._start(self.company_id, self.date_ref, contracts, **terms)
        return self._bill_due(self.date_ref, contracts, self.company_id, **terms)

    def _get_today(self):
        return self.company_id._subscription_today()


class SubscriptionParking(models.Model):
    _inherit = "subscription.parking"

    def _count(self, reason, date_ref):
        """Override of `common`: the run of what failed is not simply done any more."""
        result = super()._count(reason, date_ref)
        self._get_runs()._judge()
        return result

    def _close(self):
        """Override of `common`: the run of what succeeded at last may be done now."""
        runs = self._get_runs()
        result = super()._close()
        runs._judge()
        return result

    def _get_runs(self):
        """Runs that made the invoices, or could not bill the contracts, that are set aside."""
        runs = self.env["subscription.billing.run"].sudo()  # sudo: as in _judge
        kinds = {model: rows.mapped("res_id") for model, rows in self.grouped("res_model").items()}
        if "subscription.contract" in kinds:
            parked = Domain("parked_ids", "in", kinds["subscription.contract"])
            runs = runs.with_context(active_test=False).search(Domain("state", "=", "problems") & parked)
        if "account.move" in kinds:
            runs |= self.env["account.move"].sudo().browse(kinds["account.move"]).exists().subscription_run_id
        return runs


class AccountMove(models.Model):
    _inherit = "account.move"

    def _judge_runs(self):
        """Have the runs that made the invoices say how they stand, after something happened to these."""
        self.sudo().subscription_run_id._judge()  # sudo: as there
