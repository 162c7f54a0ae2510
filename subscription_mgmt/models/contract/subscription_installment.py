from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.proration import get_exact_price
from ..common.context import LEDGER

PRICE_FIELDS = ("quantity", "price_unit", "discount")


class SubscriptionInstallment(models.Model):
    """One row per line and period: the ledger of what was, is and will be billed.

    What is not `readonly` a person may still change on a row that is not billed yet.
    """

    _name = "subscription.installment"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin", "subscription.figures.mixin"]
    _description = "Subscription Installment"
    _order = "date_invoice, date_from, id"
    _rec_names_search = ["contract_id.name", "line_id.name"]
    _sealed_from_system = True

    contract_id = fields.Many2one(
        comodel_name="subscription.contract", required=True, readonly=True, ondelete="cascade", index=True
    )
    line_id = fields.Many2one(
        comodel_name="subscription.contract.line", required=True, readonly=True, ondelete="cascade", index=True
    )
    # As few indexes as screens can do with: billing rewrites every row once, and each index is rewritten with it.
    company_id = fields.Many2one(related="contract_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True, precompute=True)
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="Subscriber", store=True, precompute=True, index=True
    )
    # What was planned and billed, whatever the line sells later.
    product_id = fields.Many2one(
        comodel_name="product.product", compute="_compute_product_id", store=True, precompute=True
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True, help="Last day of the period, included.")
    date_invoice = fields.Date(string="Billing Date", required=True)
    # Neither of these three is added up: the sum of unit prices says nothing, and groups would be read row by row.
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0, aggregator=None)
    # Not cut to the digits of prices: a part costs what it costs, in currencies of three decimals too.
    price_unit = fields.Float(string="Unit Price", min_display_digits="Product Price", required=True, aggregator=None)
    discount = fields.Float(string="Discount %", digits="Discount", aggregator=None)
    price_subtotal = fields.Monetary(
        string="Subtotal", compute="_compute_price_subtotal", store=True, precompute=True, help="Untaxed amount."
    )
    state = fields.Selection(
        selection=[("planned", "Planned"), ("invoiced", "Invoiced"), ("skipped", "Skipped")],
        required=True,
        readonly=True,
        default="planned",
    )
    # === THE TERMS IT WAS MADE FROM === #
    whole_from = fields.Date(readonly=True, help="First day of the period of which the row is all or a part.")
    whole_to = fields.Date(readonly=True, help="Last day of that period, included.")
    price_whole = fields.Float(
        string="Price of the Period", digits=(20, 8), readonly=True, help="Exact price of the whole period."
    )
    prorate = fields.Boolean(
        default=True, readonly=True, help="Charged by the day; else in full, and never given back."
    )
    decision_id = fields.Many2one(
        comodel_name="subscription.decision", readonly=True, ondelete="set null", index="btree_not_null"
    )
    pause_id = fields.Many2one(
        comodel_name="subscription.pause",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Pause for which nothing is charged on these days.",
    )
    is_edited = fields.Boolean(
        string="Edited by Hand", readonly=True, help="A person changed it; whatever happens, that stays."
    )
    is_again = fields.Boolean(
        string="Billed Again", readonly=True, help="Charges again what accounting gave back, as a person asked."
    )
    is_reopened = fields.Boolean(
        string="To Bill Again", readonly=True, help="A person wants charged again what accounting gave back of it."
    )
    reason = fields.Char(readonly=True, help="Why the row is skipped or credited.")
    credited_id = fields.Many2one(
        comodel_name="subscription.installment",
        string="Credit Of",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Billed row of which this row gives a part back.",
    )
    kind = fields.Selection(
        selection=[("credit", "Given Back"), ("again", "Charged Again")],
        string="Correction",
        compute="_compute_kind",
        help="Given back: days of a billed row without service. Charged again: days that were given back, or that "
        "accounting had credited.",
    )
    credit_ids = fields.One2many(comodel_name="subscription.installment", inverse_name="credited_id", string="Credits")
    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    invoice_id = fields.Many2one(related="invoice_line_id.move_id", string="Invoice")

    _once = models.UniqueIndex(
        "(line_id, date_from) WHERE credited_id IS NULL",
        "This period of the line is in the payment plan already; it cannot be billed twice.",
    )
    _credited_once = models.UniqueIndex(
        "(credited_id, date_from, is_again) WHERE credited_id IS NOT NULL AND state = 'planned'",
        "These days are credited already.",
    )
    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "The quantity must be above zero.")
    _discount_range = models.Constraint(
        "CHECK (discount >= 0 AND discount <= 100)", "The discount must be between 0 and 100 %."
    )
    _period_order = models.Constraint("CHECK (date_from <= date_to)", "A period ends before it starts.")
    _invoiced_line = models.Constraint(
        "CHECK ((state = 'invoiced') = (invoice_line_id IS NOT NULL))",
        "A row is invoiced if, and only if, it has an invoice line.",
    )
    # What billing looks for: found without reading the rows that are done.
    _due = models.Index("(company_id, date_invoice) INCLUDE (contract_id) WHERE state = 'planned'")
    # What the list is ordered by: as it opens, without its filter, by amount and by price.
    _planned_by_day = models.Index("(date_invoice, date_from, id) WHERE state = 'planned'")
    _by_day = models.Index("(date_invoice, date_from, id)")
    _by_price = models.Index("(price_subtotal)")
    _planned_by_unit_price = models.Index("(price_unit) WHERE state = 'planned'")

    @api.depends_context("lang")
    @api.depends("partner_id", "contract_id", "date_from", "date_to")
    def _compute_display_name(self):
        for row in self:
            days = " – ".join(format_date(self.env, day) for day in (row.date_from, row.date_to) if day)
            row.display_name = f"{row.partner_id.name}, {row.contract_id.name} ({days})"

    @api.depends("credited_id", "is_again", "price_unit")
    def _compute_kind(self):
        for row in self:
            corrects = "again" if row.is_again or row.price_unit > 0 else "credit"
            row.kind = row.credited_id and corrects

    def _get_plan_kind(self):
        """Whether the row charges a period or a fee, gives something back, or charges it again."""
        self.ensure_one()
        return "fee" if self.line_id.is_fee and not self.kind else self.kind or "charge"

    @api.depends("line_id.product_id")
    def _compute_product_id(self):
        for row in self:
            if row.state == "planned" or not row.product_id:
                row.product_id = row.line_id.product_id

    @api.depends("quantity", "price_unit", "discount", "line_id.tax_ids")
    def _compute_price_subtotal(self):
        for row in self:
            if row.state != "invoiced" or not row.price_subtotal:
                row.price_subtotal = row.line_id._get_untaxed(row.quantity, row.price_unit, row.discount)

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Override of `base`: spare each of many rows a draft record, only to look at its contract and line."""
        contracts, lines = (
            {record.id: record for record in self.env[model].browse({vals.get(name) for vals in vals_list} - {None})}
            for model, name in (("subscription.contract", "contract_id"), ("subscription.contract.line", "line_id"))
        )
        amounts = {}
        for vals in vals_list:
            contract, line = contracts.get(vals.get("contract_id")), lines.get(vals.get("line_id"))
            if not contract or not line:
                continue
            terms = tuple(self._fields[name].convert_to_cache(vals.get(name), self) for name in PRICE_FIELDS)
            if (line.id, terms) not in amounts:
                amounts[line.id, terms] = line._get_untaxed(*terms)
            vals.update(
                company_id=contract.company_id.id,
                currency_id=contract.currency_id.id,
                partner_id=contract.partner_id.id,
                product_id=line.product_id.id,
                price_subtotal=amounts[line.id, terms],
            )
        return super()._add_precomputed_values(vals_list)

    # === SEALED === #
    @api.model_create_multi
    def create(self, vals_list):
        """Keep rows that come edited as decisions of a person."""
        rows = super().create(vals_list)
        rows.filtered(lambda row: row.is_edited and not row.decision_id)._decide_as_they_are()
        return rows

    def write(self, vals):
        """Let people change what is theirs on planned rows, and remember it as their decision; nothing else.

        :raise AccessError: a column of the ledger.
        :raise UserError: a row that was billed or skipped, or that gives something back.
        """
        if not self._is_own_code():
            self._check_editable(vals)
        result = super().write(vals)
        if not self._is_own_code():
            self.filtered(lambda row: not row.credited_id)._decide()
            self.contract_id._settle()
        return result

    def _get_sealed_message(self):
        """What a person may do instead."""
        return self.env._(
            "The payment plan follows from the lines: only day of billing, quantity, price and discount of a row can "
            "be changed, and a row can be skipped."
        )

    def _check_editable(self, vals):
        self._check_not_invoiced()
        self.line_id._check_fee_kept()
        for row in self:
            if row.state == "skipped":
                raise UserError(self.env._("%(row)s is skipped; bring it back first.", row=row.display_name))
            if row.credited_id and set(vals) - {"date_invoice"}:
                raise UserError(
                    self.env._("%(row)s gives back what was billed, and no other amount.", row=row.display_name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        self._check_not_invoiced()

    def _decide_as_they_are(self):
        """Keep rows as decisions of a person, those that are skipped with their reason."""
        for (is_skip, reason), rows in self.grouped(lambda row: (row.state == "skipped", row.reason)).items():
            rows._decide(is_skip=is_skip, reason=reason)

    def _decide(self, **values):
        """Keep what stands on the rows as decisions of a person, which outlive every later act."""
        # sudo: whoever may change the row decides about its days
        decisions = self.env["subscription.decision"].sudo().with_context(subscription_ledger=LEDGER)
        same_days = decisions.search([("line_id", "in", self.line_id.ids)]).grouped(
            lambda decision: (decision.line_id, decision.date_from, decision.date_to)
        )
        for row in self.sudo():
            mine = {
                "line_id": row.line_id.id,
                "date_from": row.date_from,
                "date_to": row.date_to,
                "date_invoice": row.date_invoice,
                **{name: row[name] for name in PRICE_FIELDS},
                "is_skip": False,
                "reason": False,
                **values,
            }
            own = same_days.get((row.line_id, row.date_from, row.date_to), decisions)
            before = row.decision_id.with_context(subscription_ledger=LEDGER)
            if not own and not row.prorate:
                # The one charge of its period, which may have other days by now than when it was decided about first:
                # a second decision would charge the period twice.
                own = before
            if own:
                own.write(mine)
            else:
                own = decisions.create(mine)
            whole = {"whole_from": row.date_from, "whole_to": row.date_to, "price_whole": row._get_exact_price()}
            row.with_context(subscription_ledger=LEDGER).write({"decision_id": own.id, "is_edited": True, **whole})
            if not row.prorate:
                (before - own).unlink()

    def _get_exact_price(self):
        return float(get_exact_price(self.quantity, self.price_unit, self.discount))

    def _check_not_invoiced(self):
        """Raise when a row of the set was billed: it never changes and never disappears."""
        billed = self.filtered(lambda row: row.state == "invoiced")[:1]
        if billed:
            raise UserError(
                self.env._("%(row)s was billed and cannot be changed.", row=billed.display_name),
            )

    @api.model
    def _find_billed(self, domain):
        """Return one of the rows that was billed; an empty set when none was."""
        # sudo: what was billed stays, whether or not the user may see the row
        return self.sudo().search(Domain("state", "=", "invoiced") & domain, limit=1)

    def action_skip(self, reason):
        """Leave these rows out of billing for good; making the plan anew does not bring them back.

        :param reason: why, in plain words; kept on the row.
        :raise UserError: no reason given, or a row was billed.
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the row is skipped."))
        self.check_access("write")
        self._check_not_invoiced()
        self.line_id._check_fee_kept()
        self._skip(reason)
        self._tell_skipped(reason)
        self.contract_id._settle()

    def _tell_skipped(self, reason):
        """Write into the log of the contracts which days are not billed, and why."""
        for contract, rows in self.grouped("contract_id").items():
            days = ", ".join(
                " – ".join(format_date(self.env, day) for day in (row.date_from, row.date_to)) for row in rows
            )
            contract._message_log(body=self.env._("Not billed: %(days)s. %(reason)s", days=days, reason=reason))

    def _skip(self, reason):
        """Leave the rows of these out that charge something. Settle afterwards."""
        rows = self.filtered(lambda row: row.state == "planned" and not row.credited_id)
        rows._decide(is_skip=True, reason=reason)
        rows.with_context(subscription_ledger=LEDGER).write({"state": "skipped", "reason": reason})

    def action_unskip(self):
        """Bring skipped rows back into the plan, at what the terms ask for their days.

        Days of a pause are not: a message says what brings them back.
        """
        self.check_access("write")
        skipped = self.filtered(lambda row: row.state == "skipped" and not row.pause_id)
        skipped = skipped.with_context(subscription_ledger=LEDGER)
        contracts = skipped.contract_id
        # sudo: whoever may change the row decides about its days
        skipped.decision_id.sudo().unlink()
        skipped.sudo().unlink()
        contracts._settle()
        return self._tell_of_pause() if len(self.exists().pause_id) else True

    def _tell_of_pause(self):
        """Message on what brings the days of a pause back."""
        text = self.env._("These days are a pause of the contract. Resume it to have them billed.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "warning", "message": text, "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    def action_open_skip(self):
        """Ask for the reason, then skip."""
        self.check_access("write")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_installment_skip_action"),
            "context": {"default_installment_ids": self.ids},
        }

    # === BILLING === #
    # The only two ways in and out of "invoiced".
    def _mark_invoiced(self, invoice_lines):
        """Record that each row was billed by the invoice line at the same place."""
        # sudo: billing needs the billing right, not the right to edit contracts
        rows = self.sudo().with_context(subscription_ledger=LEDGER)
        rows.write({"state": "invoiced"})
        # A line each: the field is written by itself, so that what hangs on it is marked once for all rows.
        link = rows._fields["invoice_line_id"]
        for row, invoice_line in zip(rows, invoice_lines, strict=True):
            link.write(row, invoice_line.id)
        rows.modified([link.name])
        # What a person wanted charged again is charged now; whatever is given back later, he has to say so again.
        rows.filtered("is_again").credited_id.write({"is_reopened": False})

    def _reopen(self):
        """Make rows billable again whose draft invoice was deleted: without it their period would be lost.

        Rows that give back are not kept: settling makes what is right by now. Settle afterwards.
        """
        rows = self.with_context(subscription_ledger=LEDGER)
        rows.filtered("is_again").credited_id.write({"is_reopened": True})
        credits = rows.filtered("credited_id")
        (rows - credits).write({"state": "planned", "invoice_line_id": False, "is_reopened": False})
        # Not planned for a moment either: the same days may be given back by several of them, and by one planned since.
        credits.write({"state": "skipped", "invoice_line_id": False})
        credits.unlink()
