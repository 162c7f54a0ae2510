from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL

# Digits in which two spellings of a phone number agree: without the country and the zero before the area
PHONE_TAIL = 9


class ResPartner(models.Model):
    """A person as a customer: personal and business data, relatives, cards (WIM-05, WIM-25).

    Personal data are read by own people alone, never by customers, and stay behind when a contact is copied.
    """

    _inherit = "res.partner"

    member_is_affiliate = fields.Boolean(
        string="Affiliate",
        copy=False,
        groups=INTERNAL,
        help="Bound to us by a subsidiary or a partnership.",
    )
    # === PERSONAL === #
    member_education = fields.Selection(
        selection=[
            ("primary", "Primary School"),
            ("secondary", "High School"),
            ("associate", "Associate Degree"),
            ("bachelor", "Bachelor's Degree"),
            ("master", "Master's Degree"),
            ("doctorate", "Doctorate"),
        ],
        string="Education",
        copy=False,
        groups=INTERNAL,
    )
    member_gender = fields.Selection(
        selection=[("female", "Female"), ("male", "Male"), ("other", "Other or Not Stated")],
        string="Gender",
        copy=False,
        groups=INTERNAL,
    )
    member_marital = fields.Selection(
        selection=[("single", "Single"), ("married", "Married"), ("divorced", "Divorced"), ("widowed", "Widowed")],
        string="Marital Status",
        copy=False,
        groups=INTERNAL,
    )
    member_birth_date = fields.Date(string="Date of Birth", copy=False, groups=INTERNAL)
    member_nationality_id = fields.Many2one(
        comodel_name="res.country", string="Nationality", copy=False, groups=INTERNAL
    )
    member_profession = fields.Char(string="Profession", copy=False, groups=INTERNAL)
    # === BUSINESS === #
    # Not `company_name` of core: a name there goes before that of the person on every invoice.
    member_employer = fields.Char(string="Employer", copy=False, groups=INTERNAL)
    member_employee_id = fields.Many2one(
        comodel_name="res.partner",
        string="Works As",
        index="btree_not_null",
        domain="[('parent_id', '!=', False), ('is_company', '=', False), ('member_unit', '=', False)]",
        check_company=True,
        copy=False,
        groups=INTERNAL,
        help="The same person as a contact of a company among the customers.",
    )
    # === SALES === #
    member_is_taxpayer = fields.Boolean(
        string="Taxpayer",
        copy=False,
        groups=INTERNAL,
        help="A person who is registered for tax, as a sole trader is.",
    )
    # === RELATIVES AND CARDS === #
    member_relation_ids = fields.One2many(
        comodel_name="member.relative",
        inverse_name="partner_id",
        string="Relatives",
        readonly=True,
        copy=False,
        groups=INTERNAL,
        help="Seen from both sides, whoever of the two they were entered for.",
    )
    member_card_ids = fields.One2many(
        comodel_name="member.card", inverse_name="partner_id", string="Customer Cards", copy=False, groups=INTERNAL
    )
    member_shared_card_ids = fields.One2many(
        comodel_name="member.card.user",
        inverse_name="partner_id",
        string="Cards of Others",
        copy=False,
        groups=INTERNAL,
        help="Cards that the person may use beside its holder.",
    )

    @api.constrains("member_birth_date")
    def _check_member_birth_date(self):
        """Nobody is born tomorrow (WIM-25)."""
        today = self.env.company._subscription_today()
        for partner in self:
            if partner.member_birth_date and partner.member_birth_date > today:
                raise ValidationError(
                    self.env._("The date of birth of %(person)s lies in the future.", person=partner.display_name)
                )

    @api.constrains("member_employee_id")
    def _check_member_employee_id(self):
        """A person is linked to a contact of a company that whoever links may see (WIM-30)."""
        for partner in self.filtered("member_employee_id"):
            employee = partner.member_employee_id
            employee.check_access("read")
            if employee == partner or not employee.commercial_partner_id.is_company or employee._is_member_unit():
                raise ValidationError(
                    self.env._(
                        "%(employee)s is not another record of the person, at a company.",
                        employee=employee.display_name,
                    )
                )

    @api.constrains("is_company", "member_unit")
    def _check_member_relations_of_person(self):
        """Relatives and cards are a person's: who has some is not made a company, nor a unit of one."""
        companies = self.filtered(lambda partner: partner._is_member_unit())
        if not companies:
            return
        # sudo: what others of another company have entered stands too
        relations, cards = self.env["member.relation"].sudo(), self.env["member.card"].sudo()
        related = Domain("partner_id", "in", companies.ids) | Domain("relative_id", "in", companies.ids)
        held = Domain("partner_id", "in", companies.ids) | Domain("user_ids.partner_id", "in", companies.ids)
        if relations.search_count(related, limit=1) or cards.search_count(held, limit=1):
            raise ValidationError(self.env._("Only persons have relatives and customer cards. Remove them first."))

    # === ACTIONS === #
    def action_add_member_relation(self):
        """Ask for a relative of the person."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Relative"),
            "res_model": "member.relation",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    # === THE SAME PERSON AT A COMPANY === #
    def _find_member_employees(self):
        """Contacts of companies with the e-mail or phone of the person, by the reader's own rights (WIM-30)."""
        self.ensure_one()
        digits = "".join(filter(str.isdigit, self.phone or ""))[-PHONE_TAIL:]
        same = Domain("email_normalized", "=", self.email_normalized) if self.email_normalized else Domain.FALSE
        if len(digits) == PHONE_TAIL:
            self.flush_model(["phone"])  # that search reads the database by itself
            same |= Domain("phone_mobile_search", "like", digits)
        company = Domain("company_id", "in", [False, self.company_id.id]) if self.company_id else Domain.TRUE
        at_company = Domain("commercial_partner_id.is_company", "=", True) & Domain("type", "=", "contact")
        at_company &= Domain("parent_id", "!=", False) & Domain("member_unit", "=", False)
        return self.search(same & company & at_company & Domain("id", "!=", self.id), limit=10)

    def _prepare_member_employee_values(self, employee):
        """What the record of an employee knows and that of the person does not: only gaps are filled (WIM-30)."""
        self.ensure_one()
        known = {name: employee[name] for name in ("email", "phone", "function")}
        employer = employee.commercial_partner_id
        known |= {"member_employer": employer.name, "industry_id": employer.industry_id}
        address = self._address_fields()
        if not any(self[name] for name in address):
            known |= {name: employee[name] for name in address}
        return {name: value for name, value in known.items() if value and not self[name]}
