from collections import defaultdict
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain


class MemberFolder(models.Model):
    """A folder for the files of one member, or of one contract (CUB-58).

    It has no rights of its own: who sees its member or contract sees it, who changes that one changes it. So do the
    files, which hang on the member or contract itself and only say in which folder they lie.
    """

    _name = "member.folder"
    _description = "Folder of Files"
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _parent_store = True

    name = fields.Char(required=True)
    complete_name = fields.Char(string="Path", compute="_compute_complete_name", recursive=True, store=True)
    parent_id = fields.Many2one(
        comodel_name="member.folder",
        string="In Folder",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('partner_id', '=', partner_id), ('contract_id', '=', contract_id), ('id', '!=', id)]",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(comodel_name="member.folder", inverse_name="parent_id", string="Folders")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Member", index="btree_not_null", ondelete="cascade"
    )
    contract_id = fields.Many2one(comodel_name="subscription.contract", index="btree_not_null", ondelete="cascade")
    attachment_ids = fields.One2many(comodel_name="ir.attachment", inverse_name="member_folder_id", string="Files")
    file_count = fields.Integer(string="Files Here", compute="_compute_file_count")

    _one_owner = models.Constraint(
        "CHECK (num_nonnulls(partner_id, contract_id) = 1)", "A folder belongs to a member or to a contract."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for folder in self:
            above = folder.parent_id.complete_name
            folder.complete_name = f"{above} / {folder.name}" if above else folder.name

    def _compute_file_count(self):
        groups = self.env["ir.attachment"]._read_group(
            [("member_folder_id", "in", self.ids)], ["member_folder_id"], ["__count"]
        )
        counts = {folder.id: count for folder, count in groups}
        for folder in self:
            folder.file_count = counts.get(folder._origin.id, 0)

    @api.constrains("parent_id")
    def _check_parent_id(self):
        """A folder lies in another one of the same member or contract, and not in itself, at any depth."""
        if self._has_cycle():
            raise ValidationError(self.env._("A folder cannot lie in itself."))
        for folder in self.filtered("parent_id"):
            if folder._get_owner() != folder.parent_id._get_owner():
                raise ValidationError(
                    self.env._("%(folder)s belongs to somebody else.", folder=folder.parent_id.complete_name)
                )

    def write(self, vals):
        """A folder stays with its member or contract, or its files would be read by other people."""
        moved = [name for name in ("partner_id", "contract_id") if name in vals]
        if any((folder[name].id or False) != (vals[name] or False) for name in moved for folder in self):
            raise UserError(self.env._("A folder stays with its member or contract."))
        return super().write(vals)

    def unlink(self):
        """What lies in a folder moves up: files are deleted only one by one, on purpose."""
        for folder in self:
            folder.child_ids.parent_id = folder.parent_id
            folder.attachment_ids.member_folder_id = folder.parent_id
        return super().unlink()

    # === RIGHTS OF THE MEMBER OR CONTRACT === #
    def _get_owner(self):
        """The member or contract of a folder."""
        return self.partner_id or self.contract_id

    def _check_access(self, operation):
        """Override of the ORM: a folder is read by who reads its member or contract, and changed by who changes it."""
        result = super()._check_access(operation)
        if self.env.su or not self:
            return result
        needed = "read" if operation == "read" else "write"
        owned = defaultdict(dict)
        for folder_sudo in self.sudo():
            owner = folder_sudo._get_owner()
            owned[owner._name][folder_sudo.id] = owner.id
        forbidden = self.browse(result[0].ids if result else ())
        for model, owners in owned.items():
            records = self.env[model].browse(set(owners.values()))
            allowed = set(records._filtered_access(needed).ids) if records.browse().has_access(needed) else set()
            forbidden |= self.browse(folder for folder, owner in owners.items() if owner not in allowed)
        return (forbidden, partial(self._make_owner_error, operation)) if forbidden else None

    def _make_owner_error(self, _operation):
        return AccessError(self.env._("You may not do this with files of this member or contract."))

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Override of the ORM: find folders of members and contracts that the person may see."""
        if not (self.env.su or bypass_access):
            owners = [
                Domain(name, "any", Domain.TRUE)
                for name in ("partner_id", "contract_id")
                if self.env[self._fields[name].comodel_name].has_access("read")
            ]
            domain = Domain(domain) & Domain.OR(owners)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def action_open(self):
        """Show the files of the folder, beside the tree of all folders."""
        self.ensure_one()
        action = self._get_owner().action_browse_member_files()
        action["context"]["searchpanel_default_member_folder_id"] = self.id
        return action
