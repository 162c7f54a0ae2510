from odoo import api, models
from odoo.models import check_company_domain_parent_of
from odoo.tools.misc import unquote


class SubscriptionFamilyMixin(models.AbstractModel):
    """Records of which a branch may name what belongs to its mother companies.

    Odoo decides that by the kind of record: partners, taxes and journals of a company are usable in its branches;
    projects, equipment, employees and our own categories are not. A branch works with those of its company all the
    same: the sales representative is employed there, and the project is run there.
    """

    _name = "subscription.family.mixin"
    _description = "Subscription branch"

    def _check_company(self, fnames=None):
        """Override of `base` to let records of a branch name those of its mother companies."""
        branched = self.filtered("company_id.parent_id")
        names = self._fields if fnames is None or {"company_id", "company_ids"} & set(fnames) else fnames
        for record in branched:
            strange = [name for name in names if not record._is_of_family(name)]
            if strange:
                super(SubscriptionFamilyMixin, record)._check_company(strange)
        return super(SubscriptionFamilyMixin, self - branched)._check_company(fnames)

    def _is_of_family(self, name):
        """Whether a field names nothing but records of the company, its mother companies, or of none."""
        field = self._fields[name]
        if not (field.relational and field.check_company):
            return True
        # sudo: the company of what is named, not its contents
        named = self.sudo()[name]
        return _is_of_one_company(named) and named.company_id <= self.company_id.sudo().parent_ids

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Override of `base` to offer records of the mother companies too where a company is asked for."""
        result = super().fields_get(allfields, attributes)
        for name, description in result.items():
            field = self._fields.get(name)
            if "domain" in description and field and field.relational and field.check_company:
                description["domain"] = self._get_family_domain(field)
        return result

    def _get_family_domain(self, field):
        """Return the domain of a field, as text that the client evaluates for the company on the screen."""
        named = self.env[field.comodel_name]
        usual = field._description_domain(self.env)
        narrow = named._check_company_domain(unquote("[company_id]"))
        if not _is_of_one_company(named) or str(narrow) not in usual:
            return usual
        return usual.replace(str(narrow), str(check_company_domain_parent_of(named, unquote("company_id"))), 1)


def _is_of_one_company(records):
    """Whether such records belong to one company or none; of users, accounts and companies Odoo's own check decides."""
    names = records._fields.keys()
    return "company_id" in names and "company_ids" not in names and records._name != "res.company"
