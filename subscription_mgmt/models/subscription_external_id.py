from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class SubscriptionExternalId(models.Model):
    """Which record an id of the old system means; the import looks here first (WSI-12..22, WSI-39)."""

    _name = "subscription.external.id"
    _inherit = "subscription.mixin"
    _description = "Old System ID"
    _order = "model, code, id"
    _rec_name = "code"

    code = fields.Char(string="Old System ID", required=True, help="The id as the old system shows it.")
    model = fields.Selection(
        selection=[
            ("res.partner", "Customer or Contact"),
            ("subscription.category", "Category"),
            ("product.product", "Product"),
            ("account.payment.method.line", "Payment Method"),
            ("account.payment.term", "Payment Term"),
            ("project.project", "Project"),
            ("maintenance.equipment", "Physical Asset"),
            ("res.company", "Branch"),
            ("hr.employee", "Sales Representative"),
            ("subscription.interaction.type", "Interaction Type"),
            ("subscription.recurrence", "Recurring Interaction"),
            ("res.users", "User"),
        ],
        string="Kind of Record",
        required=True,
    )
    kind = fields.Selection(
        selection=[
            ("individual", "Individual Customer"),
            ("corporate", "Corporate Customer"),
            ("contact", "Contact Person"),
            ("branch", "Branch of a Customer"),
            ("subscriber", "Subscriber Category"),
            ("service", "Service Category"),
        ],
        string="Numbered As",
        help="Old systems number individuals, companies and contact persons each from 1. Say here which number it is; "
        "empty: the id is the only one of its kind.",
    )
    res_id = fields.Many2oneReference(string="Record", model_field="model", required=True, index=True)
    record_name = fields.Char(
        compute="_compute_record_name",
        inverse="_inverse_record_name",
        help="Exact name of the record in Odoo. With it a list can be loaded from a file that knows no database ids.",
    )
    company_id = fields.Many2one(comodel_name="res.company", index=True, help="Empty: the id holds for all companies.")

    _code_unique = models.UniqueIndex(
        "(model, code, COALESCE(kind, ''), COALESCE(company_id, 0))",
        "This old system id belongs to another record already.",
    )

    @api.depends("code", "model")
    def _compute_display_name(self):
        labels = dict(self._fields["model"]._description_selection(self.env))
        for mapping in self:
            mapping.display_name = f"{labels.get(mapping.model, '')} {mapping.code or ''}".strip()

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        for model, mappings in self.grouped("model").items():
            records = self.env[model].browse(mappings.mapped("res_id")).exists() if model else ()
            names = {record.id: record.display_name for record in records}
            for mapping in mappings:
                mapping.record_name = names.get(mapping.res_id, False)

    def _inverse_record_name(self):
        named = self.filtered("record_name")
        values = [
            {"model": mapping.model, "record_name": mapping.record_name, "company_id": mapping.company_id.id}
            for mapping in named
        ]
        for mapping, res_id in zip(named, self._find_by_names(values), strict=True):
            mapping.res_id = res_id

    @api.model
    def get_import_templates(self):
        """Offer an example on Odoo's import page."""
        return [
            {"label": self.env._("Example of a list of old ids"), "template": "/subscription_mgmt/static/old_ids.csv"}
        ]

    @api.model_create_multi
    def create(self, vals_list):
        """Find the record of those that come with its name instead of its id.

        :raise ValidationError: no record of that name, or several
        """
        named = [dict(vals) for vals in vals_list]
        wanted = [vals for vals in named if vals.get("record_name") and not vals.get("res_id")]
        for vals, res_id in zip(wanted, self._find_by_names(wanted), strict=True):
            vals["res_id"] = res_id
        for vals in named:
            vals.pop("record_name", None)
        return super().create(named)

    @api.model
    def _find_by_names(self, vals_list):
        """Look records up by their names, once per kind of record and company; archived ones are found too.

        :param vals_list: each with model, record_name and company_id
        :return: the id for each
        :raise ValidationError: no record of that name, or several
        """
        questions = defaultdict(set)
        for vals in vals_list:
            questions[vals["model"], vals.get("company_id")].add(vals["record_name"].strip())
        answers = {question: self._search_names(*question, names) for question, names in questions.items()}
        return [
            self._pick_one(answers[vals["model"], vals.get("company_id")][vals["record_name"].strip()], vals)
            for vals in vals_list
        ]

    def _search_names(self, model, company_id, names):
        records = self.env[model].with_context(active_test=False)
        domain = Domain(records._rec_name, "in", list(names))
        if company_id and "company_id" in records._fields:
            domain &= Domain("company_id", "in", [company_id, False])
        found = defaultdict(list)
        for record in records.search_fetch(domain, [records._rec_name]):
            found[record[records._rec_name]].append(record.id)
        return found

    def _pick_one(self, ids, vals):
        if len(ids) == 1:
            return ids[0]
        kind = dict(self._fields["model"]._description_selection(self.env))[vals["model"]]
        name = vals["record_name"]
        if ids:
            text = self.env._("%(count)s records of the kind “%(kind)s” are named “%(name)s”: give the database id.",
                              count=len(ids), kind=kind, name=name)  # fmt: skip
        else:
            text = self.env._("No record of the kind “%(kind)s” is named “%(name)s”.", kind=kind, name=name)
        raise ValidationError(text)
