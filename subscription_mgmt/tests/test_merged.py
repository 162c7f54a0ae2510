"""Customers merged by *Contacts › Merge*, with everything of which a customer has one alone (D5)."""

from datetime import date

from odoo.fields import Command
from odoo.tests import tagged

from .package.package_common import PackageCommon
from .recurrence.recurrence_common import RecurrenceCommon

# Unique indexes of the suite with a customer in them, as they are in the database → what makes two rows that meet there
# when the customers are merged. Tables of two columns are left out: Odoo itself sees to links.
HANDLED = {
    "subscription_wallet_customer_unique": "make_wallets",
    "subscription_interaction_slot_unique": "make_interactions",
    "subscription_recurrence_exception_date_unique": "make_exceptions",
}
# Also by an expression of the column, which is why the definition of the index will not do
FIND = """
    SELECT DISTINCT tab.relname, ind.relname
      FROM pg_index def
      JOIN pg_class tab ON tab.oid = def.indrelid
      JOIN pg_class ind ON ind.oid = def.indexrelid
      JOIN pg_constraint con ON con.conrelid = tab.oid AND con.contype = 'f' AND con.confrelid = 'res_partner'::regclass
     WHERE def.indisunique AND tab.relnamespace = current_schema::regnamespace
       AND (con.conkey[1] = ANY(def.indkey)
            OR EXISTS (SELECT FROM pg_depend dep
                        WHERE dep.classid = 'pg_class'::regclass AND dep.objid = ind.oid
                          AND dep.refobjid = tab.oid AND dep.refobjsubid = con.conkey[1]))
"""


@tagged("post_install", "-at_install")
class TestMerged(RecurrenceCommon, PackageCommon):
    def find_indexes(self):
        """Unique indexes with a customer in them of the models of the suite."""
        self.env.cr.execute(FIND)
        tables = {
            model._table
            for model in self.env.values()
            if model._original_module == "subscription_mgmt" and model._auto  # bridges test their own
        }
        return {index for table, index in self.env.cr.fetchall() if table in tables}

    def merge(self):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.customer | self.stranger).ids, self.customer
        )
        self.env.invalidate_all()

    def make_wallets(self):
        self.grant(self.credit)
        self.grant(self.credit, self.stranger)
        return self.env["subscription.wallet"]

    def make_interactions(self):
        both = self.customer | self.stranger
        self.make_recurrence(partner_ids=[Command.set(both.ids)])
        return self.env["subscription.interaction"]

    def make_exceptions(self):
        self.make_interactions().search([("slot_key", "=", date(2026, 1, 7))]).unlink()
        return self.env["subscription.recurrence.exception"]

    def test_fault_d5_every_unique_index_with_a_customer_is_thought_of(self):
        self.assertEqual(
            self.find_indexes(),
            set(HANDLED),
            "A unique index with a customer in it makes Contacts › Merge fail, or delete rows without a word. Combine "
            "what meets there in `_update_foreign_keys` of the merge, and add it to the table HANDLED of this file.",
        )

    def test_fault_d5_what_meets_in_an_index_is_combined(self):
        for index, make in HANDLED.items():
            with self.subTest(index), self.env.cr.savepoint() as savepoint:
                records = getattr(self, make)()
                parties = [("partner_id", "in", (self.customer | self.stranger).ids)]
                self.assertEqual(set(records.search(parties).partner_id), {self.customer, self.stranger})
                self.merge()
                self.assertEqual(records.search(parties).partner_id, self.customer)
                self.env.cr.execute("SELECT count(*) FROM res_partner WHERE id = %s", [self.stranger.id])
                self.assertEqual(self.env.cr.fetchone(), (0,))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_fault_d5_all_at_once(self):
        for make in HANDLED.values():
            getattr(self, make)()
        self.merge()
        self.assertEqual(self.left(), 20)
        rows = self.env["subscription.interaction"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(len(rows), len({(row.recurrence_id, row.slot_key) for row in rows}))

    def test_fault_d5_the_search_sees_plain_and_computed_columns(self):
        """What the test of all indexes would not see, it does not guard."""
        self.env.cr.execute("CREATE UNIQUE INDEX probe_plain ON subscription_contract (partner_id, id)")
        self.env.cr.execute("CREATE UNIQUE INDEX probe_computed ON subscription_contract (id, COALESCE(contact_id, 0))")
        self.env.cr.execute("CREATE UNIQUE INDEX probe_other ON subscription_contract (id, company_id)")
        self.assertEqual(self.find_indexes() - set(HANDLED), {"probe_plain", "probe_computed"})
