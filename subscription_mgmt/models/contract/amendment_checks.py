"""What cannot be agreed: each refusal is one sentence, said before anything is done."""

from datetime import date

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SubscriptionAmendment(models.Model):
    _inherit = "subscription.amendment"

    def _check(self):
        """Raise when the change cannot be carried out.

        :raise UserError: says why, in a sentence.
        """
        self.ensure_one()
        self.company_id._check_subscription_enabled()
        if not self.step_ids:
            raise UserError(self.env._("Say what changes first: add a step."))
        self._check_contract()
        self._check_day()
        self._check_locked()
        self._check_once()
        for step in self.step_ids:
            getattr(step, f"_check_{step.kind}")(self.date)

    def _check_contract(self):
        contract = self.contract_id
        if contract.state == "draft":
            raise UserError(
                self.env._("Contract %(contract)s is a draft; change it on its own form.", contract=contract.name)
            )
        if contract.state == "closed":
            raise UserError(
                self.env._("Contract %(contract)s is closed. Re-open it to change it.", contract=contract.name)
            )

    def _check_day(self):
        contract, day = self.contract_id, self.date
        if day < contract.date_start:
            raise UserError(
                self.env._(
                    "Contract %(contract)s starts on %(start)s; it cannot change on %(day)s.",
                    contract=contract.name,
                    start=format_date(self.env, contract.date_start),
                    day=format_date(self.env, day),
                )
            )
        if contract.date_end and day > contract.date_end:
            raise UserError(
                self.env._(
                    "Contract %(contract)s ends on %(end)s; it cannot change on %(day)s.",
                    contract=contract.name,
                    end=format_date(self.env, contract.date_end),
                    day=format_date(self.env, day),
                )
            )

    def _check_locked(self):
        """Days that accounting has locked are not agreed anew."""
        company = self.company_id.sudo()  # sudo: lock dates hold for whoever may not see them
        locks = company._get_lock_date_violations(self.date, purchase=False)
        if locks:
            raise UserError(
                self.env._(
                    "Accounting is locked up to %(lock)s; a change cannot hold from %(day)s on.",
                    lock=format_date(self.env, max(lock for lock, _name in locks)),
                    day=format_date(self.env, self.date),
                )
            )

    def _check_once(self):
        """One line changes once on a day: of two changes nobody could say which was agreed."""
        others = self.contract_id.amendment_ids.filtered(
            lambda other: other.state == "confirmed" and other.date == self.date and other != self._origin
        )
        # By record: a line and a contract may have the same number.
        taken = {subject: step for step in others.step_ids for subject in step._get_subject()}
        for step in self.step_ids:
            for subject in step._get_subject():
                if subject in taken:
                    raise UserError(
                        self.env._(
                            "%(subject)s changes on %(day)s already (%(what)s). Undo that, or choose another day.",
                            subject=subject.display_name,
                            day=format_date(self.env, self.date),
                            what=taken[subject].summary,
                        )
                    )
                taken[subject] = step
        kinds = self.step_ids.mapped("kind")
        if "subscriber" in kinds and len(kinds) > 1:
            raise UserError(
                self.env._("A change of subscriber stands alone. Change the rest on the new subscriber's contract.")
            )


class SubscriptionAmendmentStep(models.Model):
    _inherit = "subscription.amendment.step"

    def _get_subject(self):
        """What the step is about: the first line of a chain, or the contract."""
        if self.kind == "add":
            return self.line_id.browse()
        if self.kind in ("change", "end"):
            return self.line_id and self.line_id._get_chain()[:1]
        return self.contract_id

    def _check_line(self, day):
        """Raise unless the line is in force on the day."""
        line = self.line_id
        if not line:
            raise UserError(self.env._("Choose the line that changes."))
        if line.is_fee:
            raise UserError(
                self.env._("The fee for leaving early is waived by a manager, when the contract is closed.")
            )
        if line.contract_id != self.contract_id:
            raise UserError(self.env._("%(line)s is a line of another contract.", line=line.display_name))
        if line._serves(day):
            return
        values = {"line": line.product_id.display_name, "day": format_date(self.env, day)}
        other = next((other for other in line._get_chain()._get_live() if other._serves(day)), None)
        if other:
            raise UserError(
                self.env._(
                    "On %(day)s another line of %(line)s is in force, since %(start)s: choose that one.",
                    **values, start=format_date(self.env, other.date_start),
                )
            )  # fmt: skip
        if day < line.date_start:
            start = format_date(self.env, line.date_start)
            raise UserError(
                self.env._("%(line)s starts on %(start)s; it cannot change on %(day)s.", **values, start=start)
            )
        end = line._get_last_day()
        end = format_date(self.env, line.date_start if end == date.max else end)
        raise UserError(self.env._("%(line)s ends on %(end)s; it cannot change on %(day)s.", **values, end=end))

    def _check_change(self, day):
        self._check_line(day)
        self._check_new_side()
        if not self._get_changes():
            raise UserError(self.env._("%(line)s stays as it is. Say what changes.", line=self.product_id.display_name))

    def _check_end(self, day):
        self._check_line(day)

    def _check_add(self, _day):
        self._check_new_side()

    def _check_new_side(self):
        if not self.product_id or not (self.name or "").strip():
            raise UserError(self.env._("Choose the product, and say what the invoice calls it."))
        if self.quantity <= 0:
            raise UserError(self.env._("The quantity must be above zero."))

    def _check_payer(self, _day):
        if not self._get_changes():
            raise UserError(self.env._("Choose another payer, or another payment method."))

    def _check_subscriber(self, day):
        contract = self.contract_id
        if not self.partner_id or self.partner_id == contract.partner_id:
            raise UserError(self.env._("Choose another subscriber."))
        if not self.close_reason_id:
            raise UserError(self.env._("Choose a reason for closing the contract."))
        if contract.is_closing:
            raise UserError(
                self.env._("Contract %(contract)s is to be closed on %(day)s already. Take that back first.",
                           contract=contract.name, day=format_date(self.env, contract.date_end))
            )  # fmt: skip
        if day <= contract.date_start:
            raise UserError(self.env._("The contract has to run for a day before it passes to another subscriber."))
