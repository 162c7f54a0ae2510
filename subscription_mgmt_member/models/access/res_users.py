from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# From the lowest to the highest; each holds what stands before it (CUB-28).
LEVELS = ("none", "view", "contribute", "edit", "manage")
GROUPS = {
    "none": "subscription_mgmt_member.group_member_none",
    "contribute": "subscription_mgmt_member.group_member_contributor",
    "edit": "subscription_mgmt_member.group_member_editor",
    "manage": "subscription_mgmt_member.group_member_manager",
}


class ResUsers(models.Model):
    """Levels for customers: None < View < Contribute < Edit < Manage. The groups are the one place where they stand."""

    _inherit = "res.users"

    def _get_member_level(self):
        """Level of this user for customers: `none`, `view`, `contribute`, `edit` or `manage`.

        Portal users and strangers have none: what they see of themselves is the business of Odoo's own rules.
        """
        self.ensure_one()
        if not self._is_internal():
            return "none"
        # From the top: who may more through another role has that, whatever lower level was chosen for him (CUB-35).
        return next(
            (level for level in ("manage", "edit", "contribute", "none") if self.has_group(GROUPS[level])), "view"
        )

    def _has_member_level(self, level):
        """Whether this user may do what takes that level."""
        return LEVELS.index(self._get_member_level()) >= LEVELS.index(level)

    def _get_member_domain(self, path=None):
        """Domain of what this user may see, for record rules, `user._get_member_domain()` on customers themselves.

        For everybody but those of level None it is a constant that costs a search nothing.

        :param path: way from another model to its customer, for rules of what hangs on customers and would tell who
            they are: `user._get_member_domain("partner_id")`.
        """
        self.ensure_one()
        if not self._is_internal() or self._get_member_level() != "none":
            return [(1, "=", 1)]
        # Colleagues and our own companies are no customers (the cache of rules is cleared with every new company).
        ours = Domain("partner_share", "=", False) | Domain("id", "in", self.env["res.partner"]._get_our_ids())
        return list(Domain(path, "any", ours) | Domain(path, "=", False) if path else ours)

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: who is made with a level, or as an administrator, stands on the permissions page."""
        users = super().create(vals_list)
        self.env["member.permission"]._add_missing(users)
        return users

    def write(self, vals):
        """Override of `base`: a level that was chosen elsewhere stands on the permissions page, too."""
        result = super().write(vals)
        if "group_ids" in vals:
            self.env["member.permission"]._add_missing(self)
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Override of `base`: users of the portal are customers, with all that their contacts hold (CUB-34)."""
        self.partner_id._check_export(fields)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _make_level_error(self, level):
        """The refusal of what takes a level that this user does not have, in words that lead on."""
        labels = dict(self.env["member.permission"]._fields["level"]._description_selection(self.env))
        return AccessError(
            self.env._(
                "For customers you have the level %(has)s; this takes the level %(needed)s. Whoever manages customers "
                "sets levels under Customers / Configuration / Permissions.",
                has=labels[self._get_member_level()],
                needed=labels[level],
            )
        )
