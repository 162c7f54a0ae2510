from odoo import api, fields, models
from odoo.exceptions import UserError


class SubscriptionCreditMove(models.Model):
    """Ledger of credits and of use: lines are added, never changed; the balance is their sum.

    A request that several grants pay for is one line per grant, with the same source and counted `part`.
    A request that a period covers, or that staff made free, is a line of 0 credits, so that use is known too.
    """

    _name = "subscription.credit.move"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin"]
    _description = "Credit Move"
    _order = "date desc, id desc"
    _rec_name = "move_type"

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    entitlement_id = fields.Many2one(
        comodel_name="subscription.entitlement",
        string="Paid Subscription",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose credits move. Empty: a free request to a department that staff opened.",
    )
    department_id = fields.Many2one(
        comodel_name="subscription.department", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    date = fields.Date(required=True, readonly=True, index=True)
    move_type = fields.Selection(
        selection=[
            ("grant", "Received"),
            ("spend", "Request"),
            ("correction", "Correction"),
            ("expired", "Expired"),
            ("forfeited", "Forfeited"),
            ("refunded", "Refunded"),
            ("restored", "Refund Withdrawn"),
        ],
        string="Movement",
        required=True,
        readonly=True,
    )
    credits = fields.Integer(required=True, readonly=True, help="Added to the balance; negative: taken from it.")
    days = fields.Integer(readonly=True, help="Of a period: taken from its end, or given back to it.")
    source_model = fields.Char(readonly=True, export_string_translation=False)
    source_id = fields.Many2oneReference(
        model_field="source_model", readonly=True, help="The ticket, chat or payment behind it."
    )
    part = fields.Integer(readonly=True, export_string_translation=False)
    reason = fields.Char(readonly=True)
    reversed_id = fields.Many2one(
        comodel_name="subscription.credit.move",
        string="Corrects",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_ids = fields.One2many(
        comodel_name="subscription.credit.move", inverse_name="reversed_id", string="Corrected By", readonly=True
    )
    # === FIGURES OF THE USAGE REPORT === #
    used = fields.Integer(
        string="Credits Used", compute="_compute_used", store=True, precompute=True, help="Corrections taken off."
    )
    requests = fields.Integer(compute="_compute_used", store=True, precompute=True, help="Tickets and chats.")

    _source_unique = models.UniqueIndex(
        "(source_model, source_id, part) WHERE source_id IS NOT NULL", "This request was charged already."
    )
    _reversed_unique = models.UniqueIndex(
        "(reversed_id) WHERE reversed_id IS NOT NULL", "This move was corrected already."
    )
    _sign = models.Constraint(
        "CHECK (CASE WHEN move_type IN ('grant', 'correction', 'restored') THEN credits >= 0 ELSE credits <= 0 END)",
        "Credits are granted or given back with a plus, and taken with a minus.",
    )

    @api.depends("move_type", "credits", "part")
    def _compute_used(self):
        for move in self:
            sign = {"spend": 1, "correction": -1}.get(move.move_type, 0)
            move.used = -move.credits if sign else 0
            move.requests = 0 if move.part else sign

    # === APPEND-ONLY === #
    def write(self, vals):
        """Refuse: a mistake is corrected by another move."""
        if vals:
            raise UserError(self.env._("A credit move cannot be changed. Correct it with a reversing move."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A credit move cannot be deleted. Correct it with a reversing move."))

    # === REQUESTS === #
    @api.model
    def _find_charged(self, source):
        """Moves by which this ticket or chat was charged; none: it was not."""
        return self.search(
            [("source_model", "=", source._name), ("source_id", "=", source.id), ("move_type", "=", "spend")]
        )

    @api.model
    def _charge(self, wallet, department, source, parts, date_ref):
        """Write down a request: one move per grant that pays for it."""
        return self._create_sealed(
            [
                {
                    "company_id": wallet.company_id.id,
                    "partner_id": wallet.partner_id.id,
                    "entitlement_id": entitlement.id,
                    "department_id": department.id,
                    "date": date_ref,
                    "move_type": "spend",
                    "credits": -credits,
                    "source_model": source._name,
                    "source_id": source.id,
                    "part": part,
                }
                for part, (entitlement, credits) in enumerate(parts)
            ]
        )

    # === CORRECTION === #
    def action_reverse(self, reason):
        """Give back what a request cost, by moves of the same size; the request stays charged.

        Credits of a package that is over come back and go at once: they could not have been spent any more (WA-17).

        :param reason: why, in words; required.
        :return: the correcting moves.
        :raise AccessError: without the billing right.
        :raise UserError: no reason; not a request; corrected already.
        """
        self.env["subscription.entitlement"].check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the move is corrected."))
        spends = self.browse()
        for move in self:
            if move.move_type != "spend":
                raise UserError(self.env._("Only a request can be corrected."))
            spends |= self._find_charged(self.env[move.source_model].browse(move.source_id))
        if self.search_count([("reversed_id", "in", spends.ids)], limit=1):
            raise UserError(self.env._("This move was corrected already."))
        return spends._reverse(reason.strip())

    def _reverse(self, reason):
        corrections = self.browse()
        for move in self:
            today = move.company_id._subscription_today()
            self.env["subscription.wallet"]._lock(move.company_id, move.partner_id)._roll(today)
            entitlement = move.entitlement_id
            correction = {
                "company_id": move.company_id.id,
                "partner_id": move.partner_id.id,
                "entitlement_id": entitlement.id,
                "department_id": move.department_id.id,
                "date": today,
                "move_type": "correction",
                "credits": -move.credits,
                "part": move.part,
                "reason": reason,
                "reversed_id": move.id,
            }
            corrections += self._create_sealed([correction])
            if move.credits and entitlement.state not in ("active", "pending"):
                entitlement._add_move(entitlement.state, move.credits, today)
        return corrections

    def action_open_source(self):
        """Open the ticket, chat or payment behind the move."""
        self.ensure_one()
        if not self.source_id or self.source_model not in self.env:
            raise UserError(self.env._("There is no document behind this move."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.source_model,
            "res_id": self.source_id,
            "view_mode": "form",
        }
