from odoo.tests import tagged

from .merge_common import MergeCase


@tagged("post_install", "-at_install")
class TestMergePreview(MergeCase):
    """What the dialog shows is what happens."""

    def rehearse(self, source=None, target=None):
        dialog = (
            self.env["member.merge"]
            .with_user(self.editor)
            .create({"source_id": (source or self.double).id, "target_id": (target or self.firm).id})
        )
        return dialog, dialog._rehearse(dialog.source_id, dialog.target_id)

    def fill(self):
        """Some of everything, and some that both have."""
        self.env["crm.lead"].create([{"name": f"Fırsat {n}", "partner_id": self.double.id} for n in range(7)])
        self.env["sale.order"].create({"partner_id": self.double.id})
        self.double.message_post(body="Not")
        self.firm.message_subscribe(self.person.ids)
        self.double.message_subscribe(self.person.ids)
        self.double.category_id = self.env["res.partner.category"].create({"name": "Bayi"})

    def book(self, partner):
        """A posted entry about the partner."""
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.env.company.id)], limit=1
        )
        account = self.env["account.account"].search([("account_type", "=", "income")], limit=1)
        move = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [
                    (0, 0, {"account_id": account.id, "partner_id": partner.id, "debit": 5}),
                    (0, 0, {"account_id": account.id, "partner_id": partner.id, "credit": 5}),
                ],
            }
        )
        move.action_post()
        return move

    def find(self, partner):
        return self.env["member.merge.links"]._find_records(partner)

    def test_the_preview_equals_what_happens(self):
        self.fill()
        _dialog, shown = self.rehearse()
        kinds = {kind["model"]: kind for kind in shown["kinds"] + shown["quiet"]}
        was, had = self.find(self.firm), self.firm._member_read_values()
        self.merge()
        now, has = self.find(self.firm), self.firm._member_read_values()
        for name, kind in kinds.items():
            came = (set(now[name]) - set(was.get(name, ()))) & set(kind["ids"])
            own = set(kind["ids"]) & set(was.get(name, ()))
            self.assertEqual(len(came), kind["count"] - kind["gone"] - len(own), name)
        # What is new beyond that was written by the merge itself
        made = {
            name
            for name, rows in now.items()
            if set(rows) - set(was.get(name, ())) - set(kinds[name]["ids"] if name in kinds else ())
        }
        self.assertLessEqual(made, {"mail.message", "mail.notification", "member.activity"})
        gained = {value.label: value.text for key, value in has.items() if value.text and had.get(key) != value}
        self.assertEqual({row["label"]: row["text"] for row in shown["gains"]}, gained)

    def test_every_kind_is_named_with_its_number_and_some_names(self):
        self.fill()
        _dialog, shown = self.rehearse()
        [leads] = [kind for kind in shown["kinds"] if kind["model"] == "crm.lead"]
        # the clerk of the test sees no leads: they count, and have no names
        self.assertEqual((leads["count"], leads["records"], leads["more"]), (7, [], ""))
        seller = "sales_team.group_sale_salesman_all_leads"
        self.editor.group_ids += self.env.ref(seller)
        _dialog, shown = self.rehearse()
        [leads] = [kind for kind in shown["kinds"] if kind["model"] == "crm.lead"]
        self.assertEqual((leads["count"], len(leads["records"]), leads["more"]), (7, 5, "and 2 more"))
        dialog, _shown = self.rehearse()
        for said in ("Fırsat", "and 2 more", "+90 212 999 88 77", "bilgi@cinar.example"):
            self.assertIn(said, dialog.preview)

    def test_lost_and_kept_stand_side_by_side(self):
        _dialog, shown = self.rehearse()
        losses = {row["label"]: (row["text"], row["other"]) for row in shown["losses"]}
        self.assertEqual(losses["Phone"], ("+90 212 999 88 77", "+90 212 111 22 33"))
        self.assertNotIn("Email", losses)

    def test_looking_changes_nothing(self):
        self.fill()
        before = (self.find(self.double), self.find(self.firm), self.firm._member_read_values())
        dialog, _shown = self.rehearse()
        self.assertTrue(dialog.preview)
        self.env.invalidate_all()
        self.assertEqual((self.find(self.double), self.find(self.firm), self.firm._member_read_values()), before)

    def test_what_stands_against_it_is_said_before(self):
        dialog = (
            self.env["member.merge"]
            .with_user(self.editor)
            .create({"source_id": self.firm.id, "target_id": self.employee.id})
        )
        self.assertIn("part of the other", dialog.problem)
        self.assertFalse(dialog.preview)

    def test_different_tax_payers_with_entries_are_a_warning(self):
        self.firm.vat, self.double.vat = "BE0477472701", "BE0411905847"
        for partner in (self.firm, self.double):
            self.book(partner)
        dialog, _shown = self.rehearse()
        self.assertIn("tax numbers differ", dialog.warning)

    def test_sealed_entries_hold_whom_they_are_about(self):
        self.book(self.double).inalterable_hash = "x"
        dialog = self.env["member.merge"].create({"source_id": self.double.id, "target_id": self.firm.id})
        self.assertIn("sealed with a hash", dialog.problem)

    def test_the_queries_do_not_grow_with_the_records(self):
        self.rehearse()
        counts = []
        for n in (1, 60):
            self.env["crm.lead"].create([{"name": "X", "partner_id": self.double.id}] * n)
            self.env["sale.order"].create([{"partner_id": self.double.id}] * n)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.rehearse()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(abs(counts[1] - counts[0]), 25, counts)
