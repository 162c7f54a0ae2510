"""Recurring revenue of a contract: that of today by the log, whether it is read, sorted, summed up or looked for."""

from odoo import api, fields, models
from odoo.tools import SQL

COMPARED = ("<", ">", "<=", ">=")


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    # Not stored: a line that begins or ends tonight is counted from midnight on, without anybody writing anything.
    mrr = fields.Monetary(
        string="MRR",
        compute="_compute_mrr",
        compute_sudo=True,
        search="_search_mrr",
        aggregator="sum",
        help="Monthly recurring revenue: the untaxed price of all running lines for an average month. None of a draft, "
        "a trial or a pause.",
    )
    mrr_offer = fields.Monetary(
        string="MRR Once in Force",
        compute="_compute_mrr_offer",
        help="Monthly recurring revenue with which a draft will begin, when it is put in force.",
    )

    @api.depends("mrr_event_ids.day", "mrr_event_ids.amount_currency")
    def _compute_mrr(self):
        query = SQL(
            "SELECT id, %s FROM subscription_contract WHERE id = ANY(%s)",
            self._get_mrr_sql("subscription_contract"), self._origin.ids,
        )  # fmt: skip
        found = dict(self.env.execute_query(query))
        for contract in self:
            contract.mrr = found.get(contract._origin.id, 0.0)

    @api.depends("state", "date_start", "line_ids.mrr", "line_ids.active", "line_ids.date_start", "line_ids.date_end")
    def _compute_mrr_offer(self):
        for contract in self:
            lines = contract._get_lines_in_force() if contract.state == "draft" else contract.line_ids.browse()
            contract.mrr_offer = sum(lines.mapped("mrr"))

    @api.model
    def _get_mrr_sql(self, alias):
        """Revenue of today of the contract of a table's alias."""
        companies = self.env.companies | self.env.company
        event = self.env["subscription.mrr.event"]._fields["amount_currency"]
        return SQL(
            """
            (SELECT COALESCE(SUM(%(amount)s), 0)
               FROM subscription_mrr_event event
          LEFT JOIN (VALUES %(todays)s) AS company(id, today) ON company.id = event.company_id
              WHERE event.contract_id = %(contract)s AND event.day <= COALESCE(company.today, %(today)s))
            """,
            amount=SQL.identifier("event", "amount_currency", to_flush=event),
            todays=SQL(", ").join(SQL("(%s, %s::date)", one.id, one._subscription_today()) for one in companies),
            contract=SQL.identifier(alias, "id"),
            today=self.env.company._subscription_today(),
        )

    def _search_mrr(self, operator, value):
        if operator not in ("in", *COMPARED):
            return NotImplemented
        values = tuple(one or 0.0 for one in value) if operator == "in" else value or 0.0
        query = SQL(
            "SELECT id FROM subscription_contract WHERE %s %s %s",
            self._get_mrr_sql("subscription_contract"), SQL(operator), values,
        )  # fmt: skip
        return [("id", "in", query)]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Override of the ORM: lists are sorted, grouped and summed up by the revenue of today."""
        if field_expr != "mrr":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields["mrr"], "read")
        if query is None:
            return self._get_mrr_sql(alias)
        # Once for each contract, however often it is asked for
        today = query.make_alias(alias, "mrr")
        query.add_join("LEFT JOIN", today, SQL("LATERAL (SELECT %s AS amount)", self._get_mrr_sql(alias)), SQL("TRUE"))
        return SQL.identifier(today, "amount")

    def action_view_mrr_events(self):
        """Open the log of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_mrr_event_action")
        return {**action, "domain": [("contract_id", "=", self.id)], "context": {}, "view_mode": "list,pivot,graph",
                "views": [(False, "list"), (False, "pivot"), (False, "graph")]}  # fmt: skip
