"""Who owes what (WSM-01): one row for each contract with something open, in each currency in which it is."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..charging.account_move import UNPAID
from .shares import READ, get_moves_of, get_open_by_contract, get_open_pieces, get_shared_moves, get_todays

AGES = [
    ("0", "Not Due"),
    ("30", "1–30 Days Late"),
    ("60", "31–60 Days Late"),
    ("90", "61–90 Days Late"),
    ("older", "More Than 90 Days Late"),
]


class SubscriptionUnpaid(models.Model):
    """What is open of the invoices of a contract, by age; read from accounting each time, never typed."""

    _name = "subscription.unpaid"
    _inherit = "subscription.report.mixin"
    _description = "Unpaid"
    _auto = False
    _order = "date_due, id"
    _rec_name = "contract_id"
    _depends = READ

    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("active", "Active"), ("paused", "Paused"), ("closed", "Closed")],
        string="Contract State",
        readonly=True,
    )
    date_due = fields.Date(string="Oldest Due Day", readonly=True, aggregator="min")
    days_late = fields.Integer(readonly=True, aggregator="max", help="Since the oldest due day.")
    age = fields.Selection(selection=AGES, readonly=True, help="Of what is due longest.")
    amount_due = fields.Monetary(
        readonly=True, help="What is open, in the currency of the invoices; credits are taken off."
    )
    amount_total = fields.Monetary(string="Due in All", currency_field="company_currency_id", readonly=True)
    amount_0 = fields.Monetary(string="Not Due", currency_field="company_currency_id", readonly=True)
    amount_30 = fields.Monetary(string="1–30 Days", currency_field="company_currency_id", readonly=True)
    amount_60 = fields.Monetary(string="31–60 Days", currency_field="company_currency_id", readonly=True)
    amount_90 = fields.Monetary(string="61–90 Days", currency_field="company_currency_id", readonly=True)
    amount_older = fields.Monetary(string="Older", currency_field="company_currency_id", readonly=True)
    amount_overdue = fields.Monetary(string="Overdue", currency_field="company_currency_id", readonly=True)
    dunning_log_id = fields.Many2one(
        comodel_name="subscription.dunning.log", string="Last Reminder", compute="_compute_followed"
    )
    dunning_step_id = fields.Many2one(comodel_name="subscription.dunning.step", compute="_compute_followed")
    date_contact = fields.Date(
        string="Last Contact",
        compute="_compute_followed",
        help="Last reminder, message, call or interaction, whichever was later.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT (part.contract_id::bigint << 16) + part.currency_id AS id, part.contract_id, contract.company_id,
                   part.currency_id, part.company_currency_id, contract.partner_id, contract.user_id,
                   contract.category_id, contract.state, MIN(part.due) FILTER (WHERE NOT part.is_credit) AS date_due,
                   GREATEST(0, MAX(day.today) - MIN(part.due) FILTER (WHERE NOT part.is_credit)) AS days_late,
                   -- Of credits alone nothing is late; they are found with what is not due.
                   COALESCE(MAX(part.age) FILTER (WHERE NOT part.is_credit), '0') AS age,
                   SUM(part.part) AS amount_due, SUM(part.company_part) AS amount_total,
                   COALESCE(SUM(part.company_part) FILTER (WHERE part.age = '0'), 0) AS amount_0,
                   COALESCE(SUM(part.company_part) FILTER (WHERE part.age = '30'), 0) AS amount_30,
                   COALESCE(SUM(part.company_part) FILTER (WHERE part.age = '60'), 0) AS amount_60,
                   COALESCE(SUM(part.company_part) FILTER (WHERE part.age = '90'), 0) AS amount_90,
                   COALESCE(SUM(part.company_part) FILTER (WHERE part.age = 'older'), 0) AS amount_older,
                   COALESCE(SUM(part.company_part) FILTER (WHERE part.age != '0'), 0) AS amount_overdue
              FROM (SELECT divided.*,
                           -- A credit is never late: it lowers what is not due, whatever day it bears.
                           CASE WHEN divided.is_credit OR divided.due >= day.today THEN '0'
                                WHEN divided.due >= day.today - 30 THEN '30'
                                WHEN divided.due >= day.today - 60 THEN '60'
                                WHEN divided.due >= day.today - 90 THEN '90'
                                ELSE 'older' END AS age
                      FROM (%(divided)s) divided JOIN %(todays)s ON day.company_id = divided.company_id) part
              JOIN subscription_contract contract ON contract.id = part.contract_id
              JOIN %(todays)s ON day.company_id = part.company_id
             WHERE %(readable)s
          GROUP BY part.contract_id, part.currency_id, part.company_currency_id, contract.id
            HAVING SUM(part.part) != 0
            """,
            divided=get_open_by_contract(),
            todays=self._get_sql_todays(),
            readable=self._get_readable(SQL("part.contract_id")),
        )

    # === FOLLOWED UP === #
    def _compute_followed(self):
        contracts = self.contract_id
        logs, days = contracts._get_last_reminders(), contracts._get_last_contacts()
        for row in self:
            log = logs.get(row.contract_id.id, self.env["subscription.dunning.log"])
            row.dunning_log_id, row.dunning_step_id = log, log.step_id
            row.date_contact = max(filter(None, (log.date, days.get(row.contract_id.id))), default=False)

    # === ACTIONS === #
    def _get_moves(self):
        """Invoices that are open, of these contracts in these currencies, for somebody who may see them.

        :raise AccessError: the reader may not.
        """
        self.check_access("read")
        moves = self.env["account.move"]
        moves.check_access("read")
        found = self.env.execute_query(
            SQL(
                "SELECT DISTINCT move_id FROM (%s) piece",
                get_open_pieces(SQL("line.move_id IN (%s)", get_moves_of(self.contract_id.ids))),
            )
        )
        moves = moves.browse([move for (move,) in found])
        moves = moves.filtered(lambda move: move.move_type == "out_invoice" and move.currency_id in self.currency_id)
        moves.check_access("read")
        return moves.sorted(lambda move: (move.invoice_date_due, move.id))

    def action_register_payment(self):
        """Register a payment of what the rows show as open, by Odoo's own dialog.

        :raise AccessError: without the right to invoices.
        """
        moves = self._get_moves()
        moves.check_access("write")
        self._check_found(moves)
        return moves.action_register_payment()

    def action_remind(self):
        """Write the reminder of the dunning plans about the oldest open invoice; it is looked at before it is sent.

        :raise AccessError: without the right to invoices.
        """
        self.ensure_one()
        moves = self._get_moves()
        moves.check_access("write")
        self._check_found(moves)
        template = self.dunning_step_id.template_id or self.env.ref(
            "subscription_mgmt.mail_template_payment_reminder", raise_if_not_found=False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remind"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": "account.move",
                "default_res_ids": moves[:1].ids,
                "default_template_id": template.id if template else False,
                "default_composition_mode": "comment",
                "force_email": True,
            },
        }

    def _check_found(self, moves):
        if not moves:
            raise UserError(self.env._("Nothing is open any more: look again."))

    def action_call(self):
        """Plan a call on the contract, with what is owed as its subject.

        :raise AccessError: who may not change the contract.
        """
        self.ensure_one()
        self.contract_id.check_access("write")
        owed = self.currency_id.format(self.amount_due)
        summary = self.env._("%(amount)s unpaid", amount=owed)
        if self.date_due:
            day = format_date(self.env, self.date_due)
            summary = self.env._("%(amount)s unpaid, due since %(day)s", amount=owed, day=day)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a Call"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": "subscription.contract",
                "active_ids": self.contract_id.ids,
                "active_id": self.contract_id.id,
                "default_res_model": "subscription.contract",
                "default_activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "default_summary": summary,
            },
        }

    def action_pause(self):
        """Open the dialog that pauses the contract.

        :raise AccessError: who may not change the contract.
        """
        self.ensure_one()
        return self.contract_id.action_open_pause()

    def action_view_dues(self):
        """Open what the contract was and will be billed, with what became of it."""
        self.ensure_one()
        return self.contract_id.action_view_dues()


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    def _get_last_reminders(self):
        """The last step of dunning that was taken for an invoice of each contract that is still unpaid.

        :return: {contract id: log}
        """
        query = SQL(
            """
            SELECT DISTINCT ON (row.contract_id) row.contract_id, log.id
              FROM subscription_installment row
              JOIN account_move_line line ON line.id = row.invoice_line_id
              JOIN account_move move ON move.id = line.move_id
              JOIN subscription_dunning_log log ON log.move_id = move.id
             WHERE row.contract_id = ANY(%s) AND log.result = 'done' AND move.payment_state IN %s
          ORDER BY row.contract_id, log.date DESC, log.id DESC
            """,
            self.ids,
            UNPAID,
            to_flush=self.env["subscription.dunning.log"]._fields["result"],
        )
        logs = self.env["subscription.dunning.log"]
        found = dict(self.env.execute_query(query))
        readable = logs.browse(found.values())._filtered_access("read")
        return {contract: logs.browse(log) for contract, log in found.items() if log in readable._ids}

    def _get_last_contacts(self):
        """Day of the last word with the subscriber of each contract: a message, a call that was made, an interaction.

        :return: {contract id: day}
        """
        if not self.ids:
            return {}
        self.env["mail.message"].flush_model(["model", "res_id", "date", "message_type", "subtype_id"])
        self.env["mail.activity"].flush_model(["res_model", "res_id", "date_done", "active"])
        self.env["subscription.interaction"].flush_model(["contract_id", "date_done", "state"])
        query = SQL(
            """
            SELECT contract_id, MAX(day)::date
              FROM (SELECT res_id AS contract_id, date AS day FROM mail_message
                     WHERE model = 'subscription.contract' AND res_id = ANY(%(ids)s)
                       AND message_type IN ('email', 'email_outgoing', 'comment') AND subtype_id = %(comment)s
                     UNION ALL
                    SELECT res_id, date_done FROM mail_activity
                     WHERE res_model = 'subscription.contract' AND res_id = ANY(%(ids)s) AND date_done IS NOT NULL
                     UNION ALL
                    SELECT contract_id, date_done FROM subscription_interaction
                     WHERE contract_id = ANY(%(ids)s) AND state = 'done' AND date_done IS NOT NULL) contact
          GROUP BY contract_id
            """,
            ids=self.ids,
            comment=self.env.ref("mail.mt_comment").id,
        )
        return dict(self.env.execute_query(query))

    def _read_open(self):
        """What is open and what is late of the contracts, by the currency of the invoices.

        :return: {(contract id, currency id): (open, late)}
        """
        if not self.ids:
            return {}
        for model, names in READ.items():
            self.env[model].flush_model(names)
        shared = [move for (move,) in self.env.execute_query(get_shared_moves(self.ids))]
        query = SQL(
            """
            SELECT divided.contract_id, divided.currency_id, SUM(divided.part),
                   COALESCE(SUM(divided.part) FILTER (WHERE NOT divided.is_credit AND divided.due < day.today), 0)
              FROM (%s) divided JOIN %s ON day.company_id = divided.company_id
          GROUP BY 1, 2
            """,
            get_open_by_contract(self.ids, shared),
            get_todays(self.company_id),
        )
        rows = self.env.execute_query(query)
        return {(contract, currency): (float(open_), float(late)) for contract, currency, open_, late in rows}
