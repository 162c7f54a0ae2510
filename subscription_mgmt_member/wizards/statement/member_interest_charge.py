from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date, formatLang

ADDON = "subscription_mgmt_member"
BILLING = "account.group_account_invoice"


class MemberInterestCharge(models.TransientModel):
    """Ask for the late days of a period, look at what they cost, and have draft invoices made of it (WIM-14).

    Nothing is charged by itself: a person confirms the rows of the proposal.
    """

    _name = "member.interest.charge"
    _inherit = "subscription.dialog.mixin"
    _description = "Late-Payment Interest"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Members",
        domain="[('parent_id', '=', False)]",
        help="Empty: everybody with a rate.",
    )
    date_from = fields.Date(
        string="Late Days From",
        required=True,
        default=lambda self: self.env.company.compute_fiscalyear_dates(self.env.company._subscription_today())[
            "date_from"
        ],
    )
    date_to = fields.Date(string="To", required=True, default=lambda self: self.env.company._subscription_today())
    line_ids = fields.One2many(
        comodel_name="member.interest.charge.line", inverse_name="charge_id", string="Proposal", readonly=True
    )

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for charge in self:
            if charge.date_from > charge.date_to:
                raise ValidationError(self.env._("A period cannot end before it begins."))

    def _propose(self, moves=None):
        """What is to be charged, as list of `Proposal`."""
        self.ensure_one()
        return self.partner_ids._propose_interest(self.company_id, self.date_from, self.date_to, moves)

    def action_propose(self):
        """Show what the late days cost."""
        self.ensure_one()
        _check_billing(self.env)
        self.line_ids = [Command.clear(), *(Command.create(self._prepare_line(one)) for one in self._propose())]
        mine = [("charge_id", "=", self.id)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Late-Payment Interest"),
            "res_model": "member.interest.charge.line",
            "view_mode": "list,kanban",
            "mobile_view_mode": "kanban",
            "domain": mine,
            "context": {"create": False, "search_default_group_partner": 1},
            "help": self.env._("No day of the period is late, or all were charged, or nobody has a rate."),
        }

    def _prepare_line(self, proposal):
        move, due, rate, charge = proposal
        return {
            "partner_id": move.commercial_partner_id.id,
            "move_id": move.id,
            "due": due,
            "rate": rate,
            "date_from": charge.date_from,
            "date_to": charge.date_to,
            "base": float(charge.base),
            "amount": float(charge.amount),
        }


class MemberInterestChargeLine(models.TransientModel):
    _name = "member.interest.charge.line"
    _inherit = "subscription.dialog.mixin"
    _description = "Late Days to Be Charged"
    _order = "partner_id, due, id"

    charge_id = fields.Many2one(
        comodel_name="member.interest.charge", required=True, ondelete="cascade", index=True, readonly=True
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Member", readonly=True, ondelete="cascade")
    move_id = fields.Many2one(comodel_name="account.move", string="Invoice", readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="move_id.currency_id")
    due = fields.Date(readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    days = fields.Integer(compute="_compute_days", aggregator=None)
    base = fields.Monetary(string="Overdue", readonly=True, aggregator=None)
    rate = fields.Float(string="% a Month", digits=(5, 2), readonly=True, aggregator=None)
    amount = fields.Monetary(string="Interest", readonly=True)

    @api.depends("date_from", "date_to")
    def _compute_days(self):
        for line in self:
            line.days = (line.date_to - line.date_from).days + 1

    def action_charge(self):
        """Make a draft invoice for each member and currency of these rows, as they stood on the screen.

        :raise AccessError: whoever may not bill.
        :raise UserError: what a row asks has changed since, or somebody was faster.
        """
        _check_billing(self.env)
        self.check_access("read")
        self.move_id._meet_others_who_charge()
        self._check_unchanged()
        invoices = self.env["account.move"]
        for (charge, partner, currency), lines in self.grouped(
            lambda line: (line.charge_id, line.partner_id, line.currency_id)
        ).items():
            invoices += lines._make_invoice(charge.company_id, partner, currency)
        self.unlink()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice_type")
        return {**action, "domain": [("id", "in", invoices.ids)], "context": {"create": False}}

    def _check_unchanged(self):
        """Raise when what the rows ask is not what there is to ask any more: paid, charged or agreed otherwise."""
        for charge, lines in self.grouped("charge_id").items():
            now = {
                (one.move, one.charge.date_from, one.charge.date_to, float(one.charge.amount))
                for one in charge._propose(lines.move_id)
            }
            for line in lines:
                if (line.move_id, line.date_from, line.date_to, line.amount) not in now:
                    raise UserError(
                        self.env._(
                            "What is to be charged for %(invoice)s has changed since. Look at the proposal again.",
                            invoice=line.move_id.display_name,
                        )
                    )

    def _make_invoice(self, company, partner, currency):
        """The draft invoice of the rows of one member, which then count as charged."""
        product = self.env.ref(f"{ADDON}.product_interest", raise_if_not_found=False)
        if not product or not product.active:
            raise UserError(self.env._("The product for late-payment interest was deleted or archived."))
        mine = company._in_language_of(partner, self)
        invoice = self.env["account.move"].with_company(company).create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.address_get(["invoice"])["invoice"],
                "currency_id": currency.id,
                "invoice_origin": mine.env._("Late-payment interest"),
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "name": line._get_text(), "price_unit": line.amount,
                                    "quantity": 1, "sequence": place})
                    for place, line in enumerate(mine)
                ],
            }
        )  # fmt: skip
        made = invoice.invoice_line_ids.sorted("sequence")
        # sudo: nobody writes these rows by hand
        self.env["member.interest"].sudo().create(
            [
                {"move_id": line.move_id.id, "line_id": one.id, "date_from": line.date_from, "date_to": line.date_to,
                 "rate": line.rate, "amount": line.amount}
                for line, one in zip(self, made, strict=True)
            ]
        )  # fmt: skip
        return invoice

    def _get_text(self):
        """What stands on the invoice: for which days of which invoice, at what rate."""
        return self.env._(
            "Late-payment interest on %(invoice)s, %(first)s – %(last)s (%(days)s days), %(rate)s%% a month",
            invoice=self.move_id.name,
            first=format_date(self.env, self.date_from),
            last=format_date(self.env, self.date_to),
            days=self.days,
            rate=formatLang(self.env, self.rate, digits=2),
        )


def _check_billing(env):
    """Refuse whoever may not make invoices.

    :raise AccessError: no right to invoicing.
    """
    if not env.user.has_group(BILLING):
        raise AccessError(env._("Interest is charged by those who bill."))
