from odoo import api, fields, models

from ..common.context import LATER
from .subscription_contract import IMPORT


class SubscriptionImportChange(models.Model):
    """One line of the receipt of an import: a field of a record with its old and its new value, or a record made."""

    _name = "subscription.import.change"
    _inherit = "subscription.sealed.mixin"
    _description = "Subscriber Import Change"
    _order = "batch_id, id"
    _rec_name = "record_name"

    batch_id = fields.Many2one(
        comodel_name="subscription.import.batch", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="batch_id.company_id", store=True, precompute=True)
    kind = fields.Selection(selection=[("made", "Made"), ("changed", "Changed")], required=True, readonly=True)
    row_number = fields.Integer(string="Row", readonly=True)
    model = fields.Selection(
        selection=lambda self: self.env["subscription.import.layout"]._get_model_labels(),
        string="Kind of Record",
        required=True,
        readonly=True,
    )
    res_id = fields.Many2oneReference(string="Record ID", model_field="model", required=True, readonly=True)
    record_name = fields.Char(string="Record", readonly=True, help="Its name at the time.")
    field_name = fields.Char(string="Technical Field", readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    old_value = fields.Json(readonly=True)
    new_value = fields.Json(readonly=True)
    old_text = fields.Char(string="Before", readonly=True)
    new_text = fields.Char(string="After", readonly=True)

    @api.depends("field_name", "model")
    def _compute_field_label(self):
        for change in self:
            field = self.env[change.model]._fields.get(change.field_name) if change.model in self.env else None
            change.field_label = field._description_string(self.env) if field else ""

    def _get_records(self):
        """The records that the lines are about, read together: line → record, those gone left out."""
        found = {}
        # Whatever emptied the cache meanwhile: the lines are read together. A model may be gone with its add-on.
        for model, changes in self.with_prefetch().filtered(lambda c: c.model in self.env).grouped("model").items():
            records = self.env[model].with_context(active_test=False).browse(set(changes.mapped("res_id"))).exists()
            by_id = {record.id: record for record in records}
            found |= {change: by_id[change.res_id] for change in changes if change.res_id in by_id}
        return found

    def _restore(self, records):
        """Put the fields back.

        :param records: line → record
        """
        groups = self.with_prefetch().grouped(lambda change: (change.model, change.res_id))
        # Backwards, as every change was allowed where the one before it was made.
        for changes in reversed(groups.values()):
            # Plans are made anew once, when all is put back.
            record = records[changes[0]].with_context(
                subscription_import=IMPORT, tracking_disable=True, subscription_settle=LATER
            )
            record.write({change.field_name: change.old_value for change in changes})

    def action_open_record(self):
        """Open the record."""
        self.ensure_one()
        record = self._get_records().get(self)
        return record.get_formview_action() if record else False
