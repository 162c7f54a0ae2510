"""What each employee of a member may see and do in the portal (WMM-15, WMM-32, WIM-22).

A member whose rights are kept per employee gives each of them only what is ticked; everybody has what is his own.
Its managers, and whoever signs in as the company itself, have everything. Individuals have what is theirs.
"""

from odoo import api, fields, models

from ..corporate.organisation import INTERNAL

RIGHTS = ("orders", "invoices", "statement", "subscriptions", "requests")
# What a person is given within his member
GIVEN = ("member_portal_manager", *(f"member_portal_{right}" for right in RIGHTS))
# What decides over rights: rules are remembered per user, so whoever changes these forgets them.
DECISIVE = {"member_portal_governed", *GIVEN}


class ResPartner(models.Model):
    _inherit = "res.partner"

    member_portal_governed = fields.Boolean(
        string="Portal Rights per Employee",
        # Members that begin on the customers page have rights per employee; those that another program makes, or that
        # were there before, stay as Odoo has them until somebody decides.
        default=lambda self: bool(self.env.context.get("default_member_state")),
        copy=False,
        groups=INTERNAL,
        help="Each employee sees in the portal what is his own and what is ticked for him; orders of employees go to a "
        "manager of the member first. Off: everybody sees and orders everything of the company, as ever in Odoo.",
    )
    member_portal_manager = fields.Boolean(
        string="Manager in the Portal",
        copy=False,
        groups=INTERNAL,
        help="Has every right in the portal, orders at once, and approves the orders of others.",
    )
    member_portal_orders = fields.Boolean(
        string="Portal: Orders", copy=False, groups=INTERNAL, help="Sees offers and orders of the company, and orders."
    )
    member_portal_invoices = fields.Boolean(
        string="Portal: Invoices", copy=False, groups=INTERNAL, help="Sees and pays invoices of the company."
    )
    member_portal_statement = fields.Boolean(
        string="Portal: Statement", copy=False, groups=INTERNAL, help="Sees the statement of account of the company."
    )
    member_portal_subscriptions = fields.Boolean(
        string="Portal: Subscriptions",
        copy=False,
        groups=INTERNAL,
        help="Sees contracts and packages of the company, and buys packages.",
    )
    member_portal_requests = fields.Boolean(
        string="Portal: Requests",
        copy=False,
        groups=INTERNAL,
        help="Sees requests of the company, opens new ones, and asks for changes of contracts.",
    )
    member_portal_login = fields.Boolean(
        string="Portal User", compute="_compute_member_portal_login", compute_sudo=True, groups=INTERNAL
    )
    member_portal_unmanaged = fields.Boolean(
        compute="_compute_member_portal_unmanaged", groups=INTERNAL, export_string_translation=False
    )

    @api.depends("user_ids.share", "user_ids.active")
    def _compute_member_portal_login(self):
        """Whether the person can sign in."""
        for partner in self:
            partner.member_portal_login = any(user.share and user.active for user in partner.user_ids)

    @api.depends("member_portal_governed")
    def _compute_member_portal_unmanaged(self):
        """Whether orders of employees would wait for nobody."""
        managers = self.search(self._get_manager_domain(self)).commercial_partner_id
        for partner in self:
            partner.member_portal_unmanaged = partner.member_portal_governed and partner._origin not in managers

    @api.model
    def _get_manager_domain(self, members):
        """Who approves orders in the portal: managers, and the company itself, that can sign in."""
        people = fields.Domain("commercial_partner_id", "in", members.ids) & fields.Domain(
            "member_portal_manager", "=", True
        )
        return (people | fields.Domain("id", "in", members.ids)) & fields.Domain("user_ids.active", "=", True)

    # === RIGHTS === #
    def _has_portal_right(self, right):
        """Override of `subscription_mgmt`: where rights are kept per employee, what is ticked for him."""
        return super()._has_portal_right(right) and (self._is_portal_manager() or self.sudo()[f"member_portal_{right}"])

    def _is_portal_manager(self):
        """Whether a person acts for the whole member: individuals do for themselves, and so does everybody where rights
        are not kept per employee."""
        person = self.sudo()  # sudo: rights are not shown to whom they bind
        member = person.commercial_partner_id
        return person == member or not member.member_portal_governed or person.member_portal_manager

    def _get_portal_managers(self):
        """People who approve orders of the member's employees."""
        member = self.commercial_partner_id.sudo()  # sudo: employees ask for them, who may not see who they are
        return member.search(member._get_manager_domain(member))

    # === GIVING RIGHTS === #
    @api.model
    def _check_rights_giver(self, given):
        """Rights are given by whoever manages customers (WMM-15, WMM-32).

        :raise AccessError: somebody else gives them.
        """
        if given and not self.env.su and not self.env.user._has_member_level("manage"):
            raise self.env.user._make_level_error("manage")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to have rights given by managers only, and what was just decided hold at once."""
        partners = super().create(vals_list)
        # Looked at afterwards: rights come by defaults too, of the context or of the user. That they are kept per
        # employee at all is the default of the customers page, and takes nothing from us.
        made = partners.sudo()  # sudo: what was given is looked at, whoever gave it
        self._check_rights_giver(any(partner[name] for partner in made for name in GIVEN))
        if DECISIVE & set().union(*vals_list):
            self.env.registry.clear_cache()
        return partners

    def write(self, vals):
        """Override to have rights given by managers only, and what was just decided hold at once, also when somebody
        changes his company."""
        self._check_rights_giver(DECISIVE & vals.keys())
        moves = {"parent_id", "is_company"} & vals.keys()
        moved = moves and self.sudo().with_context(active_test=False).user_ids
        members = self._get_members_of_entitled() if moves else {}
        result = super().write(vals)
        self._take_back_rights(members, kept=vals)
        if DECISIVE & vals.keys() or moved:
            self.env.registry.clear_cache()
        return result

    def _get_members_of_entitled(self):
        """Whose people those are that were given rights, of these records and of all below them: person → member."""
        people = self.sudo().with_context(active_test=False)  # sudo: rights are not shown to whoever moves people
        given = fields.Domain.OR(fields.Domain(name, "=", True) for name in GIVEN)
        found = people.search(fields.Domain("id", "child_of", self.ids) & given)
        return {person: person.commercial_partner_id for person in found if person.commercial_partner_id != person}

    @api.model
    def _take_back_rights(self, members, kept):
        """Rights are given within one member: who goes to another takes none along, or whoever may move people could
        make a manager of another member (WMM-15, WMM-32).

        :param members: as `_get_members_of_entitled` gave them before.
        :param kept: values of the same write, which decide anew.
        """
        people = [person.id for person, member in members.items() if person.commercial_partner_id != member]
        values = {name: False for name in GIVEN if name not in kept}
        if people and values:
            self.sudo().browse(people).write(values)  # sudo: as above
