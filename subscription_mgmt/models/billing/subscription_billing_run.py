from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date, partition

from ..common.isolation import run_isolated
from .decisions import BillingDecisions

# Contracts claimed, billed and committed together, and invoices posted together
BILL_BATCH = 200
POST_BATCH = 100
# States of a run that is still to be carried out, or being carried out
UNDER_WAY = ("queued", "running")


class SubscriptionBillingRun(models.Model):
    """One run of billing in one company: what it made, what it had to leave, how long it took."""

    _name = "subscription.billing.run"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin"]
    _description = "Subscription Billing Run"
    _order = "id desc"
    _rec_name = "date_ref"
    _check_company_auto = True

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_ref = fields.Date(
        string="Periods Due Until", required=True, readonly=True, help="Rows to bill on or before this day were billed."
    )
    date_invoice = fields.Date(
        string="Invoice Date", required=True, readonly=True, help="Day that the invoices of the run bear."
    )
    state = fields.Selection(
        selection=[
            ("queued", "Queued"),
            ("running", "Running"),
            ("waiting", "Waiting for Approval"),
            ("done", "Done"),
            ("problems", "Done With Problems"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    date_done = fields.Datetime(string="Finished On", readonly=True)
    chosen_ids = fields.Many2many(
        comodel_name="subscription.contract",
        relation="subscription_billing_run_chosen_rel",
        string="Only These Contracts",
        readonly=True,
    )
    # Not told by the choice itself: chosen contracts that are deleted or archived meanwhile leave it empty.
    is_chosen = fields.Boolean(
        string="Chosen Contracts Only",
        readonly=True,
        help="Bills the chosen contracts, and nothing when none of them is left; else everything due.",
    )
    total_count = fields.Integer(string="Contracts Due", readonly=True)
    part_ids = fields.One2many(
        comodel_name="subscription.billing.part",
        inverse_name="run_id",
        readonly=True,
        export_string_translation=False,
    )
    done_count = fields.Integer(string="Contracts Handled", readonly=True, help="Billed or parked.")
    progress = fields.Float(compute="_compute_progress", help="Part of the due contracts that is handled, in percent.")
    contract_count = fields.Integer(string="Contracts", readonly=True)
    installment_count = fields.Integer(string="Installments", readonly=True)
    move_ids = fields.One2many(
        comodel_name="account.move", inverse_name="subscription_run_id", string="Invoices", readonly=True
    )
    move_count = fields.Integer(string="Invoice Count", compute="_compute_move_figures")
    amount_untaxed = fields.Monetary(string="Untaxed Amount", compute="_compute_move_figures")
    amount_total = fields.Monetary(string="Total", compute="_compute_move_figures")
    parked_ids = fields.Many2many(
        comodel_name="subscription.contract", string="Parked Contracts", readonly=True, help="Could not be billed."
    )
    parked_count = fields.Integer(string="Parked", compute="_compute_parked_count")

    @api.depends("move_ids")
    def _compute_move_figures(self):
        aggregates = ["row_count:sum", "amount_untaxed_signed:sum", "amount_total_signed:sum"]
        # sudo: figures of the own run for people who may not open the invoices
        sums = self.env["subscription.run.sum"].sudo()
        groups = sums._read_group([("subscription_run_id", "in", self.ids)], ["subscription_run_id"], aggregates)
        figures = {run.id: row for run, *row in groups}
        for run in self:
            run.move_count, run.amount_untaxed, run.amount_total = figures.get(run.id, (0, 0.0, 0.0))

    @api.depends("total_count", "part_ids.done_count", "state")
    def _compute_progress(self):
        running = self.filtered(lambda run: run.state in UNDER_WAY and run.total_count)
        sums = self.env["subscription.billing.part"]._sum_up(running)
        for run in self:
            done, *_rest = sums.get(run, (0,))
            over = run.state not in UNDER_WAY
            run.progress = 100.0 * (over if run not in running else min(1, done / run.total_count))

    @api.depends("parked_ids")
    def _compute_parked_count(self):
        for run in self:
            run.parked_count = len(run.parked_ids)

    @api.depends("date_ref", "company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Billing up to %(day)s", day=format_date(self.env, run.date_ref))

    # === ACTIONS === #
    def action_view_moves(self):
        """Open the invoices that the run made."""
        return self.env["account.move"]._get_subscription_list([("subscription_run_id", "in", self.ids)])

    def action_view_parked(self):
        """Open the contracts that could not be billed."""
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        context = {"create": False, "show_billing_error": True}
        return {**action, "domain": [("id", "in", self.parked_ids.ids)], "context": context}

    def action_retry_parked(self):
        """Bill the parked contracts of the run once more, in a run of their own and with today's date.

        :raise AccessError: without the billing right.
        """
        self.ensure_one()
        self.check_access("write")
        return (self._retry(self.parked_ids) or self)._get_form_action()

    def _get_form_action(self):
        """Open the first run of the set."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self[:1].id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === BILLING === #
    @api.model
    def _bill_due(self, date_ref, contracts=None, companies=None, hold=False, date_invoice=None):
        """Bill every planned row to bill on or before `date_ref`, then post what is to be posted (WSM-05, WSM-42).

        Safe to repeat: rows once billed are not found again. A contract that fails is parked with its reason and
        stops nobody. Never commits.

        :param date_ref: day up to which rows are billed, included.
        :param contracts: only these, parked ones too; default: all that are due and not waiting for a next try.
        :param companies: only these; default: those of the contracts, or all that run subscriptions.
        :param hold: leave all invoices in draft until the run is approved.
        :param date_invoice: day of the invoices; default: that of `date_ref`, but never later than today.
        :return: one run per company in which something was due.
        """
        runs = self.browse()
        for company in companies or self._get_billing_companies(contracts):
            run = self.with_company(company).browse()
            for batch in self._get_due_batches(company, date_ref, contracts):
                run = run or self._open(company, date_ref, hold, date_invoice)
                run._bill_batch(batch)
                run._forget()
            run._post_moves()
            run._finish()
            runs += run
        return runs

    @api.model
    def _get_billing_companies(self, contracts=None):
        companies = self.env["res.company"]._get_subscription_companies()
        return companies if contracts is None else companies & contracts.company_id

    @api.model
    def _open(self, company, date_ref, hold=False, date_invoice=None):
        """Begin a run; the right to write runs is the right to bill.

        :raise AccessError: without it.
        """
        self.check_access("write")
        date_invoice = date_invoice or min(date_ref, company._subscription_today())
        values = {"company_id": company.id, "date_ref": date_ref, "hold": hold, "date_invoice": date_invoice}
        return self.with_company(company)._create_sealed([values])

    def _finish(self):
        for run, figures in self.env["subscription.billing.part"]._sum_up(self).items():
            names = ("done_count", "contract_count", "installment_count")
            run._write_sealed({name: run[name] + part for name, part in zip(names, figures, strict=True)})
        self.sudo().part_ids.unlink()  # sudo: they are the run's own
        self._write_sealed({"state": "done", "date_done": fields.Datetime.now()})
        self._judge()

    @api.model
    def _get_due_domain(self, company, date_ref, contracts=None):
        """Contracts with rows to bill; closed ones too, archived or not: a last period or credit is still to come."""
        if contracts is None:
            due = Domain("id", "in", self._find_due_contract_ids(company, date_ref))
        else:
            due = Domain("installment_ids", "any", self._get_due_rows_domain(company, date_ref))
        # One that is paused today may be in service again on the day of billing, or have ended while it was paused.
        paused = self.env["subscription.contract"]._get_paused_domain(date_ref)
        back = Domain("state", "=", "paused") & (~paused | Domain("date_end", "<", date_ref))
        running = Domain("active", "=", True) & (Domain("state", "=", "active") | back)
        domain = Domain("company_id", "=", company.id) & (running | Domain("state", "=", "closed")) & due
        if contracts is not None:
            return domain & Domain("id", "in", contracts.ids)
        return domain & self.env["subscription.contract"]._get_not_parked_domain("bill", date_ref)

    @api.model
    def _find_due_contract_ids(self, company, date_ref):
        """Ids of the contracts with rows to bill, looked up by themselves.

        The database takes planned rows of the past for frequent, and in a larger query looks through all contracts for
        them; asked for alone they come from their own index, and mostly there are none.
        """
        rows = self._get_due_rows_domain(company, date_ref)
        groups = self.env["subscription.installment"]._read_group(rows, ["contract_id"])
        return [contract.id for (contract,) in groups]

    @api.model
    def _get_due_rows_domain(self, company, date_ref):
        """Rows to bill; the company stands first in their index."""
        due = Domain("state", "=", "planned") & Domain("date_invoice", "<=", date_ref)
        return Domain("company_id", "=", company.id) & due

    @api.model
    def _get_due_batches(self, company, date_ref, contracts=None):
        """Yield the due contracts in batches; contracts that share an invoice stay together."""
        model = self.env["subscription.contract"].with_company(company)
        due = model.search(self._get_due_domain(company, date_ref, contracts), order="id")
        shared, batch = {}, model
        for contract in due:
            if contract.invoice_partner_id.subscription_group_invoice:
                shared.setdefault(contract.invoice_partner_id, []).append(contract.id)
        for contract in due:
            group = shared.pop(contract.invoice_partner_id, None)
            if group:
                batch += model.browse(group)
            elif not contract.invoice_partner_id.subscription_group_invoice:
                batch += contract
            if len(batch) >= BILL_BATCH:
                yield batch
                batch = model
        if batch:
            yield batch

    def _bill_batch(self, contracts):
        """Claim, bill and mark a batch of contracts; those that another worker holds are left to it."""
        self.ensure_one()
        rows = self._claim(contracts)
        failures = []
        for run, groups in self._get_groups_per_reader(rows):
            failures += run._bill_groups(groups)
        failed = self.env["subscription.installment"].union(*(group for group, _error in failures))
        for group, error in failures:
            group.contract_id._park("bill", error, self.date_invoice)
        done = rows - failed
        # A contract may have rows on two invoices, of which one failed.
        (done.contract_id - failed.contract_id)._unpark("bill")
        self._note_part(done, failed)

    def _note_part(self, done, failed):
        """Keep what a batch came to, without a write to the run, which all who bill for it would wait for."""
        # The relation alone, since `write` would touch the row of the run.
        self._fields["parked_ids"].write(self, [Command.link(contract.id) for contract in failed.contract_id])
        figures = {"done_count": len((done | failed).contract_id), "contract_count": len(done.contract_id)}
        part = {"run_id": self.id, **figures, "installment_count": len(done)}
        self.env["subscription.billing.part"]._create_sealed([part])

    @api.model
    def _forget(self):
        """Write what is pending and empty the cache after a batch, so that memory does not grow with their number."""
        self.env.flush_all()
        self.env.invalidate_all(flush=False)

    def _claim(self, contracts):
        """Lock the contracts, skipping those that another worker has, and return their due rows.

        What has been paused, billed or moved since they were found is seen now, and left alone.
        """
        locked = contracts.try_lock_for_update(allow_referencing=True)
        shares = (contracts - locked).invoice_partner_id.filtered("subscription_group_invoice")
        # Half a shared invoice would be a second one for the rest: whoever holds one contract gets them all.
        locked = locked.filtered(lambda contract: contract.invoice_partner_id not in shares)
        locked = locked.search(self._get_due_domain(self.company_id, self.date_ref, locked))
        locked._settle_credits(self.date_ref)
        domain = Domain("contract_id", "in", locked.ids) & self._get_due_rows_domain(self.company_id, self.date_ref)
        rows = self.env["subscription.installment"].search(domain, order="contract_id.id, date_invoice, date_from, id")
        return rows._cap_backlog()

    def _get_groups_per_reader(self, rows):
        """What becomes one invoice each, by the language of who is told if it does not.

        :return: list of (run, list of recordsets of rows), all in that language.
        """
        langs = {one.id: part.env.lang for part in rows.contract_id._per_reader() for one in part}
        parts = {}
        for group in self._group_rows(rows, BillingDecisions(self.env)):
            lang = langs[group.contract_id[:1].id]
            parts.setdefault(lang, []).append(group.with_context(lang=lang))
        return [(self.with_context(lang=lang), groups) for lang, groups in parts.items()]

    @api.model
    def _group_rows(self, rows, decide):
        """List of recordsets of rows: each becomes one invoice."""
        return list(rows.grouped(lambda row: row._get_invoice_key(decide)).values())

    def _bill_groups(self, groups):
        """Make an invoice of each group of rows, and let those go that cost nothing.

        :return: list of (group, error).
        """
        decide = BillingDecisions(self.env)
        free, charged = partition(lambda group: group._is_free(), groups)
        sound, failures = self._sort_out(charged, decide)
        failures += run_isolated(sound, self._invoice_groups)
        rows = self.env["subscription.installment"]
        return failures + run_isolated(free, lambda part: rows.union(*part)._let_go_free())

    @api.model
    def _sort_out(self, groups, decide):
        """Part the groups that cannot be billed for a known reason from the others, before the work is done.

        :return: (groups to bill, list of (group, error)).
        """
        sound, failures = [], []
        for group in groups:
            try:
                group._check_invoiceable(decide)
                sound.append(group)
            except UserError as error:
                failures.append((group, error))
        return sound, failures

    # === POSTING === #
    def _post_moves(self):
        """Post the drafts of these runs that are to be posted."""
        for run in self:
            moves = self.env["account.move"].with_company(run.company_id)
            domain = moves._get_subscription_post_domain(run.company_id, run.date_ref)
            moves = moves.search(domain & Domain("subscription_run_id", "=", run.id), order="id")
            for batch in self.env["subscription.batches"]._split(moves, POST_BATCH, "journal_id"):
                batch._post_claimed(domain, run.date_invoice)
                run._forget()
