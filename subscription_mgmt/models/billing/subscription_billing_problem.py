from odoo import api, fields, models
from odoo.tools import SQL

# What can go wrong with the invoices of a run, after they were made
MOVE_STEPS = ("post", "send", "charge")


class SubscriptionBillingProblem(models.Model):
    """What still stands in the way of a run: one row for each reason, read from what is set aside at this moment."""

    _name = "subscription.billing.problem"
    _description = "Problem of a Billing Run"
    _auto = False
    _order = "run_id desc, step, record_count desc, id"
    _rec_name = "reason"
    _depends = {
        "subscription.parking": ["res_model", "res_id", "step", "reason"],
        "subscription.billing.run": ["company_id", "parked_ids"],
        "account.move": ["subscription_run_id", "state"],
    }

    run_id = fields.Many2one(comodel_name="subscription.billing.run", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    step = fields.Selection(selection="_selection_step", readonly=True)
    reason = fields.Text(string="Problem", readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    record_ids = fields.Json(string="Records", readonly=True)
    record_count = fields.Integer(string="How Many", readonly=True)
    amount = fields.Monetary(
        string="Untaxed Amount",
        compute="_compute_amount",
        compute_sudo=True,
        help="Of the invoices, or of the periods for which there is none yet.",
    )

    @api.model
    def _selection_step(self):
        """Steps as they are called where they are set aside."""
        return self.env["subscription.parking"]._fields["step"]._description_selection(self.env)

    @property
    def _table_query(self):
        parked = self.env["subscription.billing.run"]._fields["parked_ids"]
        # A reason of many runs is a row of each: the number of the run is part of the id.
        return SQL(
            """
            SELECT (run.id::bigint << 31) + min(found.id) AS id, run.id AS run_id, run.company_id, found.step,
                   found.reason, found.res_model, jsonb_agg(found.res_id ORDER BY found.res_id) AS record_ids,
                   count(*)::int AS record_count
              FROM subscription_billing_run run
              JOIN (SELECT set_aside.*, move.subscription_run_id AS run_id
                      FROM subscription_parking set_aside JOIN account_move move ON move.id = set_aside.res_id
                     WHERE set_aside.res_model = 'account.move' AND set_aside.step IN %(steps)s
                       AND (set_aside.step != 'post' OR move.state = 'draft')
                     UNION ALL
                    SELECT set_aside.*, parked.%(run)s
                      FROM subscription_parking set_aside JOIN %(parked)s parked
                        ON parked.%(contract)s = set_aside.res_id
                     WHERE set_aside.res_model = 'subscription.contract' AND set_aside.step = 'bill'
                   ) found ON found.run_id = run.id
             GROUP BY run.id, found.step, found.reason, found.res_model
            """,
            steps=MOVE_STEPS,
            parked=SQL.identifier(parked.relation),
            run=SQL.identifier(parked.column1),
            contract=SQL.identifier(parked.column2),
        )

    @api.depends("record_ids")
    def _compute_amount(self):
        for (model, run), problems in self.grouped(lambda one: (one.res_model, one.run_id)).items():
            records = self.env[model].browse({number for one in problems for number in one.record_ids})
            amounts = run._get_invoiced(records) if model == "account.move" else run._get_planned(records)
            for problem in problems:
                problem.amount = sum(amounts.get(number, 0.0) for number in problem.record_ids)

    def _get_records(self):
        """The invoices, or the contracts, that have the problem."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.record_ids).exists()

    # === ACTIONS === #
    def action_view_records(self):
        """Open the invoices or contracts that have the problem."""
        self.ensure_one()
        domain = [("id", "in", self.record_ids)]
        if self.res_model == "account.move":
            return self.env["account.move"]._get_subscription_list(domain)
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_contract_action")
        context = {"create": False, "show_billing_error": True, "active_test": False}
        return {**action, "domain": domain, "context": context}

    def action_try_again(self):
        """Try what failed once more, at once; the run shows what became of it.

        :raise AccessError: without the billing right.
        """
        run = self.run_id.ensure_one()
        run.check_access("write")
        return run._try_again(self)
