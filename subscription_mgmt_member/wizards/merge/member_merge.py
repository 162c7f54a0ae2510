from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.subscription_mgmt.models.common.dry_run import dry_run

from ...models.merge.values import find_gains, find_losses

# Names that are shown of one kind of record; the rest is a number
SHOWN = 5
# Letters of a value that are shown
LENGTH = 200
# Kinds that nobody knows by name: they are counted in one line
QUIET_KINDS = ("bus.", "ir.", "mail.", "sms.", "discuss.", "phone.", "digest.", "web_tour.", "subscription.import")
NAMED_KINDS = {"mail.activity", "mail.message", "ir.attachment"}
# No name of their own that would say anything
NAMELESS = {"mail.message"}


class MemberMerge(models.TransientModel):
    """Into which member does the opened one go, what moves, what is filled and what is lost (CUB-20..26).

    The preview is the merge itself, carried out and taken back: what is shown is what happens, whatever else is
    installed.
    """

    _name = "member.merge"
    _inherit = "subscription.dialog.mixin"
    _description = "Merge Customer"

    # Empty when somebody else was faster: the record is not there any more
    source_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True, ondelete="cascade")
    target_id = fields.Many2one(
        comodel_name="res.partner",
        string="Merge Into",
        domain="[('id', '!=', source_id), ('partner_share', '=', True)]",
        ondelete="set null",
        help="This one stays, with its own values; what it lacks comes from the other.",
    )
    suggestion_ids = fields.Many2many(
        comodel_name="member.duplicate", compute="_compute_suggestion_ids", compute_sudo=False
    )
    # Kept: whoever only reads the dialog has a transaction in which nothing can be rehearsed
    preview = fields.Html(compute="_compute_preview", compute_sudo=False, store=True, sanitize=False)
    problem = fields.Char(compute="_compute_preview", compute_sudo=False, store=True)
    warning = fields.Char(compute="_compute_preview", compute_sudo=False, store=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Look for members that may be the same: the opened one may have been changed a moment ago (CUB-21)."""
        dialogs = super().create(vals_list)
        members = dialogs.sudo().source_id.filtered(lambda member: member.active and not member.parent_id)
        if members:
            # sudo: as on the page of all suggestions, where each sees what he may see
            self.env["member.duplicate"].sudo()._find_duplicates(members.ids)
        return dialogs

    @api.depends("source_id")
    def _compute_suggestion_ids(self):
        pairs = self.env["member.duplicate"]
        for dialog in self:
            source = dialog.source_id._origin
            mine = ["|", ("first_id", "=", source.id), ("second_id", "=", source.id), ("is_dismissed", "=", False)]
            dialog.suggestion_ids = pairs.search(mine, limit=SHOWN) if source else pairs

    # === THE PREVIEW === #
    @api.depends("source_id", "target_id")
    def _compute_preview(self):
        """Carry the merge out in a savepoint that is rolled back, and say what it did."""
        for dialog in self:
            dialog.preview = dialog.problem = dialog.warning = False
            source, target = dialog.source_id._origin, dialog.target_id._origin
            if not source or not target:
                continue
            try:
                done = dialog._rehearse(source, target)
            except (UserError, AccessError) as error:
                dialog.problem = str(error)
                continue
            dialog.warning = " ".join(source._member_get_merge_warnings(target))
            dialog.preview = self.env["ir.qweb"]._render(
                "subscription_mgmt_member.member_merge_preview",
                done,
            )

    def _rehearse(self, source, target):
        """What merging does, as values of the template.

        :raise UserError: it is refused, and why.
        """
        found = self.env["member.merge.links"].sudo()._find_records(source)
        old, before = source._member_read_values(), target._member_read_values()
        kinds = [self._describe(name, list(rows)) for name, rows in found.items()]
        with dry_run(source) as trial:
            kept = trial.env["res.partner"].browse(target.id)
            trial._member_merge_into(kept)
            trial.env.invalidate_all()
            after = kept._member_read_values()
            for kind in kinds:
                ids = kind["ids"]
                kind["gone"] = len(ids) - len(trial.env[kind["model"]].sudo().browse(ids).exists())
                kind["left_out"] = self.env._("%(count)s of them go: the target has the same", count=kind["gone"])
        return {
            "kinds": sorted((kind for kind in kinds if not kind["is_quiet"]), key=lambda kind: -kind["count"]),
            "quiet": [kind for kind in kinds if kind["is_quiet"]],
            "losses": [self._reveal(key, value, kept) for key, value, kept in find_losses(old, after)],
            "gains": [self._reveal(key, value, past) for key, past, value in find_gains(before, after) if value.text],
        }

    def _describe(self, name, ids):
        """One kind of record that leads to the source: how many, and the names of some that the reader may see."""
        seen = self.env[name].browse()
        if seen.has_access("read") and name not in NAMELESS:
            domain = [("id", "in", ids)]
            seen = self.env[name].with_context(active_test=False).search(domain, limit=SHOWN)
        more = len(ids) - len(seen)
        return {
            "model": name,
            "title": f"{self.env['ir.model']._get(name).name} ({len(ids)})",
            "ids": ids,
            "count": len(ids),
            "records": [(f"/odoo/{name}/{record.id}", record.display_name or f"#{record.id}") for record in seen],
            "more": self.env._("and %(count)s more", count=more) if seen and more else "",
            "is_quiet": name.startswith(QUIET_KINDS) and name not in NAMED_KINDS,
        }

    def _reveal(self, key, value, other):
        """A value and the one beside it, as far as the reader may see the field."""
        partners = self.env["res.partner"]
        hidden = not partners._has_field_access(partners._fields[key[0]], "read")
        return {
            "label": value.label,
            "text": "•••" if hidden else value.text[:LENGTH],
            "other": "•••" if hidden else other.text[:LENGTH] if other else "",
        }

    # === BUTTONS === #
    def action_swap(self):
        """Turn it round: the other one goes into this one."""
        self.ensure_one()
        if not self.target_id:
            raise UserError(self.env._("Choose the customer into which the other one goes."))
        return self.create({"source_id": self.target_id.id, "target_id": self.source_id.id})._show()

    def action_merge(self):
        """Merge as shown; afterwards only the target is there, and is opened.

        :raise UserError: what stands against it.
        """
        self.ensure_one()
        target = self.target_id
        if self.source_id and not target:
            raise UserError(self.env._("Choose the customer into which the other one goes."))
        self.source_id._member_merge_into(target)
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": target.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _show(self):
        """Open this dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Customer"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
