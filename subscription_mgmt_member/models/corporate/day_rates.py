"""Rates of many days at once: Odoo asks the database for every day."""

from bisect import bisect_right


class DayRates:
    """What an amount of a company is worth in a currency on a day: one query, however many days."""

    def __init__(self, companies, currencies):
        # sudo: rates are no secret, and whoever may see an amount may see it converted
        rates = companies.env["res.currency.rate"].sudo()
        self._known = {}
        known = rates.search_fetch(
            [("currency_id", "in", currencies.ids), ("company_id", "in", [False, *companies.root_id.ids])],
            ["currency_id", "company_id", "name", "rate"],
            order="name",
        )
        for rate in known:
            days, values = self._known.setdefault((rate.currency_id, rate.company_id), ([], []))
            days.append(rate.name)
            values.append(rate.rate)

    def convert(self, amount, company, currency, day):
        """The amount in the company's currency, converted at the rate of the day.

        :return: unrounded, so that sums round once.
        """
        if currency == company.currency_id:
            return amount
        return amount * self._get(currency, company, day) / self._get(company.currency_id, company, day)

    def _get(self, currency, company, day):
        """As Odoo does: the last rate up to the day, else the first; the company's own before that of all."""
        tables = [self._known.get((currency, owner)) for owner in (company.root_id, company.browse())]
        places = [(bisect_right(table[0], day), table[1]) for table in tables if table]
        for place, values in places:
            if place:
                return values[place - 1]
        return places[0][1][0] if places else 1.0
