"""Twelve contracts over six months, worked out by hand: every figure of the reports, to the cent."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .mrr_common import MrrCommon

TODAY = date(2026, 6, 30)
MONTHS = [date(2026, month, 1) for month in range(1, 7)]
OPTIONS = {"months": 6}

WRONG = ([["create_uid", 1]], [["country", "x"]], [["country"]], "x", 7)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestMrrReport(MrrCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["subscription.mrr.report"]
        cls.people = {}
        for name in ("Ada", "Bora", "Cem", "Deniz", "Ece", "Filiz", "Gül", "Hale", "Ilgaz", "Jale", "Kaya"):
            cls.people[name] = cls.env["res.partner"].create({"name": name})
        cls.support = cls.env["product.product"].create({"name": "Support", "type": "service"})
        cls.tell()

    @classmethod
    def begin(cls, name, day, lines, **values):
        """A contract that was put in force on its first day."""
        with freeze_time(day):
            return cls.make_contract(lines, partner_id=cls.people[name].id, date_start=day, **values)

    @classmethod
    def amend(cls, contract, day, **step):
        with freeze_time(day):
            change = {"contract_id": contract.id, "date_kind": "day", "date": day, "step_ids": [Command.create(step)]}
            cls.env["subscription.amendment"].create(change).action_confirm()

    @classmethod
    def tell(cls):
        """The story; each movement with what it comes to."""
        # Ada: 100 new in January, a second contract +40 in March, which ends with April: -40 in May
        cls.begin("Ada", date(2026, 1, 1), [{"price_unit": 100.0}])
        # Bora: 1200 a year = 100 new in January, closed on 31 March: -100 in April
        bora = cls.begin("Bora", date(2026, 1, 15), [{"price_unit": 1200.0, "interval_unit": "year"}])
        # Ece: 80 new in January, a term until the end of February: -80 in March; back with 90 in May
        cls.begin("Ece", date(2026, 1, 1), [{"price_unit": 80.0}], date_end=date(2026, 2, 28))
        # Hale: 30 + 20 new in January, twice the first from 15 March: +30; the second ends with April: -20 in May
        lines = [{"price_unit": 30.0}, {"price_unit": 20.0, "product_id": cls.support.id, "tax_ids": False}]
        hale = cls.begin("Hale", date(2026, 1, 1), lines)
        # Cem: 50 new in February, 60 from April: +10 by price
        cem = cls.begin("Cem", date(2026, 2, 1), [{"price_unit": 50.0}])
        # Deniz: 300 a quarter = 100 new in February, paused from 10 April to 20 May: -100 in April, +100 in May
        deniz = cls.begin("Deniz", date(2026, 2, 1), [{"price_unit": 300.0, "interval": 3}])
        # Jale: 70 new in February, goes over to Kaya in May: -70 and 70 new
        jale = cls.begin("Jale", date(2026, 2, 1), [{"price_unit": 70.0}])
        ada = cls.begin("Ada", date(2026, 3, 1), [{"price_unit": 40.0}])
        # Filiz: tries it for fourteen days from 10 March, then 200 new on the 24th
        cls.begin("Filiz", date(2026, 3, 10), [{"price_unit": 200.0}], trial_days=14)
        # Gül: has an offer, which is nothing yet
        cls.begin("Gül", date(2026, 1, 1), [{"price_unit": 500.0}], activate=False)
        cls.amend(hale, date(2026, 3, 15), kind="change", line_id=hale.line_ids[0].id, quantity=2)
        with freeze_time("2026-03-20"):
            bora.action_close(date(2026, 3, 31), cls.reason)
        # Ilgaz: 33.33 new in April, paused from May on, closed on 15 June without coming back
        ilgaz = cls.begin("Ilgaz", date(2026, 4, 1), [{"price_unit": 33.33}])
        cls.amend(cem, date(2026, 4, 1), kind="change", line_id=cem.line_ids.id, price_unit=60.0)
        with freeze_time("2026-04-10"):
            deniz.action_pause(date(2026, 4, 10), date_to=date(2026, 5, 20))
        with freeze_time("2026-04-20"):
            ada.action_close(date(2026, 4, 30), cls.reason)
        cls.amend(hale, date(2026, 5, 1), kind="end", line_id=hale.line_ids[1].id)
        cls.amend(jale, date(2026, 5, 1), kind="subscriber", partner_id=cls.people["Kaya"].id)
        with freeze_time("2026-05-01"):
            ilgaz.action_pause(date(2026, 5, 1))
        cls.begin("Ece", date(2026, 5, 1), [{"price_unit": 90.0}])
        with freeze_time("2026-06-15"):
            ilgaz.action_close(date(2026, 6, 15), cls.reason)

    def get_waterfall(self, **options):
        return list(self.report._get_waterfall({**OPTIONS, **options}).values())

    def assertFigures(self, found, expected):
        self.assertEqual([one if one is None else round(one, 6) for one in found],
                         [one if one is None else round(one, 6) for one in expected])  # fmt: skip

    # === MOVEMENTS === #
    def test_the_waterfall(self):
        periods = self.get_waterfall()
        self.assertFigures([one.opening for one in periods], [0, 330, 550, 740, 583.33, 680])
        expected = {
            "new": [330, 220, 200, 33.33, 70, 0],
            "reactivation": [0, 0, 0, 0, 90, 0],
            "expansion": [0, 0, 70, 10, 0, 0],
            "contraction": [0, 0, 0, 0, -60, 0],
            "churn": [0, 0, -80, -100, -70, -33.33],
            "pause": [0, 0, 0, -100, -33.33, 33.33],
            "resume": [0, 0, 0, 0, 100, 0],
            "exchange": [0, 0, 0, 0, 0, 0],
        }
        for part, amounts in expected.items():
            with self.subTest(part):
                self.assertFigures([one.parts[part] for one in periods], amounts)
        self.assertFigures([one.price for one in periods], [0, 0, 0, 10, 0, 0])
        self.assertFigures([one.closing for one in periods], [330, 550, 740, 583.33, 680, 680])
        self.assertFigures([one.arr for one in periods], [3960, 6600, 8880, 6999.96, 8160, 8160])

    def test_subscribers(self):
        periods = self.get_waterfall()
        found = [(one.start, one.won, one.back, one.lost, one.end, one.paying) for one in periods]
        self.assertEqual(
            found,
            [(0, 4, 0, 0, 4, 4), (4, 3, 0, 0, 7, 7), (7, 1, 0, 1, 7, 7), (7, 1, 0, 1, 7, 6), (7, 1, 1, 1, 8, 7),
             (8, 0, 0, 1, 7, 7)],
        )  # fmt: skip
        self.assertFigures([one.arpa for one in periods], [82.5, 550 / 7, 740 / 7, 583.33 / 6, 680 / 7, 680 / 7])

    def test_rates(self):
        periods = self.get_waterfall()
        self.assertFigures([one.customer_churn for one in periods], [None, 0, 1 / 7, 1 / 7, 1 / 7, 1 / 8])
        self.assertFigures([one.gross_churn for one in periods], [None, 0, 80 / 550, 200 / 740, 163.33 / 583.33, 0])
        self.assertFigures([one.gross_retention for one in periods], [None, 1, 470 / 550, 540 / 740, 420 / 583.33, 1])
        self.assertFigures([one.net_churn for one in periods], [None, 0, 10 / 550, 190 / 740, -26.67 / 583.33, 0])
        self.assertFigures([one.net_retention for one in periods], [None, 1, 540 / 550, 550 / 740, 610 / 583.33, 1])
        self.assertFigures(
            [one.quick_ratio for one in periods], [None, None, 270 / 80, 43.33 / 200, 260 / 163.33, None]
        )
        self.assertFigures([one.lifetime for one in periods], [None, None, 7, 7, 7, 8])

    def test_churn_by_reason(self):
        revenue, heads = self.report._read_reasons(OPTIONS)
        transfer = self.env.ref("subscription_mgmt.close_reason_transfer")
        months = {(MONTHS[2], None): 80.0, (MONTHS[3], self.reason.id): 100.0, (MONTHS[4], transfer.id): 70.0,
                  (MONTHS[5], self.reason.id): 33.33}  # fmt: skip
        self.assertEqual({key: round(amount, 2) for key, amount in revenue.items()}, months)
        self.assertEqual(heads, dict.fromkeys(months, 1))

    # === COHORTS === #
    def test_cohorts(self):
        found = {one.month: one for one in self.report._get_cohorts(OPTIONS)}
        expected = {
            MONTHS[0]: ([330, 330, 320, 220, 250, 250], [4, 4, 3, 2, 3, 3], False),
            MONTHS[1]: ([220, 220, 130, 160, 160], [3, 3, 3, 2, 2], False),
            MONTHS[2]: ([200, 200, 200, 200], [1, 1, 1, 1], False),
            MONTHS[3]: ([33.33, 0, 0], [1, 1, 0], True),
            MONTHS[4]: ([70, 70], [1, 1], True),
        }
        self.assertEqual(list(found), list(expected))
        for month, (revenue, heads, is_young) in expected.items():
            with self.subTest(month):
                self.assertFigures(found[month].revenue, revenue)
                self.assertEqual((found[month].heads, found[month].is_young), (heads, is_young))
        self.assertFigures(found[MONTHS[1]].get_shares("revenue"), [1, 1, 130 / 220, 160 / 220, 160 / 220])

    # === BY SOMETHING === #
    def test_any_grouping_sums_up_to_the_total(self):
        total = self.get_waterfall()[-1].closing
        for group in ("company", "employee", "user", "category", "service", "product", "product_category", "country"):
            with self.subTest(group):
                found = self.report._read_groups({**OPTIONS, "group": group})
                self.assertAlmostEqual(sum(period.closing for period in found.values()), total, 6)
        found = self.report._read_groups({**OPTIONS, "group": "product"})
        support = found[self.support.id]
        self.assertFigures([support.parts["new"], support.parts["contraction"], support.closing], [20, -20, 0])

    def test_one_product_alone(self):
        periods = self.get_waterfall(filters=[["product", self.support.id]])
        self.assertFigures([one.closing for one in periods], [20, 20, 20, 20, 0, 0])
        self.assertEqual([one.end for one in periods], [1, 1, 1, 1, 0, 0])

    def test_an_unknown_dimension_is_refused(self):
        for options in ({"group": "id"}, {"group": ["a"]}, *({"filters": one} for one in WRONG)):
            with self.assertRaises(UserError):
                self.report.get_report({**OPTIONS, **options})

    # === COMPANIES === #
    def test_a_group_of_companies_in_one_currency(self):
        euro = self.env.ref("base.EUR")
        euro.write({"active": True, "rate_ids": [Command.clear()]})
        other = self.setup_other_company(name="Abroad")["company"]
        other.write({"currency_id": euro.id, "subscription_enabled": True, "subscription_analytic": False})
        rate = {"currency_id": euro.id, "company_id": self.company.id, "name": "2020-01-01", "rate": 0.5}
        self.env["res.currency.rate"].create(rate)
        with freeze_time("2026-03-01"):
            self.env["subscription.contract"].with_company(other).create(
                {
                    "subject": "There",
                    "partner_id": self.people["Ada"].id,
                    "company_id": other.id,
                    "date_start": date(2026, 3, 1),
                    "line_ids": [Command.create({"product_id": self.product.id, "price_unit": 10.0, "tax_ids": False})],
                }
            ).action_activate()
        both = self.report.with_context(allowed_company_ids=(self.company | other).ids)
        closing = [one.closing for one in both._get_waterfall(OPTIONS).values()]
        self.assertFigures(closing, [330, 550, 760, 603.33, 700, 700])
        alone = self.report.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual([one.closing for one in alone._get_waterfall(OPTIONS).values()][-1], 680.0)

    # === THE PAGE === #
    def test_every_figure_opens_the_lines_that_it_is_made_of(self):
        """What a figure of money shows is what the list that it opens sums up to."""
        options = {**OPTIONS, "group": "product", "amounts": True}
        looked_at = 0
        for table in self.report.get_report(options)["tables"]:
            for row in table["rows"]:
                for cell in row["cells"]:
                    if cell.get("opens") and cell["type"] == "money" and "ARR" not in row["label"]:
                        domain = self.report.action_open(options, cell["opens"])["domain"]
                        events = self.env["subscription.mrr.event"].search(domain)
                        amount = sum(events.mapped("amount"))
                        amount = -amount if table["key"] == "reasons" else amount
                        self.assertAlmostEqual(amount, cell["value"], 2, f"{table['key']}, {row['label']}, {cell}")
                        looked_at += 1
        self.assertGreater(looked_at, 100)

    def test_young_cohorts_and_the_running_month_are_marked(self):
        tables = {table["key"]: table for table in self.report.get_report(OPTIONS)["tables"]}
        rows = tables["cohort_revenue"]["rows"]
        self.assertEqual([row["is_young"] for row in rows], [False, False, False, True, True])
        self.assertEqual([[cell["value"] is not None for cell in row["cells"]] for row in rows[1:3]],
                         [[True] * 6 + [False], [True] * 5 + [False] * 2])  # fmt: skip
        self.assertEqual([cell.get("is_running") for cell in rows[2]["cells"][1:]], [False] * 3 + [True] + [None] * 2)
        self.assertEqual([column["is_running"] for column in tables["movements"]["columns"]], [False] * 5 + [True])

    def test_who_may_not_see_subscriptions_sees_no_figure(self):
        nobody = new_test_user(self.env, login="nobody", groups="base.group_user")
        report = self.report.with_user(nobody)
        with self.assertRaises(AccessError):
            report.get_report(OPTIONS)
        with self.assertRaises(AccessError):
            report.action_open(OPTIONS, {"to": True})

    def test_the_log_of_tomorrow_is_not_counted(self):
        self.begin("Cem", date(2026, 6, 1), [{"price_unit": 5.0, "date_start": date(2026, 7, 1)}])
        self.assertEqual(self.get_waterfall()[-1].closing, 680.0)
