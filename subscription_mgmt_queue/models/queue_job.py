from odoo import SUPERUSER_ID, api, models

from odoo.addons.queue_job.job import CANCELLED, DONE, FAILED

from .batches import OPEN, PREFIX, get_name


class QueueJob(models.Model):
    _inherit = "queue.job"

    # The same batch is looked for among those that are done.
    _subscription_identity = models.Index("(identity_key) WHERE identity_key IS NOT NULL")

    def write(self, vals):
        """Override: when the last batch of a step is over, whatever its end, the night goes on at once."""
        result = super().write(vals)
        if vals.get("state") in (DONE, FAILED, CANCELLED):
            for key in self.mapped("identity_key"):
                if key and key.startswith(f"{PREFIX}:"):
                    self._wake_after(key)
        return result

    def _wake_after(self, key):
        """Trigger the scheduled action that handed a batch over, unless others of it are still to be done.

        Looked at after the commit: of two workers that finish at once, one sees the other's end.
        """
        _prefix, company, cron, _rest = key.split(":", 3)
        registry = self.env.registry

        def wake():
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                waiting = [("state", "in", OPEN), ("identity_key", "=like", f"{PREFIX}:{company}:{cron}:%")]
                if not env["queue.job"].search_count(waiting, limit=1):
                    env["ir.cron"].browse(int(cron)).exists()._trigger()

        if cron != "0":
            self.env.cr.postcommit.add(wake)

    def _open_subscription_batch(self):
        """Related action: the records of the batch."""
        self.ensure_one()
        name, ids, *_terms = self.args
        jobs = self.env["subscription.batches"]._get_queue_channels()
        models_by_name = {get_name(job): job.model for job in jobs}
        if name not in models_by_name:
            return None
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": models_by_name[name],
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
        }
