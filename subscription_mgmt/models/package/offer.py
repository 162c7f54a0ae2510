"""What is said of a request before, or instead of, charging it: to the customer, and to the staff who serve him."""

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...tools.wallet import PERIOD

OFFERS = 3  # packages that are named in an answer; the others are one click away


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_credit_text(self, department, date_ref=None):
        """What the contact has for requests to the department, in words for the staff who serve him.

        Empty where nothing is charged: a visitor who is not known, or a company that does not run subscriptions.
        """
        company = department.sudo().company_id
        if self._is_anonymous() or not company.subscription_enabled:
            return ""
        day = date_ref or company._subscription_today()
        try:
            parts = self._plan_credits(department, day)
        except UserError:
            return self._get_balance_text(department.sudo(), day)
        entitlement, credits = parts[0]
        if credits:
            return self._get_balance_text(department.sudo(), day)
        if entitlement.kind == PERIOD:
            package, last = entitlement.package_id.name, format_date(self.env, entitlement.date_end)
            return self.env._("Free of charge until %(day)s: %(package)s", day=last, package=package)
        return self.env._("Free of charge")

    def _get_balance_text(self, department, date_ref):
        held = self._get_wallet(department.company_id)._get_valid(date_ref)
        left, needed = sum(held.mapped("credits_left")), department.credits_per_request
        if department not in held.department_ids:
            return self.env._(
                "%(department)s is not open. Credit left: %(left)s.", department=department.name, left=left
            )
        return self.env._("Credit left: %(left)s. A request takes %(needed)s.", left=left, needed=needed)

    def _get_credit_offers(self, department, date_ref=None):
        """Packages that the contact can buy now for requests to the department (sudo)."""
        company = department.sudo().company_id
        packages = self.env["subscription.package"].sudo()  # sudo: what is on sale is shown to every customer
        day = date_ref or company._subscription_today()
        offers = packages.search(
            [("is_published", "=", True), ("company_id", "=", company.id), ("department_ids", "in", department.ids)]
        )
        customer = self.sudo().commercial_partner_id
        return offers.filtered(lambda offer: not offer._get_refusal(customer, day, confirmed=True))

    def _get_credit_answer(self, department, refusal):
        """What a customer is told whose request is refused: why, and which packages he can buy, in his language.

        :param refusal: text of `_get_credit_refusal`.
        :return: Markup.
        """
        customer = self.with_context(lang=self.lang or self.env.lang)
        url = customer._get_wallet(department.sudo().company_id)._get_shop_url()
        text, found, rest = refusal.partition(url)
        link = Markup('<a href="%s" target="_blank">%s</a>') % (url, url) if found else ""
        answer = Markup("<p>%s%s%s</p>") % (text, link, rest)
        if offers := customer._get_credit_offers(department)[:OFFERS]:
            answer += Markup("<ul>%s</ul>") % Markup().join(customer._format_offer(offer) for offer in offers)
        return answer

    def _format_offer(self, offer):
        """One package with its price, taxes included, as a link to the page where it is bought."""
        total = format_amount(self.env, offer._get_total(self.commercial_partner_id), offer.currency_id)
        url = f"{offer.get_base_url()}/my/packages/{offer.id}"
        return Markup('<li><a href="%s" target="_blank">%s</a> %s</li>') % (url, offer.name, total)

    def _get_open_departments(self, departments, date_ref=None):
        """Which of the departments are open to the contact: by staff, or by a package that he holds (LIM-21, LIM-22).

        Credit is not looked at. Where nothing is charged, in companies that do not run subscriptions, all are open.
        """
        departments = departments.sudo()  # sudo: what is open to the customer is his to know
        opened = departments.filtered(lambda one: not one.company_id.subscription_enabled)
        opened |= departments & self.sudo().commercial_partner_id.department_ids
        for company, own in departments.grouped("company_id").items():
            held = self._get_wallet(company)._get_valid(date_ref or company._subscription_today())
            opened |= own & held.department_ids
        return opened
