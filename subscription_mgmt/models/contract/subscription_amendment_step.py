from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_round, formatLang

from ...tools.commitment import remaining_months
from ...tools.periods import ONE_DAY
from ..common.context import LATER
from .segments import marked, plain

# What a step may change of a line, in the order in which it is told
TERMS = (
    "product_id", "name", "quantity", "price_unit", "discount", "tax_ids", "interval", "interval_unit", "anchor_day",
    "billing_timing",
)  # fmt: skip
# Chosen together: another product has its own text, price and taxes, and those must be what was shown
WITH_PRODUCT = ("name", "price_unit", "tax_ids")


class SubscriptionAmendmentStep(models.Model):
    """One thing that an amendment changes: a line, old and new side by side, or who pays, or who subscribes."""

    _name = "subscription.amendment.step"
    _inherit = ["subscription.sealed.mixin", "subscription.mixin", "subscription.sale.line.mixin"]
    _description = "Step of a Change"
    _order = "amendment_id, sequence, id"
    _check_company_auto = True
    _sealed_records = False

    amendment_id = fields.Many2one(
        comodel_name="subscription.amendment", required=True, ondelete="cascade", index=True, check_company=True
    )
    contract_id = fields.Many2one(related="amendment_id.contract_id")
    company_id = fields.Many2one(related="amendment_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("change", "Change a Line"),
            ("add", "Add a Line"),
            ("end", "End a Line"),
            ("payer", "Change Who Pays"),
            ("subscriber", "Change the Subscriber"),
        ],
        string="What",
        required=True,
        default="change",
    )
    line_id = fields.Many2one(
        comodel_name="subscription.contract.line", ondelete="cascade", index="btree_not_null",
        check_company=True,
    )  # fmt: skip
    # === THE NEW SIDE === #
    product_id = fields.Many2one(compute="_compute_product_id", store=True, readonly=False, precompute=True)
    name = fields.Text(required=False)
    quantity = fields.Float(
        compute="_compute_from_line", store=True, readonly=False, precompute=True, required=False, default=None
    )
    percent = fields.Float(string="Price Change %", digits="Discount", help="The new price from the old one.")
    discount = fields.Float(compute="_compute_from_line", store=True, readonly=False, precompute=True)
    interval = fields.Integer(string="Every", compute="_compute_from_line", store=True, readonly=False, precompute=True)
    interval_unit = fields.Selection(
        selection=lambda self: self._selection_of_line("interval_unit"),
        string="Period", compute="_compute_from_line", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    anchor_day = fields.Integer(
        string="Day of Month", compute="_compute_from_line", store=True, readonly=False, precompute=True,
        help="Day of the month on which periods begin; 31 is the last day of every month. 0: the day of the start "
        "date.",
    )  # fmt: skip
    billing_timing = fields.Selection(
        selection=lambda self: self._selection_of_line("billing_timing"),
        string="Billed", compute="_compute_from_line", store=True, readonly=False, precompute=True,
    )  # fmt: skip
    invoice_partner_id = fields.Many2one(
        comodel_name="res.partner", string="New Payer", index="btree_not_null", check_company=True
    )
    payment_method_line_id = fields.Many2one(
        comodel_name="account.payment.method.line",
        string="New Payment Method",
        domain="[('payment_type', '=', 'inbound'), ('journal_id.company_id', 'parent_of', company_id)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="New Subscriber", index="btree_not_null", check_company=True
    )
    close_reason_id = fields.Many2one(
        comodel_name="subscription.close.reason",
        default=lambda self: self.env.ref("subscription_mgmt.close_reason_transfer", raise_if_not_found=False),
        help="Why the contract of the old subscriber ends.",
    )
    # === THE OLD SIDE === #
    old_product_id = fields.Many2one(related="line_id.product_id", string="Product Before")
    old_quantity = fields.Float(related="line_id.quantity", string="Quantity Before")
    old_price_unit = fields.Float(related="line_id.price_unit", string="Price Before")
    old_discount = fields.Float(related="line_id.discount", string="Discount Before")
    old_tax_ids = fields.Many2many(related="line_id.tax_ids", string="Taxes Before")
    old_interval = fields.Integer(related="line_id.interval", string="Every (Before)")
    old_interval_unit = fields.Selection(related="line_id.interval_unit", string="Period Before")
    old_anchor_day = fields.Integer(related="line_id.anchor_day", string="Day of Month Before")
    old_billing_timing = fields.Selection(related="line_id.billing_timing", string="Billed Before")
    # What it changes: [field, old, new]
    changes = fields.Json(readonly=True, copy=False, export_string_translation=False)
    summary = fields.Char(string="In Short", compute="_compute_summary", help="What it changes, in words.")

    _interval_positive = models.Constraint("CHECK (interval >= 1)", "A period lasts at least one unit.")
    _anchor_day_range = models.Constraint(
        "CHECK (anchor_day >= 0 AND anchor_day <= 31)", "The day of the month must be between 1 and 31."
    )

    @api.model
    def _get_figure_fields(self):
        """Override of `subscription.figures.mixin`: a change in percent is a figure, too."""
        return [*super()._get_figure_fields(), "percent"]

    @api.model
    def _selection_of_line(self, name):
        """Choices of a field of lines, in the reader's language."""
        return self.env["subscription.contract.line"]._fields[name]._description_selection(self.env)

    # === COMPUTES === #
    def _get_sale_document(self):
        return self.contract_id

    def _get_sale_partner(self):
        """The subscriber, whoever pays."""
        return self.contract_id.partner_id

    @api.depends("line_id", "kind")
    def _compute_product_id(self):
        for step in self:
            step.product_id = step.line_id.product_id if step.kind in ("change", "end") else step.product_id

    @api.depends("line_id", "kind")
    def _compute_from_line(self):
        for step in self:
            line = step.line_id if step.kind == "change" else step.line_id.browse()
            step.quantity = line.quantity or 1.0
            step.discount = line.discount
            step.interval = line.interval or 1
            step.interval_unit = line.interval_unit or "month"
            step.anchor_day = line.anchor_day
            step.billing_timing = line.billing_timing or "advance"

    def _is_same_product(self):
        return self.kind == "change" and self.line_id and self.product_id == self.line_id.product_id

    @api.depends("product_id", "line_id", "kind")
    def _compute_name(self):
        """Override of the lines' proposal: a line keeps its text as long as it keeps its product."""
        for step in self:
            step.name = step.line_id.name if step._is_same_product() else step.name
        others = self.filtered(lambda step: not step._is_same_product())
        return super(SubscriptionAmendmentStep, others)._compute_name()

    @api.depends("product_id", "line_id", "kind", "percent")
    def _compute_price_unit(self):
        """Override of the lines' proposal: the old price, changed by the percentage, as long as it is that product."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for step in self:
            if step._is_same_product():
                price = step.line_id.price_unit * (1 + step.percent / 100)
                step.price_unit = float_round(price, precision_digits=digits) if step.percent else price
            else:
                step.price_unit = step.price_unit
        others = self.filtered(lambda step: not step._is_same_product())
        return super(SubscriptionAmendmentStep, others)._compute_price_unit()

    @api.depends("product_id", "line_id", "kind")
    def _compute_tax_ids(self):
        """Override of the lines' proposal: a line keeps its taxes as long as it keeps its product."""
        for step in self:
            step.tax_ids = step.line_id.tax_ids if step._is_same_product() else step.tax_ids
        others = self.filtered(lambda step: not step._is_same_product())
        return super(SubscriptionAmendmentStep, others)._compute_tax_ids()

    @api.depends("kind", "changes", "line_id", "product_id", "invoice_partner_id", "partner_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        for step in self:
            step.summary = step._say()

    def _say(self):
        """What the step does, in words of the reader's language."""
        what = self.line_id.product_id.display_name or self.product_id.display_name or ""
        if self.kind == "end":
            return self.env._("%(line)s ends", line=what)
        if self.kind == "add":
            price = formatLang(self.env, self.price_unit, currency_obj=self.currency_id)
            return self.env._("%(line)s is added at %(price)s", line=self.product_id.display_name or "", price=price)
        if self.kind == "subscriber":
            return self.env._("Subscriber: %(partner)s", partner=self.partner_id.display_name or "")
        changes = self.changes or self._get_changes()
        told = [self._say_change(*change) for change in changes if change[0] != "name"]
        return ", ".join([*([what] if self.kind == "change" else []), *told])

    def _say_change(self, name, old, new):
        model = self.env["subscription.contract" if self.kind == "payer" else "subscription.contract.line"]
        label = model._fields[name]._description_string(self.env)
        return f"{label} {self._say_value(model, name, old)} → {self._say_value(model, name, new)}"

    def _say_value(self, model, name, value):
        """A plain value of a contract or line in words."""
        field = model._fields[name]
        if field.type in ("many2one", "many2many"):
            records = self.env[field.comodel_name].sudo().browse(value or [])  # sudo: names of what was agreed
            return ", ".join(records.exists().mapped("display_name")) or "–"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "–")
        if name == "price_unit":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        return formatLang(self.env, value, digits=2).rstrip("0").rstrip(".,") if field.type == "float" else str(value)

    # === CRUD === #
    @api.model_create_multi
    def create(self, vals_list):
        """Show what the draft would do with the new steps."""
        steps = super().create(vals_list)
        steps.amendment_id._check_open()
        steps._follow(steps.amendment_id)
        return steps

    def write(self, vals):
        """Show what the draft would do with the steps as they are now.

        :raise UserError: a step of a change that was confirmed, or to be moved to another one.
        """
        self.amendment_id._check_open()
        if any(step.amendment_id.id != vals.get("amendment_id", step.amendment_id.id) for step in self):
            raise UserError(self.env._("A step stays in its change."))
        result = super().write(vals)
        self._follow(self.amendment_id)
        return result

    def unlink(self):
        """Override of `base`: steps of drafts alone are taken away."""
        amendments = self.amendment_id
        amendments._check_open()
        result = super().unlink()
        self._follow(amendments.exists())
        return result

    def _follow(self, amendments):
        """Have the drafts shown anew, unless whoever writes does so in the end."""
        if not amendments._is_act() and self.env.context.get("subscription_settle") is not LATER:
            amendments._refresh()

    # === THE ACT === #
    def _get_changes(self):
        """[field, old, new] of what the step changes, as plain values."""
        self.ensure_one()
        if self.kind == "payer":
            contract = self.contract_id
            names = [name for name in ("invoice_partner_id", "payment_method_line_id") if self[name]]
            pairs = [(name, plain(contract, name), plain(self, name)) for name in names]
        elif self.kind == "change" and self.line_id:
            pairs = [(name, plain(self.line_id, name), plain(self, name)) for name in TERMS]
        else:
            pairs = []
        return [[name, old, new] for name, old, new in pairs if (old or False) != (new or False)]

    def _get_news(self):
        """Plain values that a line is to have from the day on."""
        news = {name: new for name, _old, new in self._get_changes()}
        if "product_id" in news:
            news.update({name: plain(self, name) for name in WITH_PRODUCT})
        if {"product_id", "tax_ids"} & set(news):
            news["tax_position_id"] = self.contract_id._get_fiscal_position().id
        return news

    def _apply(self, journal):
        """Do what the step says."""
        changes = self._get_changes()
        getattr(self, f"_apply_{self.kind}")(journal, self.amendment_id.date)
        self._write_sealed({"changes": changes})

    def _apply_change(self, journal, day):
        self.line_id._change_from(day, self._get_news(), journal, self._get_stops())

    def _apply_end(self, journal, day):
        self.line_id._end_from(day, journal)

    def _apply_add(self, journal, day):
        values = {name: plain(self, name) for name in TERMS if name != "tax_ids"}
        line = marked(self.env["subscription.contract.line"]).create(
            {
                **values,
                "tax_ids": [(6, 0, self.tax_ids.ids)],
                "contract_id": self.contract_id.id,
                "date_start": day,
            }
        )
        line._wait(journal)
        journal.add(line)

    def _apply_payer(self, journal, day):
        """Days from then on are the new payer's; what the old one was billed of them goes back to him."""
        contract, payer = self.contract_id, self.invoice_partner_id
        if payer:
            for chain in contract._get_line_chains():
                for line in chain._get_live():
                    if line.date_start < day and not line.payer_id:
                        journal.put(line, {"payer_id": contract.invoice_partner_id.id})
                chain[-1]._change_from(day, {"payer_id": payer.id}, journal, self._get_stops())
        if day <= contract.company_id._subscription_today():
            self._name_payer(journal)
        else:
            self.amendment_id._write_sealed({"is_pending": True})

    def _name_payer(self, journal):
        """Write who pays, and how, on the contract."""
        for step in self:
            contract, payer, values = step.contract_id, step.invoice_partner_id, {}
            if step.payment_method_line_id:
                values["payment_method_line_id"] = step.payment_method_line_id.id
            if payer:
                term = payer.with_company(contract.company_id).property_payment_term_id or contract.payment_term_id
                values.update(invoice_partner_id=payer.id, payment_term_id=term.id)
                # sudo: a card is seen by its owner only
                holder = contract.payment_token_id.sudo().partner_id.commercial_partner_id
                if holder and holder != payer.commercial_partner_id:
                    values["payment_token_id"] = False
            journal.put(contract, values)

    def _apply_subscriber(self, journal, day):
        """The old subscriber's contract ends the day before, and goes on as one of the new subscriber."""
        contract = self.contract_id
        values = self._prepare_transfer_values(day)
        if journal.is_preview:
            values["name"] = f"{contract.name} +"  # a number is used by what stays alone
        new = marked(contract).copy(values)
        new.action_activate()
        new._take_over_pauses(contract, day)
        journal.add(new)
        self.amendment_id._write_sealed({"transfer_id": new.id})
        last = day - ONE_DAY
        ends = {}
        if last <= contract.company_id._subscription_today():
            ends = {"state": "closed", "date_closed": last.isoformat()}
        values = {"date_end": last.isoformat(), "renewal": "none", "close_reason_id": self.close_reason_id.id, **ends}
        journal.put(contract, values)

    def _prepare_transfer_values(self, day):
        """The contract of the new subscriber: what is agreed for the days from then on, at the same billing day."""
        lines = []
        for chain in self.contract_id._get_line_chains():
            for line in chain._get_live().filtered(lambda line: line._get_last_day() >= day):
                anchor = line._get_cadence().anchor.day if line.interval_unit in ("month", "year") else 0
                last = line._get_last_day()
                values = {
                    "date_start": max(line.date_start, day),
                    "date_end": last if last < fields.Date.to_date("9999-12-31") else False,
                    "repetitions": 0,
                    "paid_until": line.paid_until,
                    "anchor_day": line.anchor_day or anchor,
                }
                data = line.copy_data(values)[0]
                data.pop("contract_id", None)
                lines.append((0, 0, data))
        contract = self.contract_id
        trial, committed = contract.date_trial_end, contract.commitment_end
        free = max(day, contract._get_first_paid_day()) - ONE_DAY
        return {
            # What is left of the free days and of the minimum term: neither begins anew
            "trial_days": max(0, (trial - day).days + 1) if trial else 0,
            "commitment_months": remaining_months(free, committed) if committed else 0,
            "partner_id": self.partner_id.id,
            "contact_id": False,
            "invoice_partner_id": self.partner_id.id,
            "service_address_id": self.partner_id.id,
            "date_start": day,
            "date_end": self.contract_id.date_end,
            "line_ids": lines,
        }

    def _get_stops(self):
        """First day from which on a later change has agreed something else already, by field."""
        stops = {}
        for step in self._get_later_steps().sorted(lambda step: step.amendment_id.date, reverse=True):
            for name, _old, _new in step.changes or []:
                stops["payer_id" if name == "invoice_partner_id" else name] = step.amendment_id.date
        return stops

    def _get_later_steps(self):
        """Steps of confirmed changes of later days about the same line, or about the payer."""
        amendment = self.amendment_id
        later = self.contract_id.amendment_ids.filtered(
            lambda other: other.state == "confirmed" and other.date > amendment.date
        )
        same = self.line_id._get_chain() if self.line_id else self.line_id
        return later.step_ids.filtered(
            lambda step: step.line_id in same if self.line_id else step.kind == self.kind == "payer"
        )
