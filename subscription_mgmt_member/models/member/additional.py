"""Additional information that managers define without a programmer, of Odoo's own properties.

Companies have the properties that core gives to every contact; people of a company and individuals have definitions of
their own beside it (WMM-23, WMM-33, WIM-06). Only who may write the definition changes it: see the rule of this room.
"""

from odoo import api, fields, models
from odoo.tools import SQL

OWN = {
    "member_employee_definition_id": "member_employee_properties",
    "member_person_definition_id": "member_person_properties",
}


class ResPartner(models.Model):
    _inherit = "res.partner"

    member_employee_definition_id = fields.Many2one(
        comodel_name="properties.base.definition",
        compute="_compute_member_definitions",
        export_string_translation=False,
    )
    member_employee_properties = fields.Properties(
        string="Additional Information of Employees",
        definition="member_employee_definition_id.properties_definition",
        copy=True,
    )
    member_person_definition_id = fields.Many2one(
        comodel_name="properties.base.definition",
        compute="_compute_member_definitions",
        export_string_translation=False,
    )
    member_person_properties = fields.Properties(
        string="Additional Information of Individuals",
        definition="member_person_definition_id.properties_definition",
        copy=True,
    )

    def _compute_member_definitions(self):
        for name in OWN:
            self[name] = self._member_get_definition(name)

    @api.model
    def _member_get_definition(self, name):
        """The one definition of all records, kept by core for each field of properties; made when first asked for."""
        # sudo: everybody is shown the fields; who may change them is up to the rules of the definition
        definitions = self.env["properties.base.definition"].sudo()
        return definitions._get_definition_for_property_field(self._name, OWN[name])

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give people the default values of their own additional information, as core does."""
        for vals in vals_list:
            if not (vals.get("is_company") or vals.get("company_type") == "company"):
                name = "member_employee_definition_id" if vals.get("parent_id") else "member_person_definition_id"
                vals[name] = self._member_get_definition(name).id
        return super().create(vals_list)

    def _field_to_sql(self, alias, fname, query=None):
        """Override: the definition is the same for every row, and stands in no column."""
        if fname in OWN:
            return SQL("%s", self._member_get_definition(fname).id)
        return super()._field_to_sql(alias, fname, query)
