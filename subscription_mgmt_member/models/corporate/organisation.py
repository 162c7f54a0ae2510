"""Units of a corporate member to any depth, and its employees (WMM-09, 10, 13, 14, 24..27, 29..31, 34, 35).

A unit is a contact below its company, so everything that Odoo knows of contacts works for it: own address, phone,
salesperson (its representative), notes. Groups and companies are commercial entities with a tax number of their own;
divisions, branches, offices and departments belong to the one of their company.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ENTITIES = ("group", "company")
INTERNAL = "base.group_user"
INDENT = "\N{NO-BREAK SPACE}" * 3


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Without groups: what is shown of every contact depends on it, and it is no secret.
    member_unit = fields.Selection(
        selection=[
            ("group", "Group"),
            ("company", "Company"),
            ("division", "Division"),
            ("branch", "Branch"),
            ("office", "Office"),
            ("department", "Department"),
        ],
        string="Unit",
        copy=False,
        index="btree_not_null",
        help="What it is in the organisation of the member. Groups and companies have a tax number of their own; the "
        "others belong to the company above them.",
    )
    member_manager_id = fields.Many2one(
        comodel_name="res.partner",
        string="Manager",
        copy=False,
        index="btree_not_null",
        groups=INTERNAL,
        help="Who leads the unit: one of the member's employees.",
    )
    # An employee stands below the unit he works in, or below the company and is told where he works.
    member_branch_id = fields.Many2one(
        comodel_name="res.partner",
        string="Branch",
        compute="_compute_member_place",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        groups=INTERNAL,
    )
    member_department_id = fields.Many2one(
        comodel_name="res.partner",
        string="Department",
        compute="_compute_member_place",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        groups=INTERNAL,
    )
    member_unit_label = fields.Char(string="Unit Name", compute="_compute_member_unit_label", groups=INTERNAL)
    member_unit_ids = fields.Many2many(
        comodel_name="res.partner", string="Units", compute="_compute_member_unit_ids", groups=INTERNAL
    )
    member_employee_ids = fields.Many2many(
        comodel_name="res.partner", string="People", compute="_compute_member_employee_ids", groups=INTERNAL
    )

    # === COMPUTES === #
    @api.depends("parent_id", "is_company")
    def _compute_member_place(self):
        """Where a person works follows from the unit he stands below; whoever is moved elsewhere works there."""
        for partner in self:
            above = self.browse() if partner._is_member_unit() else partner._get_units_above()
            department = above.filtered(lambda unit: unit.member_unit == "department")[:1]
            branch = above.filtered(lambda unit: unit.member_unit in ("branch", "office", "division"))[:1]
            partner.member_department_id, partner.member_branch_id = department, branch

    @api.depends("name", "parent_id")
    def _compute_member_unit_label(self):
        """The name, indented by how deep it stands in the organisation."""
        for partner in self:
            depth, above = 0, partner.parent_id
            while above.parent_id:
                depth, above = depth + 1, above.parent_id
            partner.member_unit_label = INDENT * depth + (partner.name or "")

    def _compute_member_unit_ids(self):
        """Every unit below, each after the one it belongs to."""
        units = self.search([("id", "child_of", self.ids), ("member_unit", "!=", False)])
        children = units.sorted("name").grouped("parent_id")
        for partner in self:
            partner.member_unit_ids = partner._walk_units(children)

    def _walk_units(self, children):
        """Units below, depth first.

        :param children: units by the contact above them.
        """
        found = self.browse()
        for unit in children.get(self._origin, found):
            found += unit + unit._walk_units(children)
        return found

    def _compute_member_employee_ids(self):
        """People of a member, or of one of its units, wherever they stand."""
        for partner in self:
            partner.member_employee_ids = self.search(partner._get_employee_domain()) if partner.id else False

    def _get_employee_domain(self):
        """People who belong to a member, or to a unit of it and those below."""
        self.ensure_one()
        places = ["parent_id", "member_branch_id", "member_department_id"]
        below = fields.Domain.OR([(place, "child_of", self.ids)] for place in places)
        return below & fields.Domain(
            [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("is_company", "=", False),
                ("member_unit", "=", False),
                ("type", "in", ("contact", "other")),
            ]
        )

    # === UNITS === #
    def _is_member_unit(self):
        return self.is_company or bool(self.sudo().member_unit)

    def _get_units_above(self):
        """The contacts above, from the nearest on, up to the company that they belong to."""
        self.ensure_one()
        found, above = self.browse(), self.parent_id
        while above and above not in found:
            found += above
            above = above.parent_id if not above.is_company else self.browse()
        return found

    @api.model_create_multi
    def create(self, vals_list):
        """Override to make of a unit what its kind asks for."""
        return super().create([self._shape_unit(vals, bool(vals.get("parent_id"))) for vals in vals_list])

    def write(self, vals):
        """Override to make of a unit what its kind asks for, and to keep its address where it moves."""
        result = super().write(self._shape_unit(vals, bool(vals.get("parent_id"))))
        if {"member_unit", "parent_id"} & vals.keys():
            # Odoo keeps the address of a contact equal to that of its company, unless it is of the kind "other".
            shared = self.sudo().filtered(lambda one: one.member_unit and one.parent_id and one.type == "contact")
            if shared:
                super(ResPartner, shared).write({"type": "other"})
        return result

    @api.model
    def _shape_unit(self, vals, below):
        kind = vals.get("member_unit")
        if not kind:
            return vals
        shape = {"is_company": kind in ENTITIES}
        if below:
            shape["type"] = "other"
        return {**vals, **shape}

    def address_get(self, adr_pref=None):
        """Override: letters, goods and invoices of a unit go to the unit, where it has no address for them.

        Odoo takes the first person below a contact of the kind "other" in its place.
        """
        found = super().address_get(adr_pref)
        if len(self) == 1 and self.member_unit and self.type == "other":
            person = found.get("contact")
            found = {kind: self.id if partner == person else partner for kind, partner in found.items()}
        return found

    @api.constrains("parent_id")
    def _check_parent_id(self):
        """Override to say which contact would stand above itself (WMM-13)."""
        for partner in self:
            if partner._has_cycle():
                names = {"unit": partner.name, "above": partner.parent_id.name}
                raise ValidationError(
                    self.env._(
                        "%(unit)s cannot stand below %(above)s: %(above)s stands below %(unit)s already, or is the "
                        "same. An organisation does not run in a circle.",
                        **names,
                    )
                )

    @api.constrains("member_unit", "is_company", "parent_id")
    def _check_member_unit(self):
        """Keep units below companies, groups and companies being commercial entities."""
        for unit in self.sudo().filtered("member_unit"):
            if unit.is_company != (unit.member_unit in ENTITIES):
                raise ValidationError(
                    self.env._("%(unit)s: groups and companies are companies, other units are not.", unit=unit.name)
                )
            if unit.is_company and (not unit.parent_id or unit.parent_id.is_company):
                continue
            if not unit.commercial_partner_id.is_company or not unit.parent_id._is_member_unit():
                raise ValidationError(
                    self.env._("%(unit)s: a unit stands below a company or another unit of it.", unit=unit.name)
                )

    @api.constrains("member_manager_id", "member_branch_id", "member_department_id")
    def _check_member_place(self):
        """Keep managers and places within the member."""
        for partner in self.sudo():
            places = partner.member_branch_id + partner.member_department_id
            if (places + partner.member_manager_id).commercial_partner_id - partner.commercial_partner_id:
                raise ValidationError(
                    self.env._("%(name)s: manager, branch and department are of the same member.", name=partner.name)
                )
            if places.filtered(lambda place: not place.member_unit) or partner.member_manager_id._is_member_unit():
                raise ValidationError(
                    self.env._("%(name)s: a manager is a person; a branch or department is a unit.", name=partner.name)
                )

    def action_add_member_unit(self):
        """Open an empty unit below."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Unit"),
            "res_model": "res.partner",
            "view_mode": "form",
            "target": "current",
            "context": {
                "default_parent_id": self.id,
                "default_member_unit": "branch",
                "default_type": "other",
                "default_is_company": False,
                "default_user_id": self.user_id.id,
                "default_country_id": self.country_id.id,
                "default_lang": self.lang,
            },
        }

    def action_add_member_employee(self):
        """Open an empty employee of the member, or of the unit."""
        self.ensure_one()
        return {
            **self.action_add_member_unit(),
            "name": self.env._("New Employee"),
            "context": {
                "default_parent_id": self.id,
                "default_type": "contact",
                "default_is_company": False,
                "default_lang": self.lang,
            },
        }
