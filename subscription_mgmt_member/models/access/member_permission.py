from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .res_users import GROUPS


class MemberPermission(models.Model):
    """A line of the permissions page: a colleague and his level for customers (CUB-38, CUB-39).

    The groups hold the level; a line only shows and sets them, so that page, user form and checks never disagree.
    """

    _name = "member.permission"
    _description = "Customer Permission"
    _rec_name = "user_id"
    _order = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        domain=[("share", "=", False)],
        required=True,
        ondelete="cascade",
        index=True,
    )
    avatar_128 = fields.Image(related="user_id.avatar_128", export_string_translation=False)
    active = fields.Boolean(related="user_id.active", store=True, export_string_translation=False)
    level = fields.Selection(
        selection=[
            ("none", "None"),
            ("view", "View"),
            ("contribute", "Contribute"),
            ("edit", "Edit"),
            ("manage", "Manage"),
        ],
        compute="_compute_level",
        inverse="_inverse_level",
        required=True,
        help="None: sees no customer. View: sees customers and their activities. Contribute: creates and edits them, "
        "adds notes. Edit: deletes and merges them, too. Manage: exports them to Excel and sets these levels.",
    )
    is_administrator = fields.Boolean(compute="_compute_level", export_string_translation=False)
    reason = fields.Char(compute="_compute_level", string="Remark")

    _user_unique = models.UniqueIndex("(user_id)", "This person stands in the list already: change the level there.")

    @api.depends("user_id.group_ids", "user_id.all_group_ids")
    def _compute_level(self):
        # sudo: what roles a colleague has is shown here as his level, no more
        for permission in self.sudo():
            user = permission.user_id
            permission.level = user._get_member_level() if user else "view"
            permission.is_administrator = bool(user) and user.has_group("base.group_system")
            permission.reason = permission._get_reason()

    @api.model
    def _get_group_ids(self):
        """{level: id of its group}, without a query."""
        data = self.env["ir.model.data"]
        # (Users are made while add-ons come and go, too.)
        ids = {level: data._xmlid_to_res_id(name, raise_if_not_found=False) for level, name in GROUPS.items()}
        return {level: id_ for level, id_ in ids.items() if id_}

    def _get_reason(self):
        """Why a person has more than was chosen here, or nothing."""
        if self.is_administrator:
            return self.env._("Administrators always manage customers. To restrict one, take that role away first.")
        group = self._get_group_ids().get(self.level)
        if self.level != "none" and group and group not in self.user_id.group_ids.ids:
            return self.env._("This level comes with another role of this person.")
        return False

    def _inverse_level(self):
        groups = self._get_group_ids()
        for permission in self:
            chosen = groups.get(permission.level)
            commands = [Command.unlink(group) for group in groups.values() if group != chosen]
            if chosen:
                commands.append(Command.link(chosen))
            # sudo: who manages customers sets these four groups, and no others, of colleagues whom the rule shows him
            permission.sudo().user_id.write({"group_ids": commands})
        self.invalidate_recordset(["level", "is_administrator", "reason"])

    @api.model_create_multi
    def create(self, vals_list):
        """Colleagues only, and before anything is set: a level makes nobody of the portal a colleague."""
        users = self.env["res.users"].browse(values["user_id"] for values in vals_list if values.get("user_id"))
        if users.sudo().filtered("share"):
            raise UserError(self.env._("Levels are for colleagues: users of the portal see themselves only."))
        return super().create(vals_list)

    def write(self, vals):
        """A line stays with its person: the level of whoever stood there before would be nobody's decision."""
        if "user_id" in vals and any(line.user_id.id != vals["user_id"] for line in self):
            raise UserError(self.env._("Remove this line and add one for the other person."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_administrators(self):
        if line := self.filtered("is_administrator")[:1]:
            raise UserError(line.reason)

    def unlink(self):
        """Without a line a person has the level View, as everybody has by default (CUB-37)."""
        self.write({"level": "view"})
        return super().unlink()

    @api.model
    def _add_missing(self, users=None):
        """Give a line to administrators, and to whoever was given a level elsewhere (user form, import of users).

        :param users: those to look at; all without it.
        """
        groups = [*self._get_group_ids().values(), self.env.ref("base.group_system").id]
        # sudo: users are made by people who need not manage customers
        users_sudo = self.env["res.users"].sudo()
        domain = [("share", "=", False), ("group_ids", "in", groups)]
        found = users_sudo.search(domain if users is None else [("id", "in", users.ids), *domain])
        there = self.sudo().with_context(active_test=False).search([("user_id", "in", found.ids)]).user_id
        self.sudo().create([{"user_id": user.id} for user in found - there])
