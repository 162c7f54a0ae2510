from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Days until the next try, by number of failed attempts; the last one repeats.
PAUSES = (1, 2, 4, 7)
# Steps that a customer has paid for are tried again with every run.
AT_ONCE = ("hand_over",)
# Steps that a person started, and only a person starts again; the receipt of an import tells of its contracts.
BY_HAND = ("import", "activate")
TOLD_BY_RECEIPT = ("activate",)


class SubscriptionParking(models.Model):
    """One step of one record that failed: why, how often, and when it is tried again.

    A row for each step, so that no step holds up another, or wipes out its reason. It goes when the step succeeds.
    """

    _name = "subscription.parking"
    _description = "Set Aside After a Failure"
    _order = "date_last desc, id desc"
    _rec_name = "reason"

    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", required=True, readonly=True)
    record_name = fields.Char(string="What", compute="_compute_record_name")
    model_name = fields.Char(string="Kind", compute="_compute_record_name")
    step = fields.Selection(
        selection=[
            ("terms", "Renew or close"),
            ("plan", "Plan ahead"),
            ("bill", "Bill"),
            ("post", "Post"),
            ("send", "Send"),
            ("charge", "Charge the card"),
            ("dun", "Follow up"),
            ("resume", "Resume after payment"),
            ("roll", "Begin or end"),
            ("hand_over", "Hand over"),
            ("invoice", "Invoice"),
            ("mail", "Write a mail"),
            ("refund", "Take back"),
            ("remind", "Remind"),
            ("generate", "Plan interactions"),
            ("prepare", "Prepare"),
            ("import", "Import"),
            ("activate", "Activate"),
            ("check", "Check"),
        ],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    reason = fields.Text(string="Problem", required=True, readonly=True)
    attempts = fields.Integer(string="Failed Attempts", readonly=True)
    date_last = fields.Date(string="Last Try", readonly=True)
    next_try = fields.Date(readonly=True, help="Empty: not before a person starts it again.")
    activity_id = fields.Many2one(comodel_name="mail.activity", string="Task", readonly=True, ondelete="set null")

    _once = models.UniqueIndex("(res_model, res_id, step)", "This step of the record is set aside already.")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for model, rows in self.grouped("res_model").items():
            found = model in self.env and self.env[model].sudo()  # sudo: the name of what the row tells of anyway
            names = {record.id: record.display_name for record in found.browse(rows.mapped("res_id")).exists()}
            label = self.env["ir.model"]._get(model).name
            for row in rows:
                row.record_name, row.model_name = names.get(row.res_id), label

    # === KEEPING === #
    def _count(self, reason, date_ref):
        """Note one more failure; a person is told of the first, and again only when the task of it is done."""
        for row in self:
            pauses = (0,) if row.step in AT_ONCE else PAUSES
            pause = pauses[min(row.attempts, len(pauses) - 1)]
            row.write(
                {
                    "reason": reason,
                    "attempts": row.attempts + 1,
                    "date_last": date_ref,
                    "next_try": fields.Date.add(date_ref, days=pause) if row.step not in BY_HAND else False,
                }
            )
            if row.step not in TOLD_BY_RECEIPT and not row.activity_id.active:
                record = self.env[row.res_model].browse(row.res_id)._for_reader()
                row.activity_id = record._alert(record._get_parking_note(reason), kind=record._parking_activity)

    def _close(self):
        """The step has succeeded since: the task of it is done."""
        for row in self.filtered("activity_id.active"):
            activity = row.company_id._in_language_of(row.activity_id.user_id, row.activity_id)
            activity.action_feedback(feedback=activity.env._("Done."))
        self.unlink()

    # === ACTIONS === #
    def action_open_record(self):
        """Open the record that was set aside."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": self.res_model, "res_id": self.res_id,
                "views": [(False, "form")]}  # fmt: skip

    def action_try_again(self):
        """Have the steps tried again now, without waiting for their day.

        :raise AccessError: the user may not change the record.
        :raise UserError: a step that only a person can start again.
        """
        for row in self:
            self.env[row.res_model].browse(row.res_id).check_access("write")
            if not row.next_try:
                raise UserError(self.env._("%(record)s has to be started again by hand.", record=row.record_name))
        # sudo: checked above; nobody writes these rows by hand
        for row in self.sudo():
            row.next_try = row.company_id._subscription_today()
        self.env["subscription.batches"]._wake()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": self.env._("It is being tried again."),
                       "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }  # fmt: skip

    @api.autovacuum
    def _gc_orphans(self):
        """Rows of records that the database deleted by itself, with what they belonged to."""
        for (model,) in self._read_group([], ["res_model"]):
            known = SQL("SELECT id FROM %s", SQL.identifier(self.env[model]._table)) if model in self.env else None
            domain = [("res_model", "=", model)]
            if known:
                domain.append(("res_id", "not in", known))
            self.search(domain).unlink()
