import base64
import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.subscription_mgmt.tools.importing.contracts import CONTRACTS
from odoo.addons.subscription_mgmt.tools.importing.members import MEMBERS

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestImportMembers(ImportCommon):
    """Individuals, companies, their contacts and branches (WSI-34); the numbers they leave for the other imports."""

    layout = MEMBERS

    @classmethod
    def row(cls, member, kind, name, **values):
        return {"member": member, "member_kind": kind, "member_name": name, **values}

    @classmethod
    def wizard(cls, content, filename="uyeler.xlsx", **values):
        return super().wizard(content, filename, layout="members", **values)

    def everyone(self):
        return [
            self.row("5", "çalışan", "Ece", parent="1", job="Müdür", phone="0212"),
            self.row("1", "kurumsal", "Kuzey A.Ş.", street="Cadde 1", city="İzmir", country="tr", vat="1234567890"),
            self.row("1", "bireysel", "Ali Veli", email="ali@example.com", zip="06100", member_note="x\ny"),
            self.row("7", "şube", "Kuzey Depo", parent="1", street="Liman 2", city="Mersin"),
            self.row("6", "contact", "Can", parent="1", street="Ev 3"),
        ]

    def load(self, *rows, **values):
        wizard = self.wizard(self.workbook(*rows), **values)
        wizard.action_import()
        return wizard

    def member(self, code, kind):
        mapping = self.env["subscription.external.id"].search(
            [
                ("model", "=", "res.partner"),
                ("code", "=", code),
                ("kind", "=", kind),
                ("company_id", "=", self.company.id),
            ]
        )
        return self.env["res.partner"].browse(mapping.res_id)

    # === A GOOD FILE === #
    def test_everyone_arrives_with_what_the_file_says(self):
        wizard = self.load(*self.everyone())
        company, person = self.member("1", "corporate"), self.member("1", "individual")
        self.assertRecordValues(
            company,
            [
                {
                    "name": "Kuzey A.Ş.",
                    "is_company": True,
                    "ref": "1",
                    "street": "Cadde 1",
                    "city": "İzmir",
                    "country_id": self.env.ref("base.tr").id,
                    "vat": "1234567890",
                    "company_id": False,
                }
            ],
        )
        self.assertRecordValues(
            person, [{"name": "Ali Veli", "is_company": False, "email": "ali@example.com", "zip": "06100"}]
        )
        contact, own, branch = self.member("5", "contact"), self.member("6", "contact"), self.member("7", "branch")
        self.assertRecordValues(
            contact + own + branch,
            [
                {
                    "parent_id": company.id,
                    "type": "contact",
                    "street": "Cadde 1",
                    "function": "Müdür",
                    "vat": company.vat,
                },
                {"parent_id": company.id, "type": "other", "street": "Ev 3", "function": False, "vat": company.vat},
                {"parent_id": company.id, "type": "other", "street": "Liman 2", "function": False, "vat": company.vat},
            ],
        )
        self.assertEqual((contact + own + branch).commercial_partner_id, company)
        self.assertEqual(wizard.batch_id.done_count, 5)
        self.assertEqual(len(wizard.batch_id.change_ids), 5)

    def test_the_subscriber_import_finds_them(self):
        self.load(*self.everyone())
        row = ImportCommon.row(corporate_customer="1", contact="6")
        wizard = self.env["subscription.import"].create(
            {
                "file": base64.b64encode(self.workbook(row, layout=CONTRACTS)),
                "filename": "a.xlsx",
                "company_id": self.company.id,
            }
        )
        wizard.action_import()
        self.assertEqual(wizard.batch_id.contract_ids.partner_id.name, "Kuzey A.Ş.")
        self.assertEqual(wizard.batch_id.contract_ids.contact_id.name, "Can")

    def test_nothing_is_sent(self):
        mails = self.env["mail.mail"].search_count([])
        self.load(*self.everyone())
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(self.member("1", "corporate").message_ids)

    # === AGAIN === #
    def test_the_second_run_changes_nothing(self):
        self.load(*self.everyone())
        wizard = self.load(*self.everyone())
        self.assertEqual((wizard.contract_count, wizard.unchanged_count, wizard.batch_id.id), (0, 5, False))

    def test_other_values_are_a_problem_until_a_person_says_otherwise(self):
        self.load(*self.everyone())
        rows = self.everyone()
        rows[2]["email"] = "yeni@example.com"
        wizard = self.check(*rows)
        self.assertIssues(wizard, [(4, "Üye No*", "member_differs")])
        self.assertIn("E-posta", wizard.issue_ids.message)
        wizard = self.load(*rows, on_existing="update")
        self.assertEqual(self.member("1", "individual").email, "yeni@example.com")
        [change] = wizard.batch_id.change_ids
        self.assertEqual((change.old_text, change.new_text), ("ali@example.com", "yeni@example.com"))
        wizard.batch_id.action_undo()
        self.assertEqual(self.member("1", "individual").email, "ali@example.com")

    def test_a_member_that_carries_the_number_itself_is_known(self):
        wizard = self.check(self.row("9001", "kurumsal", "Yıldız Ltd."), self.row("4001", "bireysel", "Ayşe Yılmaz"))
        self.assertEqual((wizard.state, wizard.unchanged_count, wizard.contract_count), ("checked", 2, 0))

    def test_contacts_of_a_member_that_is_there_already(self):
        self.load(self.row("8", "contact", "Ece", parent="9001"))
        self.assertEqual(self.member("8", "contact").parent_id, self.customer)

    # === BAD FILES === #
    def test_what_is_wrong_with_single_members(self):
        parent, vat, country = "Bağlı Olduğu Üye No", "Vergi No", "Ülke Kodu"
        for row, column, code in (
            (self.row("1", "müşteri", "X"), "Üye Türü*", "bad_member_kind"),
            (self.row("1", "şube", "X"), parent, "parent_needed"),
            (self.row("1", "şube", "X", parent="404"), parent, "parent_unknown"),
            (self.row("1", "kurumsal", "X", parent="9001"), parent, "parent_not_taken"),
            (self.row("1", "contact", "X", parent="9001", vat="1"), vat, "vat_not_taken"),
            (self.row("1", "kurumsal", "X", country="Türkiye"), country, "bad_country"),
            (self.row("1", "kurumsal", "X", country="XX"), country, "unknown_country"),
            (self.row("1", "bireysel", "X", email="a@b, c@d.ef"), "E-posta", "bad_email"),
            (self.row("1", "bireysel", None, email="a@b.cd"), "Ad / Unvan*", "required_empty"),
        ):
            with self.subTest(code):
                self.assertIssues(self.check(row), [(2, column, code)])

    def test_what_is_wrong_between_members(self):
        twice = self.row("1", "bireysel", "A")
        self.assertIssues(self.check(twice, twice), [(3, "Üye No*", "repeated_member")])
        below = self.row("2", "contact", "B", parent="1")
        self.assertIssues(self.check(twice, below), [(3, "Bağlı Olduğu Üye No", "parent_not_corporate")])
        below = self.row("2", "contact", "B", parent="4001")
        self.assertIssues(self.check(below), [(2, "Bağlı Olduğu Üye No", "parent_unknown")])

    def test_whoever_belongs_to_a_bad_member_is_kept_out_with_it(self):
        wizard = self.check(
            self.row("1", "kurumsal", "A", country="XX"),
            self.row("2", "contact", "B", parent="1"),
            self.row("3", "bireysel", "C"),
        )
        self.assertIssues(wizard, [(2, "Ülke Kodu", "unknown_country"), (3, "Bağlı Olduğu Üye No", "parent_kept_out")])
        wizard.action_import_good()
        self.assertEqual(wizard.batch_id.change_ids.mapped("record_name"), ["C"])

    def test_two_members_with_one_number_are_not_guessed(self):
        self.customer.copy({"ref": "9001"})
        self.assertIssues(self.check(self.row("9001", "kurumsal", "Y")), [(2, "Üye No*", "ambiguous_reference")])

    def test_members_of_another_company_are_not_reached(self):
        self.customer.company_id = self._make_company()
        wizard = self.load(self.row("9001", "kurumsal", "Yeni"))
        self.assertEqual(wizard.batch_id.done_count, 1)
        self.assertNotEqual(self.member("9001", "corporate"), self.customer)

    # === THE WAY BACK === #
    def test_undo_removes_members_and_their_numbers(self):
        batch = self.load(*self.everyone()).batch_id
        everyone = self.env["res.partner"].browse(batch.change_ids.mapped("res_id"))
        self.assertEqual(len(everyone), 5)
        batch.action_undo()
        self.assertFalse(everyone.exists())
        self.assertFalse(self.member("1", "corporate"))

    def test_no_way_back_once_a_member_is_used(self):
        batch = self.load(*self.everyone()).batch_id
        self.make_contract(partner_id=self.member("1", "individual").id, activate=False)
        with self.assertRaisesRegex(UserError, "Ali Veli is used"):
            batch.action_undo()
        self.assertTrue(self.member("1", "individual").exists())

    # === SCREEN === #
    def test_the_template_of_the_layout(self):
        wizard = self.env["subscription.import"].create({"layout": "members"})
        self.assertIn("members_en.xlsx", wizard.action_download_template()["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.template)))
        headings = [cell.value for cell in book.worksheets[0][1]]  # other add-ons add theirs behind
        self.assertEqual(headings[: len(MEMBERS.columns)], [c.label("en") for c in MEMBERS.columns])
        self.assertTrue(all(row[1].value for row in book.worksheets[1].iter_rows()))
        for column in MEMBERS.columns:
            self.assertIn(column.label("en"), wizard.layout_html)

    def test_one_query_more_or_less_for_many_members(self):
        def count(size):
            rows = [self.row(f"{size}-{n}", "bireysel", "X") for n in range(size)]
            wizard = self.wizard(self.workbook(*rows))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard._examine()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(5), count(100))

    def test_undo_asks_as_often_for_many_members(self):
        def count(size):
            rows = [self.row(f"{size}-{n}", "kurumsal", "X") for n in range(size)]
            rows += [self.row(f"{size}-{n}", "çalışan", "Y", parent=f"{size}-{n}") for n in range(size)]
            batch = self.load(*rows).batch_id
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.action_undo()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(3), count(30))
