from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.subscription_mgmt.models.common.groups import INTERNAL

MANAGER = "subscription_mgmt_member.group_member_manager"


class SurveySurvey(models.Model):
    """A survey that looks at a member from one angle: finances, infrastructure (WMM-52, WMM-61..65).

    Who designs it manages customers; who fills it in for a member contributes. Rules see to both, none of Odoo's
    groups for surveys is needed, and none of them is enough.
    """

    _inherit = "survey.survey"

    member_is_analysis = fields.Boolean(
        string="Analysis of Members", index="btree_not_null", copy=False, groups=INTERNAL
    )
    member_published = fields.Boolean(
        string="Published",
        copy=False,
        groups=INTERNAL,
        help="Shown, by its title, on the pages of the members it is meant for.",
    )
    member_kind = fields.Selection(
        selection=[("corporate", "Companies"), ("individual", "Individuals")],
        string="Meant For",
        copy=False,
        groups=INTERNAL,
        help="Empty: companies and individuals.",
    )
    member_category_ids = fields.Many2many(
        comodel_name="res.partner.category",
        relation="member_analysis_category_rel",
        string="Member Categories",
        copy=False,
        groups=INTERNAL,
        help="Members with one of these tags, or with one below it. Empty: all members.",
    )
    member_in_portal = fields.Boolean(
        string="Filled by the Member Too",
        copy=False,
        groups=INTERNAL,
        help="Offered to the contacts of the member in the portal.",
    )

    @api.constrains("member_published", "member_is_analysis")
    def _check_member_published(self):
        """What is shown to colleagues and members can be filled in."""
        for form in self.filtered("member_published"):
            if not form.member_is_analysis:
                raise ValidationError(self.env._("%(form)s is no analysis form.", form=form.title))
            if not form.sudo().question_ids:
                raise ValidationError(
                    self.env._("%(form)s has no questions yet. Add some before it is published.", form=form.title)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `survey`: analyses of members are designed by who manages these (WMM-61)."""
        self._check_member_design(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """As when it is made; what is one already is kept by a rule."""
        self._check_member_design([vals])
        return super().write(vals)

    @api.model
    def _check_member_design(self, vals_list):
        makes_analysis = any(vals.get("member_is_analysis") for vals in vals_list)
        if makes_analysis and not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Analysis forms are designed by those who manage customers."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filled(self):
        """Analyses are kept with their day and author (WMM-65): a form that was used is closed, not deleted."""
        # sudo: what others have filled in counts
        filled = [("state", "=", "done"), ("test_entry", "=", False)]
        forms = self.filtered("member_is_analysis")
        used = self.env["survey.user_input"].sudo().search([("survey_id", "in", forms.ids), *filled], limit=1)
        if used:
            raise UserError(self.env._("%(form)s was filled in already. Close it instead.", form=used.survey_id.title))

    # === FOR WHOM === #
    @api.model
    def _get_published_analyses(self):
        """All forms that are in use, of whatever category."""
        return self.search([("member_is_analysis", "=", True), ("member_published", "=", True)])

    def _filter_for_member(self, member):
        """Those of the forms that are in use, and meant for a member (WMM-62, WMM-63).

        A form for a category is meant for the categories below it too.
        """
        kind = "corporate" if member.is_company else "individual"
        tags = {int(part) for tag in member.category_id for part in (tag.parent_path or "").split("/") if part}
        return self.filtered(
            lambda form: (
                form.active
                and form.member_is_analysis
                and form.member_published
                and form.member_kind in (False, kind)
                and (not form.member_category_ids or tags & set(form.member_category_ids.ids))
            )
        )

    def _check_for_member(self, member):
        """Refuse an analysis that is not in use, or not meant for the member.

        :raise UserError: and why.
        """
        self.ensure_one()
        if not self.active or not self.member_published:
            raise UserError(self.env._("%(form)s is not published.", form=self.title))
        if not self._filter_for_member(member):
            raise UserError(
                self.env._("%(form)s is not meant for %(member)s.", form=self.title, member=member.display_name)
            )

    # === FILLING IN === #
    def action_fill_member_analysis(self):
        """Open the form for the member whose page it is on (`member_id` of the context); the author is who fills."""
        self.ensure_one()
        member = self.env["res.partner"].browse(self.env.context.get("member_id")).exists()
        if not member:
            raise UserError(self.env._("Open the page of a member to fill in an analysis."))
        member.check_access("write")
        return self.action_start_survey(answer=self._start_member_analysis(member))

    def _start_member_analysis(self, member):
        """An answer of the current user about a member, not begun; what was looked at by the caller is the member.

        Attempts are not counted: a trend needs the same form again and again.
        """
        self.check_access("read")
        # sudo: answers are made by the system alone, for forms and members that were looked at
        answer_sudo = self.sudo()._create_answer(
            user=self.env.user,
            check_attempts=False,
            member_partner_id=member.id,
            member_company_id=self.env.company.id,
        )
        return answer_sudo.sudo(False)

    def _get_member_answer(self, contact):
        """The answer that a contact has not finished, or a new one, for the member that it belongs to (portal).

        Called in sudo mode, for a form that is offered to the contact.
        """
        own = [("survey_id", "=", self.id), ("partner_id", "=", contact.id), ("state", "!=", "done")]
        begun = self.env["survey.user_input"].search([*own, ("test_entry", "=", False)], limit=1)
        return begun or self._create_answer(
            user=self.env.user, check_attempts=False, member_company_id=self.env.company.id
        )

    def action_invite_member(self):
        """Ask the member, or its contacts, by e-mail: Odoo's own invitation."""
        self.ensure_one()
        member = self.env["res.partner"].browse(self.env.context.get("member_id")).exists()
        member.check_access("read")
        self._check_for_member(member)
        action = self.action_send_survey()
        action["context"] = {**action["context"], "default_partner_ids": member.ids if member.email else []}
        return action
