from odoo import api, fields, models
from odoo.tools import html2plaintext

# Longer values are told from one another by their beginning.
LENGTH = 120


def shorten(text):
    """The beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"


class MemberActivity(models.Model):
    """What happened with a customer: one line each, written when it happens and never changed (CUB-51..54, CUB-62).

    A table of its own, not a view over all the documents: the newest lines of 200,000 documents come from one index.
    A line names its document; it is seen by whoever may see that document (`visibility`), with its name of today.
    """

    _name = "member.activity"
    _description = "Customer Activity"
    _order = "date desc, id desc"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, ondelete="cascade")
    kind = fields.Selection(
        selection=[
            ("created", "Customer Added"),
            ("changed", "Customer Changed"),
            ("note", "Note"),
            ("task_added", "Task Added"),
            ("task_moved", "Task Moved"),
            ("opportunity", "Opportunity"),
            ("offer_given", "Offer Given"),
            ("offer_received", "Offer Received"),
            ("invoice", "Invoice"),
            ("payment", "Payment"),
            ("contract", "Contract"),
            ("package", "Package"),
            ("request", "Request"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    # Empty for what happened to the customer itself: `partner_id` follows a merge, a number in a text would not.
    res_model = fields.Char(string="Document Model", readonly=True, export_string_translation=False)
    res_id = fields.Many2oneReference(
        model_field="res_model", string="Document", readonly=True, export_string_translation=False
    )
    message_id = fields.Many2one(
        comodel_name="mail.message", readonly=True, index="btree_not_null", ondelete="cascade",
        export_string_translation=False,
    )  # fmt: skip
    field_name = fields.Char(string="Field", readonly=True, export_string_translation=False)
    old_value = fields.Char(string="Before", readonly=True)
    new_value = fields.Char(string="After", readonly=True)
    source_name = fields.Char(string="What", compute="_compute_source_name")
    text = fields.Char(string="Details", compute="_compute_text")

    _newest = models.Index("(date DESC, id DESC)")
    _partner_newest = models.Index("(partner_id, date DESC, id DESC)")
    _source = models.Index("(res_model, res_id) WHERE res_model IS NOT NULL")

    @api.depends("kind", "source_name", "partner_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for activity in self:
            # sudo: a name is shown with every document
            name = activity.source_name or activity.partner_id.sudo().display_name
            activity.display_name = f"{labels.get(activity.kind)}: {name}"

    @api.depends("res_model", "res_id")
    def _compute_source_name(self):
        self.source_name = False
        for model, activities in self.filtered("res_model").grouped("res_model").items():
            if model in self.env:
                records = self.env[model].browse(activities.mapped("res_id")).exists()
                names = {record.id: record.display_name for record in records}
                for activity in activities:
                    activity.source_name = names.get(activity.res_id)

    @api.depends("field_name", "old_value", "new_value", "message_id.body")
    @api.depends_context("lang")
    def _compute_text(self):
        """What changed from what to what, or how a note begins, in the language of the reader."""
        for activity in self:
            if activity.message_id:
                # sudo: whoever sees the customer reads what stands below it
                plain = html2plaintext(activity.message_id.sudo().body or "", include_references=False)
                activity.text = shorten(plain)
            elif activity.field_name:
                activity.text = activity._describe_change()
            else:
                activity.text = False

    def _describe_change(self):
        """The label of the field, and its values where both sides are known."""
        model = self.env.get(self.res_model or "res.partner")
        field = model._fields.get(self.field_name) if model is not None else None
        if field is None:
            return f"{self.old_value or '–'} → {self.new_value or '–'}"
        label, words = field._description_string(self.env), {}
        if field.type == "selection":
            words = dict(field._description_selection(self.env))
        elif field.type == "boolean":
            words = {"True": self.env._("Yes"), "False": self.env._("No")}
        old, new = (words.get(value, value) for value in (self.old_value, self.new_value))
        return f"{label}: {old or '–'} → {new or '–'}" if old or new else label

    def action_open(self):
        """Open what the line tells of."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model or "res.partner",
            "res_id": self.res_id if self.res_model else self.partner_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === WRITING === #
    @api.model
    def _log(self, rows):
        """Write lines for what the user just did.

        :param rows: values of lines; who and when need not be said.
        """
        # sudo: what happens is written down whoever does it, and nobody writes lines by hand
        return self.sudo().create([{"user_id": self.env.uid, **row} for row in rows])

    @api.model
    def _to_text(self, record, name):
        """Value of a field as a line keeps it: keys of selections, which are read in every language, else words."""
        # sudo: the name of what was chosen before, which another may have chosen
        value, field = record.sudo()[name], record._fields[name]
        if field.relational:
            value = ", ".join(value.mapped("display_name"))
        elif field.type == "boolean":
            value = str(value)
        return False if value is False or value == "" or field.type == "html" else shorten(str(value))
