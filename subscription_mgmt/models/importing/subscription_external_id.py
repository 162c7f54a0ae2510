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

    # === THE RECORD BY ITS NAME === #
    @api.depends("model", "res_id")
    def _compute_record_name(self):
        for model, mappings in self.grouped("model").items():
            records = self.env[model].browse(mappings.mapped("res_id")).exists() if model else ()
            names = {record.id: record[record._rec_name] for record in records and records._filtered_access("read")}
            for mapping in mappings:
                mapping.record_name = names.get(mapping.res_id, False)

    def _inverse_record_name(self):
        named = self.filtered("record_name")
        values = [
            {**{name: mapping[name] for name in ("model", "kind", "record_name")}, "company_id": mapping.company_id.id}
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
        """Find the record of those that come with its name.

        :raise ValidationError: no record of that name, several, or another one than the id that is given too
        """
        complete = [dict(vals) for vals in vals_list]
        named = [vals for vals in complete if vals.get("record_name") and vals.get("model")]
        for vals, res_id in zip(named, self._find_by_names(named), strict=True):
            if vals.get("res_id", res_id) != res_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is not the name of the record with id %(id)s.",
                        name=vals["record_name"],
                        id=vals["res_id"],
                    )
                )
            vals["res_id"] = res_id
        for vals in complete:
            vals.pop("record_name", None)
        return super().create(complete)

    @api.model
    def _find_by_names(self, vals_list):
        """Look records up by their names, once per kind of record and company; archived ones are found too.

        :param vals_list: each with model, record_name, kind and company_id
        :return: the id for each
        :raise ValidationError: no record of that name, or several
        """
        questions = [(vals["model"], vals.get("kind"), vals.get("company_id")) for vals in vals_list]
        names = [vals["record_name"].strip() for vals in vals_list]
        wanted = defaultdict(set)
        for question, name in zip(questions, names, strict=True):
            wanted[question].add(name)
        found = {question: self._search_names(*question, asked) for question, asked in wanted.items()}
        return [
            self._pick_one(found[question][name], question[0], name)
            for question, name in zip(questions, names, strict=True)
        ]

    def _search_names(self, model, kind, company_id, names):
        """Return the records of these names that the company may name: name → ids."""
        records = self.env[model].with_context(active_test=False)
        domain = Domain(records._rec_name, "in", list(names))
        if company_id and "company_id" in records._fields:
            domain &= Domain(records._check_company_domain(self.env["res.company"].browse(company_id)))
        fits = self.env["subscription.import.layout"]._get_kinds().get(kind, bool)
        found = defaultdict(list)
        for record in records.search_fetch(domain, [records._rec_name]).filtered(fits):
            found[record[records._rec_name]].append(record.id)
        return found

    def _pick_one(self, ids, model, name):
        if len(ids) == 1:
            return ids[0]
        kind = dict(self._fields["model"]._description_selection(self.env))[model]
        if ids:
            text = self.env._("%(count)s records of the kind “%(kind)s” are named “%(name)s”: give the database id.",
                              count=len(ids), kind=kind, name=name)  # fmt: skip
        else:
            text = self.env._("No record of the kind “%(kind)s” is named “%(name)s”.", kind=kind, name=name)
        raise ValidationError(text)

    # === WHAT AN IMPORT MADE === #
    @api.model
    def _keep(self, company, codes):
        """Keep the old ids of records that an import made, so that the other imports find them.

        :param codes: list of (id in the old system, under which numbering, record)
        """
        self.create(
            [
                {"model": record._name, "kind": kind, "code": code, "res_id": record.id, "company_id": company.id}
                for code, kind, record in codes
                if self._takes(record)
            ]
        )

    @api.model
    def _forget(self, records):
        """Delete the old ids of records that an import made."""
        if self._takes(records):
            # sudo: the list of old ids belongs to the managers of subscriptions, who alone may undo
            self.sudo().search(Domain("model", "=", records._name) & Domain("res_id", "in", records.ids)).unlink()

    def _takes(self, records):
        return records._name in self._fields["model"].get_values(self.env)

    # === COMPUTES === #
    @api.depends("code", "model")
    def _compute_display_name(self):
        labels = dict(self._fields["model"]._description_selection(self.env))
        for mapping in self:
            mapping.display_name = f"{labels.get(mapping.model, '')} {mapping.code or ''}".strip()
