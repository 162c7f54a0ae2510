import functools

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# Members that are looked at while somebody waits for the page; the scheduled action sees to the rest
AT_ONCE = 25


class MemberDuplicate(models.Model):
    """Two members that may be one organisation, with the reasons (CUB-27).

    Found when one of them was saved, not when the list is opened: comparing the names of 50,000 with one another takes
    minutes, comparing one with the rest takes milliseconds.
    """

    _name = "member.duplicate"
    _description = "Possible Duplicate"
    _order = "score desc, id"
    _rec_name = "first_id"

    first_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    second_id = fields.Many2one(
        comodel_name="res.partner",
        string="May Be the Same",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    has_same_vat = fields.Boolean(string="Same Tax Number", readonly=True)
    has_same_phone = fields.Boolean(string="Same Phone", readonly=True)
    has_same_domain = fields.Boolean(string="Same Email Domain", readonly=True)
    name_similarity = fields.Float(string="Similar Names", readonly=True)
    score = fields.Integer(readonly=True, help="How likely they are the same: 100 is certain.")
    reason = fields.Char(compute="_compute_reason")
    is_dismissed = fields.Boolean(string="Not the Same", readonly=True)
    dismissed_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    other_id = fields.Many2one(
        comodel_name="res.partner", string="The Other", compute="_compute_other_id", compute_sudo=False
    )
    first_city = fields.Char(related="first_id.city", string="City")
    second_city = fields.Char(related="second_id.city", string="City of the Other")

    _pair_unique = models.UniqueIndex("(first_id, second_id)", "These two are suggested already.")
    _pair_ordered = models.Constraint("CHECK (first_id < second_id)", "A customer is no duplicate of itself.")

    # === WHO SEES WHAT: a pair is seen by whoever may see both === #
    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Override of `orm`: only pairs of two members that the reader may see."""
        if not (bypass_access or self.env.su):
            domain = Domain(domain) & Domain("first_id", "any", []) & Domain("second_id", "any", [])
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        """Override of `orm`: the same for records whose ids somebody knows."""
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        partners = self.sudo().first_id | self.sudo().second_id
        seen = partners.sudo(False)._filtered_access("read")
        hidden = self.sudo().filtered(lambda pair: pair.first_id not in seen or pair.second_id not in seen)
        return (hidden.sudo(False), functools.partial(self._get_hidden_error)) if hidden else None

    def _get_hidden_error(self):
        return AccessError(self.env._("These are customers that you may not see."))

    # === WHAT IS SHOWN === #
    @api.depends("has_same_vat", "has_same_phone", "has_same_domain", "name_similarity")
    def _compute_reason(self):
        for pair in self:
            reasons = [
                pair.has_same_vat and self.env._("same tax number"),
                pair.has_same_phone and self.env._("same phone"),
                pair.has_same_domain and self.env._("same e-mail domain"),
                pair.name_similarity >= 1 and self.env._("same name"),
                0 < pair.name_similarity < 1 and self.env._("similar name"),
            ]
            pair.reason = ", ".join(filter(None, reasons))

    @api.depends("first_id", "second_id")
    @api.depends_context("member_merge_source")
    def _compute_other_id(self):
        source = self.env.context.get("member_merge_source")
        for pair in self:
            pair.other_id = pair.second_id if pair.first_id.id == source else pair.first_id

    # === BUTTONS === #
    @api.model
    def action_open(self):
        """Open the page of all suggestions, after a look at what was changed just now."""
        # sudo: what is found is kept for all readers, and each sees of it what he may see
        _done, left = self.sudo()._find_pending(AT_ONCE)
        if left:
            self.env.ref("subscription_mgmt_member.ir_cron_member_find_duplicates").sudo()._trigger()
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt_member.member_duplicate_action")
        if left:
            action["name"] = self.env._("Possible Duplicates (%(count)s customers still to be looked at)", count=left)
        if not self.env.registry.has_trigram:
            action["help"] += Markup("<p>%s</p>") % self.env._(
                "The database lacks the extension pg_trgm: only names that are the same but for spelling are found."
            )
        return action

    def action_dismiss(self):
        """These are not the same, and are never suggested again."""
        self._check_editor()
        self.sudo().write({"is_dismissed": True, "dismissed_by_id": self.env.uid})  # sudo: only by this button
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_restore(self):
        """They may be the same after all."""
        self._check_editor()
        self.sudo().write({"is_dismissed": False, "dismissed_by_id": False})  # sudo: only by this button
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_merge(self):
        """Merge the newer record into the older one, which can be turned round in the dialog."""
        self.ensure_one()
        self._check_editor()
        merge = self.env["member.merge"].create({"source_id": self.second_id.id, "target_id": self.first_id.id})
        return merge._show()

    def action_choose(self):
        """In the dialog of a merge: this is the record into which the other goes."""
        self.ensure_one()
        self.check_access("read")
        merge = self.env["member.merge"].browse(self.env.context.get("member_merge_id")).exists()
        if not merge:
            raise UserError(self.env._("The dialog was closed meanwhile. Open it again."))
        merge.target_id = self.with_context(member_merge_source=merge.source_id.id).other_id
        return merge._show()

    def _check_editor(self):
        self.check_access("read")
        self.env["base.partner.merge.automatic.wizard"]._member_check_level()
