from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS

SALES = "sales_team.group_sale_salesman"
HELD = ("waiting", "refused")

# What acts of the customer's people in the portal leave on an order
DECIDED = {
    "member_approval",
    "member_approved_total",
    "member_decided_by_id",
    "member_decided_on",
    "member_from_portal",
    "member_ordered_by_id",
    "member_refusal",
    "member_signature",
    "member_signed_by",
}


class SaleOrder(models.Model):
    """An order that an employee of a member places goes to the manager of the member first (WMM-12).

    Either he makes it in the portal (`member_from_portal`): no seller sees it before it is approved, or ever, when it
    is refused. Or he accepts a seller's quotation: that stays the quotation it was; his acceptance is kept apart.
    """

    _inherit = "sale.order"

    member_from_portal = fields.Boolean(string="Ordered in the Portal", readonly=True, copy=False, groups=SALES)
    member_approval = fields.Selection(
        selection=[("waiting", "Waiting for approval"), ("approved", "Approved"), ("refused", "Refused")],
        string="Customer's Approval",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=SALES,
    )
    member_ordered_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Ordered By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=SALES,
    )
    member_decided_by_id = fields.Many2one(
        comodel_name="res.partner", string="Decided By", readonly=True, copy=False, groups=SALES
    )
    member_decided_on = fields.Datetime(string="Decided On", readonly=True, copy=False, groups=SALES)
    member_approved_total = fields.Monetary(
        readonly=True, copy=False, groups=SALES, string="Approved Total", help="What the customer's manager saw."
    )
    member_refusal = fields.Text(string="Reason of Refusal", readonly=True, copy=False, groups=SALES)
    member_note = fields.Text(string="Customer's Note", readonly=True, copy=False, groups=SALES)
    # The acceptance of an employee, until his manager decides: no business of the seller.
    member_signed_by = fields.Char(copy=False, groups=NO_ACCESS, export_string_translation=False)
    member_signature = fields.Image(
        copy=False, attachment=True, max_width=1024, max_height=1024, groups=NO_ACCESS, export_string_translation=False
    )

    # === DECIDED IN THE PORTAL ALONE === #
    @api.model_create_multi
    def create(self, vals_list):
        """Override of `sale`: no seller decides for the customer's manager.

        :raise AccessError: values of the approval, from a person.
        """
        self._check_member_decides(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Override of `sale`: as :meth:`create`."""
        self._check_member_decides([vals])
        return super().write(vals)

    def _check_member_decides(self, vals_list):
        """Raise when a person writes what only acts in the portal do, which run with the system's rights."""
        own = {name for vals in vals_list for name in vals if name in DECIDED}
        if own and not self.env.su:
            raise AccessError(
                self.env._(
                    "The customer's manager decides about it in the portal: %(fields)s.",
                    fields=", ".join(self._fields[name].string for name in sorted(own)),
                )
            )

    # === WHAT WAITS === #
    def _is_member_held(self):
        """Whether the customer's manager has not approved what his employee ordered."""
        self.ensure_one()
        return self.sudo().member_approval in HELD

    def _is_member_approved(self):
        """Whether the customer's manager has approved the order as it stands now, not what it was before the seller
        changed it."""
        order = self.sudo()
        same = not order.currency_id.compare_amounts(order.member_approved_total, order.amount_total)
        return order.member_approval == "approved" and same

    def _needs_member_approval(self, person):
        """Whether an order of this person goes to his manager first.

        :param person: partner who acts in the portal; empty: who was sent the link, that is the customer of the order.
        """
        self.ensure_one()
        order = self.sudo()
        person = person or order.partner_id
        return (
            order.state in ("draft", "sent")
            and not order._is_member_approved()
            and person.commercial_partner_id == order.partner_id.commercial_partner_id
            and not person._is_portal_manager()
        )

    @api.model
    def _get_acting_person(self):
        """The partner who acts on the page, as far as the controller has told."""
        return self.env["res.partner"].browse(self.env.context.get("member_person")).exists()

    def _may_ask_member(self):
        """Whether the person on the page may only ask for approval, of an offer that is accepted by paying."""
        self.ensure_one()
        return bool(
            "member_person" in self.env.context
            and super()._has_to_be_paid()  # pylint: disable=super-method-mismatch
            and not super()._has_to_be_signed()  # pylint: disable=super-method-mismatch
            and not self._is_member_held()
            and self._needs_member_approval(self._get_acting_person())
        )

    def _has_to_be_signed(self):
        """Override of `sale`: what waits for the manager, or was refused, is not signed again."""
        return super()._has_to_be_signed() and not self._is_member_held()

    def _has_to_be_paid(self):
        """Override of `sale`: nobody pays what his manager has not approved."""
        if not super()._has_to_be_paid() or self._is_member_held():
            return False
        return "member_person" not in self.env.context or not self._needs_member_approval(self._get_acting_person())

    def _can_be_edited_on_portal(self):
        """Override of `sale`: what the manager looks at, or has approved, stays as it is."""
        return super()._can_be_edited_on_portal() and not self.sudo().member_approval

    def _confirmation_error_message(self):
        """Override of `sale`: nobody confirms what the customer's manager has not approved."""
        if self._is_member_held():
            return self.env._(
                "%(order)s: the customer's manager has not approved this order. You can make a new quotation.",
                order=self.name,
            )
        return super()._confirmation_error_message()
