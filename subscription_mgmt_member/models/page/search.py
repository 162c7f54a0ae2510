"""What is typed into the search box of the customers page: a name, a phone number or an e-mail address.

A customer is found by what it is called itself and by its people, however deep they stand below it. Each of the three
has a trigram index, so that the box answers at once among 50,000 customers.
"""

import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, create_index

# Letters that are one for whoever types: capitals of the Turkish i, and what is often typed without its accent.
ACCENTED, PLAIN = "İIıŞşĞğÜüÖöÇçÂâÎîÛûĂăȘșȚțŢţÉéÈèÄä", "iiissgguuooccaaiiuuaasstttteeeeaa"
WORDS = "coalesce({0}.complete_name, '') || ' ' || coalesce({0}.member_full_name, '')" \
        " || ' ' || coalesce({0}.ref, '') || ' ' || coalesce({0}.vat, '')"  # fmt: skip
FOLD = f"lower(translate({{0}}, '{ACCENTED}', '{PLAIN}'))"
DIGITS = r"regexp_replace({0}.phone, '\D', '', 'g')"
EMAIL = "lower({0}.email)"
INDEXED = {
    "res_partner_member_words_idx": FOLD.format(WORDS),
    "res_partner_member_digits_idx": DIGITS,
    "res_partner_member_email_idx": EMAIL,
}
LONGEST_AT_HOME = 10
"""Digits of a number within a country; a longer one begins with the code of its country"""
PHONE = re.compile(r"[\d\s+()/.-]*\d{3,}[\d\s+()/.-]*")
"""A number, or the part of one: nothing else in it, and three digits together at least"""


class ResPartner(models.Model):
    _inherit = "res.partner"

    member_search = fields.Char(string="Name, Phone or Email", store=False, search="_search_member")
    member_search_words = fields.Char(string="Name of the Customer or a Contact", store=False, search="_search_words")
    member_search_phone = fields.Char(string="Phone in Any Spelling", store=False, search="_search_phone")
    member_search_email = fields.Char(string="Email of the Customer or a Contact", store=False, search="_search_email")

    def init(self):
        """Index what the search box looks at, where the database has trigrams."""
        super().init()
        if self.env.registry.has_trigram:
            for name, expression in INDEXED.items():
                expression = f"({expression.format(self._table)}) gin_trgm_ops"
                create_index(self.env.cr, name, self._table, [expression], method="gin")

    # === SEARCH === #
    @api.model
    def _search_member(self, operator, value):
        """Whatever was typed: the box finds out what it is (CUB-07)."""
        return self._member_search_each(operator, value, self._member_match)

    @api.model
    def _search_words(self, operator, value):
        """Each word that was typed begins a word of the name, in any order (CUB-69)."""
        return self._member_search_each(operator, value, self._member_match_words)

    @api.model
    def _search_phone(self, operator, value):
        """The number in any spelling, with or without the code of the country."""
        return self._member_search_each(operator, value, self._member_match_phone)

    @api.model
    def _search_email(self, operator, value):
        """Part of an address of the customer or of one of its people (CUB-70)."""
        return self._member_search_each(operator, value, self._member_match_email)

    @api.model
    def _member_search_each(self, operator, value, match):
        """Customers of whom they themselves, or one of their people, match one of the values."""
        if operator not in ("in", "ilike", "like", "=", "=ilike"):
            return NotImplemented
        values = [value] if isinstance(value, str) else [one for one in value or () if isinstance(one, str)]
        return Domain.OR(self._member_above(match(one)) for one in values if one.strip())

    @api.model
    def _member_above(self, condition):
        """Those that meet a condition and all above them, looked for with the reader's own rights.

        :param condition: SQL with the table of the contacts under the name `res_partner`.
        """
        found = self.with_context(active_test=False)._search(Domain.TRUE, bypass_access=self.env.su)
        found.add_where(condition)
        names = [SQL.identifier(found.table, name) for name in ("id", "parent_id")]
        above = SQL(
            """(WITH RECURSIVE above AS (
                    %s
                 UNION
                    SELECT partner.id, partner.parent_id
                      FROM res_partner AS partner JOIN above ON above.parent_id = partner.id
               ) SELECT id FROM above)""",
            found.select(*names),
        )
        self.flush_model(["complete_name", "member_full_name", "ref", "vat", "phone", "email", "parent_id"])
        return Domain.custom(to_sql=lambda _model, alias, _query: SQL("%s IN %s", SQL.identifier(alias, "id"), above))

    # === WHAT MATCHES === #
    @api.model
    def _member_match(self, text):
        if "@" in text:
            return self._member_match_email(text)
        return self._member_match_phone(text) if PHONE.fullmatch(text.strip()) else self._member_match_words(text)

    @api.model
    def _member_match_words(self, text):
        words = [re.sub(r"([^\w])", r"\\\1", word) for word in text.split()]
        named = SQL(FOLD.format(WORDS.format(self._table)))
        return SQL(" AND ").join(
            SQL("%s ~ ('\\m' || lower(translate(%s, %s, %s)))", named, word, ACCENTED, PLAIN) for word in words
        )

    @api.model
    def _member_match_email(self, text):
        return SQL("%s LIKE %s", SQL(EMAIL.format(self._table)), f"%{_escape(text.strip().lower())}%")

    @api.model
    def _member_match_phone(self, text):
        return SQL("%s LIKE %s", SQL(DIGITS.format(self._table)), f"%{self._member_get_significant(text)}%")

    @api.model
    def _member_get_significant(self, text):
        """The digits of a number that stand in every spelling of it: without the code of the country and its zeros."""
        digits = re.sub(r"\D", "", text)
        bare = digits.lstrip("0")
        if not (text.strip().startswith("+") or digits.startswith("00") or len(bare) > LONGEST_AT_HOME):
            return bare or digits
        codes = self.env["res.country"].search([("phone_code", "in", [int(bare[:size] or 0) for size in (1, 2, 3)])])
        code = max((str(country.phone_code) for country in codes), key=len, default="")
        return bare.removeprefix(code).lstrip("0") or digits


def _escape(text):
    return re.sub(r"([\\%_])", r"\\\1", text)
