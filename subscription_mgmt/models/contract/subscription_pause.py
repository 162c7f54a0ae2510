from odoo import api, fields, models

from ...tools.pauses import DAYS, EXTEND, PERIODS, Pause


class SubscriptionPause(models.Model):
    """A stretch of days without service, agreed for one contract: a term like its price, settled like one.

    What the customer pays for it is one of three things, and they differ in money only:

    * `periods`: billing goes by whole periods. One that lies in the pause as a whole is not charged (given back, when
      it was billed already); one that the pause only touches is charged in full. The billing day stays.
    * `days`: every day of the pause is free, and given back to the cent where it was billed. The billing day stays.
    * `extend`: as `days`, and what the customer missed comes after: contract, lines that end by themselves and the
      commitment end later by as many days. He pays as much as was agreed, only later.
    """

    _name = "subscription.pause"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin"]
    _description = "Pause of a Contract"
    _order = "date_from desc, id desc"
    _sealed_from_system = True

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    date_from = fields.Date(string="From", required=True, readonly=True, help="First day without service.")
    date_to = fields.Date(string="To", readonly=True, help="Last day without service, included. Empty: until resumed.")
    mode = fields.Selection(
        selection="_selection_mode",
        string="What Is Charged",
        required=True,
        readonly=True,
        default=DAYS,
        help="Whole periods: a period inside the pause is not charged, one that it only touches is charged in full.\n"
        "By the day: every day of the pause is free.\n"
        "Term moved back: every day of the pause is free, and the contract ends later by as many days.\n"
        "The day on which periods begin stays the same in all of them.",
    )
    cause = fields.Selection(
        selection=[("agreed", "Agreed"), ("unpaid", "Unpaid Invoice")],
        required=True,
        readonly=True,
        default="agreed",
        help="An unpaid invoice pauses by itself, and is not counted among the pauses of the year.",
    )
    moved_days = fields.Integer(readonly=True, help="By how many days this pause moved the end of the term.")
    reason = fields.Char(readonly=True)

    _order_of_days = models.Constraint(
        "CHECK (date_to IS NULL OR date_from <= date_to)", "A pause ends after it begins."
    )

    @api.model
    def _selection_mode(self):
        """What a pause may mean for the bill; dialogs offer the same."""
        return [
            (PERIODS, self.env._("Whole periods: those inside the pause are not charged")),
            (DAYS, self.env._("By the day: every day of the pause is given back")),
            (EXTEND, self.env._("Term moved back: free by the day, and the contract ends later")),
        ]

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for pause in self:
            pause.display_name = f"{pause.date_from} – {pause.date_to or '…'}"

    def _as_terms(self):
        """The pause for the settlement in plain Python."""
        self.ensure_one()
        return Pause(self.date_from, self.date_to or None, self.mode, self.moved_days, self.id)

    def _get_sealed_message(self):
        """What was agreed is changed by pausing and resuming."""
        return self.env._("Pause and resume the contract; its pauses are not written by hand.")
