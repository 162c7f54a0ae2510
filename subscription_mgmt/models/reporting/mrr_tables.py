"""The revenue report as tables for the page: rows, columns, and for each figure what it opens."""

from odoo import api, models
from odoo.fields import Date, Domain
from odoo.tools import format_date

from ...tools import mrr, mrr_report
from .subscription_mrr_report import DIMENSIONS, SPANS

MONEY, PERCENT, COUNT, NUMBER, TEXT = "money", "percent", "count", "number", "text"


def cell(value, kind=MONEY, **more):
    """One figure: `opens` says which lines of the log are behind it."""
    return {"value": value, "type": kind, **more}


class SubscriptionMrrReport(models.AbstractModel):
    _inherit = "subscription.mrr.report"

    @api.model
    def get_report(self, options):
        """All tables of the page.

        :param options: {months: 6, 12 or 24, group: dimension, filters: [[dimension, id]], amounts: whether cohorts
            say amounts instead of percent}.
        :raise AccessError: whoever looks may not see the log.
        """
        waterfall = self._get_waterfall(options)
        tables = [
            self._get_movement_table(waterfall),
            self._get_rate_table(waterfall),
            self._get_subscriber_table(waterfall),
            *self._get_reason_tables(options),
            *self._get_cohort_tables(options),
        ]
        if options.get("group"):
            tables.insert(1, self._get_group_table(options))
        return {
            "currency_id": self.env.company.currency_id.id,
            "spans": [{"id": span, "label": self.env._("%(count)s months", count=span)} for span in SPANS],
            "dimensions": [{"id": name, "label": self._get_dimension_label(name)} for name in DIMENSIONS],
            "filters": [self._describe_filter(*one) for one in options.get("filters") or ()],
            "figures": self._get_figures(waterfall),
            "tables": tables,
        }

    # === WORDS === #
    @api.model
    def _get_dimension_label(self, name):
        return self.env["subscription.mrr.event"]._fields[DIMENSIONS[name]]._description_string(self.env)

    @api.model
    def _describe_filter(self, name, value):
        model = self.env["subscription.mrr.event"]._fields[DIMENSIONS[name]].comodel_name
        record = self.env[model].browse(value or ())
        text = record.display_name if value else self.env._("None")
        return {"id": name, "label": f"{self._get_dimension_label(name)}: {text}"}

    @api.model
    def _get_columns(self, months):
        """A column for each month; the running one is not complete."""
        return [
            {"label": format_date(self.env, month, date_format="MMM yyyy"), "is_running": month == months[-1]}
            for month in months
        ]

    @api.model
    def _get_part_labels(self):
        labels = dict(self.env["subscription.mrr.event"]._fields["kind"]._description_selection(self.env))
        return {**labels, mrr_report.EXCHANGE: self.env._("Exchange Rates")}

    @api.model
    def _get_part_condition(self, part):
        """What of the log a row of the waterfall is."""
        if part == mrr_report.EXCHANGE:
            return {"mark": mrr.CURRENCY}
        return {"kinds": [part], "not_mark": mrr.CURRENCY}

    # === FIGURES OF TODAY === #
    @api.model
    def _get_figures(self, waterfall):
        """What one wants to know first: as of today, and of the last complete month."""
        *before, (_month, now) = waterfall.items()
        last = before[-1][1]
        return [
            {"label": self.env._("MRR"), **cell(now.closing, opens={"to": True})},
            {"label": self.env._("ARR"), **cell(now.arr, opens={"to": True})},
            {"label": self.env._("Subscribers"), **cell(now.end, COUNT, opens={"to": True, "by": "partner"})},
            {"label": self.env._("Per Subscriber"), **cell(now.arpa)},
            {"label": self.env._("Net Retention Last Month"), **cell(last.net_retention, PERCENT)},
            {"label": self.env._("Subscribers Lost Last Month"), **cell(last.customer_churn, PERCENT)},
        ]

    # === MONTH BY MONTH === #
    @api.model
    def _get_movement_table(self, waterfall):
        """The waterfall: what it was, what moved it, what it came to."""
        labels, months = self._get_part_labels(), list(waterfall)
        used = [part for part in mrr_report.PARTS if part != mrr_report.EXCHANGE or any(
            period.parts[part] for period in waterfall.values())]  # fmt: skip

        def row(label, get, opens, **more):
            cells = [cell(get(period), opens={"month": month.isoformat(), **opens})
                     for month, period in waterfall.items()]  # fmt: skip
            return {"label": label, "cells": cells, **more}

        rows = [row(self.env._("At the Start"), lambda period: period.opening, {"before": True}, is_strong=True)]
        for part in used:
            rows.append(row(labels[part], lambda period, part=part: period.parts[part], self._get_part_condition(part)))
        if any(period.price for period in waterfall.values()):
            price = {"mark": mrr.PRICE}
            rows.append(row(self.env._("of these by price"), lambda period: period.price, price, is_detail=True))
        rows.append(row(self.env._("At the End"), lambda period: period.closing, {"upto": True}, is_strong=True))
        rows.append(row(self.env._("Per Year (ARR)"), lambda period: period.arr, {"upto": True}, is_detail=True))
        return {"key": "movements", "title": self.env._("Movements"), "columns": self._get_columns(months),
                "rows": rows}  # fmt: skip

    @api.model
    def _get_rate_table(self, waterfall):
        """Retention and churn; empty where nobody was there at the start."""
        names = [
            ("gross_retention", self.env._("Gross Retention"), PERCENT),
            ("net_retention", self.env._("Net Retention"), PERCENT),
            ("gross_churn", self.env._("Gross Revenue Churn"), PERCENT),
            ("net_churn", self.env._("Net Revenue Churn"), PERCENT),
            ("customer_churn", self.env._("Subscriber Churn"), PERCENT),
            ("quick_ratio", self.env._("Gained for Each Unit Lost"), NUMBER),
        ]
        rows = [
            {"label": label, "cells": [cell(getattr(period, name), kind) for period in waterfall.values()]}
            for name, label, kind in names
        ]
        lifetimes = [
            cell(self.env._("no one left"), TEXT) if period.start and not period.lost
            else cell(period.lifetime, NUMBER) for period in waterfall.values()
        ]  # fmt: skip
        rows.append({"label": self.env._("Lifetime in Months"), "cells": lifetimes})
        return {"key": "rates", "title": self.env._("Retention and Churn"),
                "columns": self._get_columns(list(waterfall)), "rows": rows}  # fmt: skip

    @api.model
    def _get_subscriber_table(self, waterfall):
        """How many there are, and what each of them pays."""
        names = [
            ("start", self.env._("At the Start"), COUNT, {"before": True, "by": "partner"}),
            ("won", self.env._("New"), COUNT, {"kinds": [mrr.NEW], "by": "partner"}),
            ("back", self.env._("Returned"), COUNT, {"kinds": [mrr.REACTIVATION], "by": "partner"}),
            ("lost", self.env._("Lost"), COUNT, {"kinds": [mrr.CHURN], "by": "partner"}),
            ("end", self.env._("At the End"), COUNT, {"upto": True, "by": "partner"}),
            ("paying", self.env._("Paying"), COUNT, {"upto": True, "by": "partner"}),
            ("arpa", self.env._("Revenue per Subscriber (ARPA)"), MONEY, None),
        ]
        rows = []
        for name, label, kind, opens in names:
            cells = [
                cell(getattr(period, name), kind, opens=opens and {"month": month.isoformat(), **opens})
                for month, period in waterfall.items()
            ]
            rows.append({"label": label, "cells": cells, "is_strong": name in ("start", "end")})
        return {"key": "subscribers", "title": self.env._("Subscribers"),
                "columns": self._get_columns(list(waterfall)), "rows": rows}  # fmt: skip

    # === BY SOMETHING === #
    @api.model
    def _get_group_table(self, options):
        """What moved each group from the first month to today; a click on its name looks at it alone."""
        found, labels = self._read_groups(options), self._get_part_labels()
        first = self._get_months(options)[0].isoformat()
        model = self.env[self.env["subscription.mrr.event"]._fields[DIMENSIONS[options["group"]]].comodel_name]
        names = {record.id: record.display_name for record in model.browse(filter(None, found))}
        rows = []
        for id_, period in sorted(found.items(), key=lambda item: -item[1].closing):
            base = {"filter": [options["group"], id_ or False], "since": first}
            parts = [cell(period.parts[part], opens={**base, **self._get_part_condition(part)})
                     for part in mrr_report.PARTS]  # fmt: skip
            rows.append({
                "label": names.get(id_) or self.env._("None"),
                "filter": base["filter"],
                "cells": [cell(period.opening, opens={**base, "before": True}), *parts,
                          cell(period.closing, opens={**base, "to": True}),
                          cell(period.gross_retention, PERCENT), cell(period.net_retention, PERCENT)],
            })  # fmt: skip
        heads = [self.env._("At the Start"), *(labels[part] for part in mrr_report.PARTS), self.env._("Today"),
                 self.env._("Gross Retention"), self.env._("Net Retention")]  # fmt: skip
        return {"key": "group", "title": self._get_dimension_label(options["group"]),
                "columns": [{"label": label} for label in heads], "rows": rows}  # fmt: skip

    @api.model
    def _get_reason_tables(self, options):
        """Why revenue and subscribers were lost."""
        months, sums = self._get_months(options), self._read_reasons(options)
        titles = self.env._("Churned Revenue by Reason"), self.env._("Lost Subscribers by Reason")
        keys = ("reasons", MONEY, {}), ("reason_heads", COUNT, {"by": "partner"})
        for title, (key, kind, more), amounts in zip(titles, keys, sums, strict=True):
            found = {reason for month, reason in amounts if month >= months[0]}
            reasons = self.env["subscription.close.reason"].browse(filter(None, found)).sorted()
            rows = [
                {"label": reason.name if reason else self.env._("Without a reason: it came to its end"), "cells": [
                    cell(amounts.get((month, reason.id or None), 0), kind, opens={
                        "month": month.isoformat(), "kinds": [mrr.CHURN], "reason": reason.id, **more})
                    for month in months]}
                for reason in [*reasons, *([reasons.browse()] if None in found else [])]
            ]  # fmt: skip
            yield {"key": key, "title": title, "columns": self._get_columns(months), "rows": rows}

    # === COHORTS === #
    @api.model
    def _get_cohort_tables(self, options):
        """A row for each month in which subscribers began, a column for each month since."""
        months, cohorts = self._get_months(options), self._get_cohorts(options)
        titles = self.env._("Revenue of Cohorts"), self.env._("Subscribers of Cohorts")
        for title, name, kind in zip(titles, ("revenue", "heads"), (MONEY, COUNT), strict=True):
            columns = [{"label": self.env._("At first")}, *({"label": str(age)} for age in range(len(months)))]
            yield {
                "key": f"cohort_{name}",
                "title": title,
                "columns": columns,
                "rows": [self._get_cohort_row(one, name, kind, options, len(months)) for one in cohorts],
                "note": self.env._("The last figure of each row is of the running month, which is not complete."),
            }

    @api.model
    def _get_cohort_row(self, cohort, name, kind, options, width):
        amounts, shares = getattr(cohort, name), cohort.get_shares(name)
        cells = [cell(amounts[0], kind, opens={"cohort": cohort.month.isoformat(), "age": 0, "by": "partner"})]
        for age, (amount, share) in enumerate(zip(amounts, shares, strict=True)):
            value, shown = (amount, kind) if options.get("amounts") else (share, PERCENT)
            opens = {"cohort": cohort.month.isoformat(), "age": age, "by": "partner"}
            more = {"is_running": age == len(amounts) - 1, "level": round(min(share or 0.0, 1.5), 2)}
            cells.append(cell(value, shown, opens=opens, **more))
        cells += [cell(None)] * (width - len(amounts))
        label = format_date(self.env, cohort.month, date_format="MMM yyyy")
        return {"label": label, "cells": cells, "is_young": cohort.is_young}

    # === WHAT A FIGURE OPENS === #
    @api.model
    def action_open(self, options, opens):
        """Open the lines of the log behind a figure.

        :param options: as for :meth:`get_report`.
        :param opens: what the figure says that it opens.
        """
        self.env["subscription.mrr.event"].check_access("read")
        if opens.get("filter"):
            options = {**options, "filters": [*(options.get("filters") or ()), opens["filter"]]}
        domain = self._get_domain(options) & self._get_days(opens) & self._get_condition(options, opens)
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_mrr_event_action")
        group = "partner_id" if opens.get("by") == "partner" else "contract_id"
        views = [(False, "list"), (False, "kanban"), (False, "pivot"), (False, "graph")]
        context = {} if opens.get("kinds") else {"group_by": [group]}
        return {**action, "domain": list(domain), "context": context, "views": views, "view_mode": "list"}

    @api.model
    def _get_days(self, opens):
        """Days of the log that a figure is about; today's are all of them."""
        month = Date.to_date(opens.get("month") or opens.get("since"))
        if opens.get("cohort"):
            month = mrr_report.add_months(Date.to_date(opens["cohort"]), int(opens["age"]))
            return Domain("day", "<", mrr_report.add_months(month, 1))
        if opens.get("to") or not month:
            return Domain.TRUE
        if opens.get("before"):
            return Domain("day", "<", month)
        end = Domain("day", "<", mrr_report.add_months(month, 1)) if opens.get("month") else Domain.TRUE
        return end if opens.get("upto") else end & Domain("day", ">=", month)

    @api.model
    def _get_condition(self, options, opens):
        """Which of them."""
        domain = Domain.TRUE
        if opens.get("kinds"):
            domain &= Domain("kind", "in", opens["kinds"])
        if opens.get("mark"):
            domain &= Domain("mark", "=", opens["mark"])
        if opens.get("not_mark"):
            domain &= Domain("mark", "!=", opens["not_mark"])
        if "reason" in opens:
            domain &= Domain("close_reason_id", "=", opens["reason"])
        if opens.get("cohort"):
            domain &= Domain("partner_id", "in", self._read_beginners(options, Date.to_date(opens["cohort"])))
        return domain
