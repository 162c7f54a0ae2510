"""What the customers page shows at its right while somebody points at a row (CUB-08)."""

from odoo import api, models
from odoo.fields import Domain

SHOWN = 5
TASK = ["name", "stage_id", "project_id", "write_date"]
OFFER = ["name", "state", "amount_total", "currency_id", "date_order"]


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.readonly
    def member_preview(self):
        """Latest tasks, offers and activities of the customer: one call, with the rights of whoever points at it.

        :return: name of the customer and a list of sections; what the reader may not see at all is no section.
        """
        self.ensure_one()
        self.check_access("read")
        family = list(self._member_get_family())
        sections = (part for part in self._member_get_preview(family) if part)
        return {"name": self.display_name, "sections": list(sections)}

    def _member_get_preview(self, family):
        """Sections of the preview, in order. Hook: a room that keeps other things of the customer adds its own."""
        mine = Domain("partner_id", "in", family)
        return [
            self._member_preview_section(self.env._("Tasks"), "project.task", mine, TASK, self._member_preview_task),
            self._member_preview_section(self.env._("Offers"), "sale.order", mine, OFFER, self._member_preview_offer),
            self._member_preview_messages(family),
        ]

    def _member_preview_section(self, title, model, domain, needed, describe):
        """Latest records of a model, by the last of the fields that are needed of them."""
        if not self.env[model].has_access("read"):
            return None
        order = f"{needed[-1]} desc, id desc"
        records = self.env[model].search_fetch(domain, needed, order=order, limit=SHOWN)
        return {"title": title, "model": model, "rows": [describe(record) for record in records]}

    @api.model
    def _member_preview_task(self, task):
        detail = ", ".join(filter(None, (task.stage_id.name or "", task.project_id.display_name or "")))
        return {"id": task.id, "name": task.name, "detail": detail, "moment": task.write_date}

    @api.model
    def _member_preview_offer(self, order):
        states = dict(order._fields["state"]._description_selection(self.env))
        amount = order.currency_id.format(order.amount_total)
        return {
            "id": order.id,
            "name": order.name,
            "detail": f"{amount}, {states[order.state]}",
            "moment": order.date_order,
        }

    def _member_preview_messages(self, family):
        """What was last noted, written or changed on the customer and on its people."""
        messages = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "in", family), ("message_type", "!=", "user_notification")],
            order="id desc",
            limit=SHOWN,
        )
        rows = [
            {
                "id": message.res_id,
                "name": message._member_get_text(),
                "detail": ", ".join(filter(None, (message.author_id.name, self._member_get_whose(message)))),
                "moment": message.date,
            }
            for message in messages
        ]
        return {"title": self.env._("Activities"), "model": "res.partner", "rows": rows}

    def _member_get_whose(self, message):
        """Name of the contact, where it is not the customer itself."""
        return self.browse(message.res_id).name if message.res_id != self.id else ""


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _member_get_text(self):
        """One line of the message; of one that only tells of changes, the fields."""
        self.ensure_one()
        # sudo: the reader has the message; labels of its fields are no secret
        changed = self.sudo().tracking_value_ids.field_id.mapped("field_description")
        return self.preview or ", ".join(changed) or self.subtype_id.name or self.subject or "–"
