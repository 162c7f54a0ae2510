"""What belongs to a member and is not a figure: tasks in three groups, and lists that core has no button for.

A member has what is its own and what its people have, however deep they stand below it.
"""

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.project.models.project_task import CLOSED_STATES
from odoo.addons.subscription_mgmt.models.common.groups import VIEWER

TASKS = "base.group_user"
COMPLETED_SHOWN = 20
OFFERED = [("state", "in", ("draft", "sent"))]
ASKED = [("state", "in", ("draft", "sent", "to approve"))]


class ResPartner(models.Model):
    _inherit = "res.partner"

    member_task_overdue_ids = fields.Many2many(
        comodel_name="project.task", string="Overdue Tasks", compute="_compute_member_tasks", groups=TASKS
    )
    member_task_pending_ids = fields.Many2many(
        comodel_name="project.task", string="Pending Tasks", compute="_compute_member_tasks", groups=TASKS
    )
    member_task_completed_ids = fields.Many2many(
        comodel_name="project.task", string="Completed Tasks", compute="_compute_member_tasks", groups=TASKS
    )
    member_project_count = fields.Integer(
        string="Number of Projects", compute="_compute_member_project_count", groups=TASKS
    )
    member_offer_count = fields.Integer(
        string="Offers Given", compute="_compute_member_offer_count", groups="sales_team.group_sale_salesman"
    )
    member_request_count = fields.Integer(
        string="Offers Received", compute="_compute_member_request_count", groups="purchase.group_purchase_user"
    )
    member_interaction_count = fields.Integer(
        string="Interactions", compute="_compute_member_interaction_count", groups=VIEWER
    )
    member_agreement_count = fields.Integer(
        string="Agreements", compute="_compute_member_agreement_count", groups="base.group_user"
    )

    # === TASKS === #
    def _compute_member_tasks(self):
        """Every task of the member and of its people (CUB-41, CUB-42); of the completed ones the latest."""
        tasks, family = self.env["project.task"], self._member_get_family()
        if not tasks.has_access("read"):
            family = {}
        mine = Domain("partner_id", "in", list(family))
        closed = Domain("state", "in", list(CLOSED_STATES))
        needed = ["partner_id", "date_deadline", "active"]
        done = tasks.search_fetch(
            mine & closed, needed, order="date_last_stage_update desc, id desc", limit=COMPLETED_SHOWN * len(self)
        )
        open_ones = tasks.search_fetch(mine & ~closed, needed, order="date_deadline, priority desc, id")
        now = fields.Datetime.now()
        late = open_ones.filtered(lambda task: task.date_deadline and task.date_deadline < now)
        for name, group in (
            ("member_task_overdue_ids", late),
            ("member_task_pending_ids", open_ones - late),
            ("member_task_completed_ids", done),
        ):
            by_member = {}
            for task in group:
                for member in family[task.partner_id.id]:
                    by_member.setdefault(member, []).append(task.id)
            # sudo: found with the reader's rights above; each assignment would look at the rules once more
            for member in self.sudo():
                member[name] = tasks.browse(by_member.get(member._origin.id, ()))

    def _member_get_family(self):
        """Who belongs to these members, they themselves too: {id: ids of the members among these that it counts for}.

        One query, or two where the members are deep in a group.
        """
        below = self.with_context(active_test=False).search_fetch([("id", "child_of", self.ids)], ["parent_id"])
        mine, family = set(self.ids), {}
        for partner in below:
            above = partner
            while above:
                if above.id in mine:
                    family.setdefault(partner.id, []).append(above.id)
                above = above.parent_id
        return family

    # === COUNTS === #
    def _compute_member_project_count(self):
        self._member_count("member_project_count", "project.project", [("is_template", "=", False)])

    def _compute_member_offer_count(self):
        self._member_count("member_offer_count", "sale.order", OFFERED)

    def _compute_member_request_count(self):
        self._member_count("member_request_count", "purchase.order", ASKED)

    def _compute_member_interaction_count(self):
        self._member_count("member_interaction_count", "subscription.interaction", [])

    def _compute_member_agreement_count(self):
        """Agreements of the OCA add-on of that name, where it is installed; contracts have a button of their own."""
        self._member_count("member_agreement_count", "agreement", [])

    def _member_count(self, name, model, domain):
        """Count the records of the members and of their people that the reader may see."""
        counts = dict.fromkeys(self.ids, 0)
        if model in self.env and self.env[model].has_access("read"):
            family = self._member_get_family()
            mine = Domain("partner_id", "in", list(family)) & Domain(domain)
            for partner, count in self.env[model]._read_group(mine, ["partner_id"], ["__count"]):
                for member in family[partner.id]:
                    counts[member] += count
        for member in self:
            member[name] = counts.get(member._origin.id, 0)

    # === LISTS === #
    def action_member_projects(self):
        """List the projects (WMM-39, WIM-09)."""
        return self._member_list("project.open_view_project_all", [])

    def action_member_offers(self):
        """List the offers given that are not decided (WMM-43, WIM-11)."""
        return self._member_list("sale.action_quotations", OFFERED)

    def action_member_requests(self):
        """List the offers received that are not decided (WMM-41)."""
        return self._member_list("purchase.purchase_rfq", ASKED)

    def action_member_interactions(self):
        """List what is planned with the member, and what was done."""
        return self._member_list("subscription_mgmt.subscription_interaction_action", [])

    def action_member_agreements(self):
        """List the agreements of the OCA add-on (WMM-47)."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agreements"),
            "res_model": "agreement",
            "view_mode": "list,form",
            "domain": [("partner_id", "child_of", self.ids)],
            "context": {"default_partner_id": self[:1].id},
        }

    def _member_list(self, action, domain):
        """An action of core or of the suite, for these members and their people."""
        found = self.env["ir.actions.act_window"]._for_xml_id(action)
        domain = Domain("partner_id", "child_of", self.ids) & Domain(domain)
        return {**found, "domain": list(domain), "context": {"default_partner_id": self[:1].id}}

    def action_member_create_task(self):
        """Open the form of a new task of this customer (CUB-50).

        A task without a project is private, and has no customer: one of the customer's own projects is proposed, or
        else the first that the person works in; another one can be chosen in the form.
        """
        self.ensure_one()
        projects = self.env["project.project"]
        own = Domain("partner_id", "in", list(self._member_get_family()))
        project = projects.search(own, limit=1) or projects.search([("is_template", "=", False)], limit=1)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Task"),
            "res_model": "project.task",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.id,
                "default_project_id": project.id,
                "default_user_ids": [self.env.uid],
            },
        }

    def action_member_open(self):
        """Open the page of the member, after the short form has saved it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }
