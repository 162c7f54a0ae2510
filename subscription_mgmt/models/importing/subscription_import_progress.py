from odoo import fields, models
from odoo.tools import SQL


class SubscriptionImportProgress(models.Model):
    """How far an import is. A row of its own, written by a cursor of its own: others see it before the import ends."""

    _name = "subscription.import.progress"
    _inherit = "subscription.sealed.mixin"
    _description = "Subscriber Import Progress"

    batch_id = fields.Many2one(comodel_name="subscription.import.batch", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="batch_id.company_id", store=True, precompute=True)
    date_start = fields.Datetime(help="When a worker began with it.")
    total_count = fields.Integer()
    done_count = fields.Integer()
    stop_requested = fields.Boolean()

    _batch_unique = models.UniqueIndex("(batch_id)")

    def _report(self, **values):
        """Write these figures in a transaction of their own.

        :return: True when somebody asked to stop
        """
        sets = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
        query = SQL(
            "UPDATE %s SET %s WHERE id = %s RETURNING stop_requested", SQL.identifier(self._table), sets, self.id
        )
        with self.env.registry.cursor() as cr:
            cr.execute(query)
            row = cr.fetchone()
        return bool(row and row[0])
