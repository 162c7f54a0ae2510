"""Recurring interactions: what a file of them looks like."""

from .layout import CUSTOMER, Layout
from .rules import check_days, check_quantity, check_twice, pair_problem

MAX_HOURS = 8784  # a year
# Columns that say nothing beside a rule, or beside a frequency
UNUSED = {
    "rule": ("last_day", "times", "every", "weekdays", "month_day"),
    "day": ("weekdays", "month_day"),
    "week": ("month_day",),
    "month": ("weekdays",),
    "year": ("weekdays",),
}


class Recurrences(Layout):
    """A row is a recurrence."""

    def check_row(self, row, header):
        """Yield what is wrong between the cells of a row."""
        filled = row.values.keys() | row.bad
        if all(key in filled for key in CUSTOMER):
            yield pair_problem("both_customers", row, CUSTOMER, header)
        if ("rule" in filled) == ("frequency" in filled):
            yield pair_problem("one_rule", row, ("rule", "frequency"), header)
        if "last_day" in filled and "times" in filled:
            yield pair_problem("both_customers", row, ("last_day", "times"), header)
        yield from check_days(row, header, "first_day", "last_day", "period_order")
        yield from _check_unused(row, header)
        yield from check_quantity(row, header, "hours")
        if row.values.get("hours", 1) > MAX_HOURS:
            yield header.problem("too_big", row, "hours", limit=MAX_HOURS)

    def check_file(self, groups, header):
        """Yield a recurrence that is there twice."""
        yield from check_twice(groups, header, "recurrence")


def _check_unused(row, header):
    """Yield the cells that mean nothing beside the rule or the frequency: what they say would be lost."""
    key = "rule" if "rule" in row.values else "frequency"
    for unused in UNUSED.get("rule" if key == "rule" else row.values.get(key), ()):
        if unused in row.values:
            other, value = header.heading(key), row.values[key][:40]
            yield header.problem("not_taken", row, unused, "", other=other, value=value)


RECURRENCES = Recurrences(
    """
recurrence*; code; line; Tekrar No; Recurrence No; Nr. recurență
title*; text; line; Tanım; Subject; Descriere
interaction_type*; id; line; Etkileşim Türü ID; Interaction Type ID; ID tip interacțiune
individual_customer; id; line; Bireysel Müşteri ID; Individual Customer ID; ID client persoană fizică
corporate_customer; id; line; Kurumsal Müşteri ID; Corporate Customer ID; ID client persoană juridică
responsible; id; line; Sorumlu Kullanıcı; Responsible User; Utilizator responsabil
first_day*; day; line; İlk Gün; First Day; Prima zi
last_day; day; line; Son Gün; Last Day; Ultima zi
times; whole; line; Tekrar Sayısı; Number of Times; Număr de repetări
frequency; unit; line; Sıklık; Frequency; Frecvență
every; whole; line; Kaçta Bir; Every; La fiecare
weekdays; weekdays; line; Haftanın Günleri; Weekdays; Zilele săptămânii
month_day; whole; line; Ayın Günü; Day of Month; Ziua lunii
rule; text; line; RRULE; RRULE; RRULE
at; clock; line; Saat; Time; Ora
hours; number; line; Süre (Saat); Duration (Hours); Durată (ore)
purpose; text; line; Açıklama; Note; Notă
""",
    key="recurrence",
)
