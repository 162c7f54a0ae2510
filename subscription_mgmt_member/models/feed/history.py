from odoo import api, models
from odoo.tools import split_every

# Records whose lines are written at once.
BATCH = 2000


class MemberActivity(models.Model):
    """The lines themselves: found again by their documents, and written for what happened before the add-on came."""

    _inherit = "member.activity"

    @api.model
    def _search_lines(self, model, ids):
        """Lines of documents, whoever may see them: they follow their documents."""
        # sudo: as said
        return self.sudo().search([("res_model", "=", model), ("res_id", "in", ids)])

    @api.model
    def _fill_history(self):
        """Tell of everything that is there already, once, when the add-on is installed."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        self._fill_from(partners, [], lambda partner: {"kind": "created", "partner_id": partner.id})
        for name in self._get_source_models():
            records = self.env[name].sudo().with_context(active_test=False)
            self._fill_from(records, [], lambda record: record._prepare_activity())
        notes = self.env["mail.message"].sudo()
        self._fill_from(
            notes, [("model", "=", "res.partner")], lambda note: next(iter(note._prepare_activities()), None)
        )

    @api.model
    def _fill_from(self, records, domain, prepare):
        """Write a line for each of the records that has one, with its own author and time."""
        for ids in split_every(BATCH, records.search(domain, order="id").ids):
            part = records.browse(ids)
            rows = [(record, prepare(record)) for record in part]
            self._log(
                {**row, "date": record.create_date, "user_id": record.create_uid.id} for record, row in rows if row
            )
            self.env.flush_all()
            self.env.invalidate_all()
