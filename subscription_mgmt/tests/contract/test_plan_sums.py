"""Groups of the plan: from kept sums, which are what adding up the rows gives, or page by page."""

from datetime import date

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import SubscriptionCommon

FIGURES = ["__count", "price_subtotal:sum", "price_subtotal:sum_currency", "currency_id:array_agg_distinct"]
GROUPS = ([], ["product_id"], ["state"], ["date_invoice:month"], ["date_invoice:day", "state"], ["company_id"])


@tagged("post_install", "-at_install")
class TestPlanSums(SubscriptionCommon):
    def setUp(self):
        super().setUp()
        self.rows = self.env["subscription.installment"]
        self.own = [("company_id", "=", self.company.id)]

    def count_queries(self, call):
        """Queries of a call, once what it needs every time is read."""
        call()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def assertKept(self):
        """Groups from the sums are those of the rows, which a condition on another column has added up."""
        for domain in (self.own, [*self.own, ("state", "=", "planned"), ("date_invoice", "<=", "today +12m")]):
            slow = [*domain, ("id", "!=", 0)]
            for groupby in GROUPS:
                kept = self.rows._read_group(domain, groupby, FIGURES)
                self.assertEqual(kept, self.rows._read_group(slow, groupby, FIGURES), (domain, groupby))
            sets = [["product_id", "state"], ["state"], []]
            self.assertEqual(
                self.rows._read_grouping_sets(domain, sets, FIGURES),
                self.rows._read_grouping_sets(slow, sets, FIGURES),
            )

    def test_the_sums_follow_everything_that_happens_to_the_rows(self):
        self.assertKept()
        contract = self.make_contract([{}, {"price_unit": 7.5}], date_end=date(2026, 6, 30))
        other = self.make_contract(date_end=date(2026, 3, 31))
        self.assertKept()
        run = self.bill(date(2026, 2, 1))
        self.assertKept()
        contract.installment_ids.filtered(lambda row: row.state == "planned")[0].action_skip("Gift")
        contract.installment_ids.filtered(lambda row: row.state == "planned")[0].price_unit = 12.0
        self.assertKept()
        run.move_ids.button_draft()
        run.move_ids.unlink()
        self.assertKept()
        self.env["subscription.plan.sum"]._sum_up()
        self.assertKept()
        # As a deletion of the contract takes its rows along, and any other SQL
        self.env.cr.execute("DELETE FROM subscription_contract WHERE id = %s", [other.id])
        self.env.invalidate_all()
        self.assertKept()

    def test_no_row_is_read_for_what_the_sums_say(self):
        self.make_contract(date_end=date(2026, 12, 31))
        self.env.flush_all()
        self.env.cr.execute("UPDATE subscription_plan_sum SET row_count = 5 WHERE company_id = %s", [self.company.id])
        groups = self.rows.formatted_read_grouping_sets(self.own, [["product_id", "date_invoice:month"]], FIGURES)
        self.assertEqual({group["__count"] for group in groups[0]}, {5})

    def test_a_rule_of_the_company_holds_for_the_sums(self):
        self.make_contract(date_end=date(2026, 12, 31))
        viewer = new_test_user(
            self.env, "viewer", "subscription_mgmt.group_subscription_viewer", company_id=self.company.id
        )
        rows = self.rows.with_user(viewer).with_company(self.company)
        self.assertEqual(rows._read_group(self.own, ["state"], ["__count"]), [("planned", 12)])
        model = self.env["ir.model"]._get(self.rows._name).id
        domain = [("contract_id.subject", "=", "Nothing")]
        self.env["ir.rule"].create({"name": "Own", "model_id": model, "domain_force": domain})
        self.assertEqual(rows._read_group(self.own, ["state"], ["__count"]), [])

    def test_whoever_may_not_read_the_plan_gets_no_sums(self):
        stranger = new_test_user(self.env, "stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.rows.with_user(stranger)._read_group([], ["state"], ["__count"])

    def test_what_the_sums_do_not_say_is_read_from_the_rows(self):
        self.make_contract([{}, {"price_unit": 7.5}], date_end=date(2026, 6, 30))
        slow = [*self.own, ("id", "!=", 0)]
        for specs in (["price_subtotal:sum", "price_subtotal:avg"], ["price_subtotal:max", "price_subtotal:sum"]):
            kept = self.rows._read_group(self.own, ["state"], specs)
            self.assertEqual(kept, self.rows._read_group(slow, ["state"], specs), specs)
        for order in ("price_subtotal:avg", "price_subtotal:sum DESC", "__count", "product_id DESC"):
            kept = self.rows._read_group(self.own, ["product_id"], ["__count", "price_subtotal:sum"], order=order)
            slowly = self.rows._read_group(slow, ["product_id"], ["__count", "price_subtotal:sum"], order=order)
            self.assertEqual(kept, slowly, order)

    def test_an_order_by_what_the_sums_do_not_say_is_that_of_the_rows(self):
        other = self.env["product.product"].create({"name": "Television", "type": "service"})
        self.make_contract([{"price_unit": 90.0}], date_end=date(2026, 12, 31))
        self.make_contract([{"product_id": other.id, "price_unit": 100.0}], date_end=date(2026, 1, 31))
        # A line of the sums says what all rows of a day come to: an average of those would be another
        self.make_contract([{"product_id": other.id, "price_unit": 70.0}] * 2, date_end=date(2026, 1, 31))
        found = self.rows._read_group(self.own, ["product_id"], [], order="price_subtotal:avg DESC")
        self.assertEqual([product for (product,) in found], [self.product, other])

    def test_what_a_browser_asks_of_a_list_by_groups_is_said_by_the_sums(self):
        """Every figure of the list that has an aggregator, as the web client asks for them."""
        self.make_contract(date_end=date(2026, 12, 31))
        self.env.flush_all()
        self.env.cr.execute("UPDATE subscription_plan_sum SET row_count = 5 WHERE company_id = %s", [self.company.id])
        view = self.rows.get_views([(False, "list")])
        fields = view["models"][self.rows._name]["fields"]
        nodes = etree.fromstring(view["views"]["list"]["arch"]).iter("field")
        shown = {node.get("name"): fields[node.get("name")] for node in nodes}
        figures = [
            f"{name}:{field['aggregator']}"
            for name, field in shown.items()
            if field.get("aggregator") and field["type"] in ("float", "integer", "monetary")
        ]
        self.assertIn("price_subtotal:sum", figures)
        asked = [*figures, "price_subtotal:sum_currency", "currency_id:array_agg_distinct"]
        groups = self.rows.web_read_group(self.own, ["date_invoice:month"], asked)["groups"]
        self.assertEqual({group["__count"] for group in groups}, {5})

    def test_a_viewer_reads_the_sums_by_way_of_the_rows_alone(self):
        """Rules that a company adds to the rows would not hold for the sums."""
        self.make_contract(date_end=date(2026, 12, 31))
        viewer = new_test_user(
            self.env, "viewer", "subscription_mgmt.group_subscription_viewer", company_id=self.company.id
        )
        with self.assertRaises(AccessError):
            self.env["subscription.plan.sum"].with_user(viewer).search_read(self.own)

    def test_the_sums_hold_nothing_of_others(self):
        """A link in the database would have every billing lock the product, and no one delete it."""
        product = self.env["product.product"].create({"name": "Television", "type": "service"})
        contract = self.make_contract([{"product_id": product.id}], date_end=date(2026, 3, 31))
        self.env.flush_all()
        for table in ("subscription_contract_line", "subscription_mrr_event"):
            self.env.cr.execute(f"UPDATE {table} SET product_id = %s", [self.product.id])
        self.env.invalidate_all()
        product.unlink()
        self.assertFalse(contract.installment_ids.product_id)
        self.assertKept()

    def test_another_add_on_may_name_its_columns_as_it_likes(self):
        self.env.cr.execute("ALTER TABLE subscription_installment ADD COLUMN sign varchar DEFAULT 'minus'")
        self.make_contract(date_end=date(2026, 12, 31))
        self.env["subscription.plan.sum"]._sum_up()
        self.assertKept()

    def test_adding_up_anew_writes_nothing_else(self):
        """As an add-on is brought up to date: what the models have yet to write is none of its business."""
        contract = self.make_contract(date_end=date(2026, 12, 31))
        self.env.flush_all()
        contract.subject = "To be written"
        before = self.env.cr.sql_log_count
        self.env["subscription.plan.sum"]._sum_up()
        self.assertEqual(self.env.cr.sql_log_count - before, 2)
        self.assertKept()

    def test_a_filter_that_joins_finds_the_groups_of_a_page(self):
        contract = self.make_contract(date_end=date(2026, 12, 31))
        run = self.bill(date(2026, 1, 1))
        billed = [("invoice_id", "in", run.move_ids.ids), *self.own]
        for name in ("contract_id", "partner_id"):
            found = self.rows.web_read_group(billed, [name], ["__count"], limit=1)
            self.assertEqual((found["length"], found["groups"][0]["__count"]), (1, 1), contract.name)

    def test_groups_of_a_page_alone_are_added_up(self):
        contracts = self.env["subscription.contract"].union(
            *(self.make_contract([{}] * count, date_end=date(2026, 12, 31)) for count in (1, 2, 3))
        )
        for name in ("contract_id", "partner_id"):
            whole = self.rows.web_read_group(self.own, [name], FIGURES[:2])
            pages = [self.rows.web_read_group(self.own, [name], FIGURES[:2], limit=2, offset=at) for at in (0, 2)]
            self.assertEqual([group for page in pages for group in page["groups"]], whole["groups"])
            self.assertEqual({page["length"] for page in pages if page["groups"]}, {whole["length"]})
        few = self.count_queries(lambda: self.rows.web_read_group(self.own, ["contract_id"], FIGURES[:2], limit=1))
        many = self.count_queries(lambda: self.rows.web_read_group(self.own, ["contract_id"], FIGURES[:2], limit=3))
        self.assertEqual(few, many)
        found = contracts.web_read_group([("id", "in", contracts.ids)], ["partner_id"], ["__count"], limit=1)
        self.assertEqual((found["length"], found["groups"][0]["__count"]), (1, 3))

    def test_what_is_overdue_is_there_when_the_plan_opens(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("subscription_mgmt.subscription_installment_action")
        self.assertIn("search_default_soon", action["context"])
        arch = self.rows.get_view(view_type="search")["arch"]
        self.assertIn('name="soon"', arch)
        self.make_contract(date_start=date(2020, 1, 1), date_end=date(2020, 3, 31))
        soon = [*self.own, ("state", "=", "planned"), ("date_invoice", "<=", "today +12m")]
        self.assertEqual(self.rows.search_count(soon), 3)

    def test_what_is_searched_and_ordered_by_is_indexed(self):
        self.env.cr.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema")
        there = {name for (name,) in self.env.cr.fetchall()}
        wanted = {
            "subscription_installment_planned_by_day",
            "subscription_installment_by_day",
            "subscription_installment_by_price",
            "subscription_installment__partner_id_index",
            "subscription_plan_sum_by",
        }
        if self.env.registry.has_trigram:
            wanted |= {"subscription_contract__subject_index", "subscription_contract__external_ref_index"}
            fields = ("complete_name", "email", "ref", "vat", "company_registry")
            wanted |= {f"res_partner_by_{name}" for name in fields}
        self.assertEqual(wanted - there, set())

    def test_a_search_looks_the_subscriber_up_first(self):
        """Joined with `OR`, subscribers that are not known yet would have every contract read."""
        contracts = self.env["subscription.contract"]
        mine = self.make_contract(activate=False)
        self.assertIn((mine.id, mine.display_name), contracts.name_search("Yıldız"))
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        query = contracts.sudo().with_context(active_test=False)._search([("display_name", "ilike", "Yıldız")])
        code = query.select()
        self.env.cr.execute("EXPLAIN " + code.code, code.params)
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertNotIn("SubPlan", plan)
        if self.env.registry.has_trigram:
            self.assertIn("subscription_contract__subject_index", plan)
