from odoo.tests import new_test_user, tagged

from odoo.addons.subscription_mgmt.tests.importing.import_common import ImportCommon

from ...tools.member_layout import MORE_MEMBERS


@tagged("post_install", "-at_install")
class TestImportMoreMembers(ImportCommon):
    """What the file of members says besides: status, roles, limit, units, places, relatives."""

    layout = MORE_MEMBERS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env["res.partner.category"].create({"name": "Enerji"})
        cls.sector = cls.env["res.partner.industry"].create({"name": "Güneş"})
        cls.seller = cls.env["hr.employee"].create({"name": "Satıcı", "user_id": cls.env.user.id})
        cls.parent = cls.env.ref("subscription_mgmt_member.relation_degree_parent")
        cls.child = cls.env.ref("subscription_mgmt_member.relation_degree_child")
        codes = cls.env["subscription.external.id"]
        for record, code in ((cls.tag, "K1"), (cls.sector, "S1"), (cls.seller, "P1")):
            codes.create({"model": record._name, "res_id": record.id, "code": code, "company_id": cls.company.id})

    @classmethod
    def row(cls, member, kind, name="X", **values):
        return {"member": member, "member_kind": kind, "member_name": name, **values}

    @classmethod
    def wizard(cls, content, filename="uyeler.xlsx", **values):
        return super().wizard(content, filename, layout="members", **values)

    def load(self, *rows, **values):
        wizard = self.wizard(self.workbook(*rows), **values)
        wizard.action_import()
        return wizard

    def find(self, kind, code):
        mapping = self.env["subscription.external.id"].search(
            [("model", "=", "res.partner"), ("code", "=", code), ("kind", "=", kind)]
        )
        return self.env["res.partner"].browse(mapping.res_id)

    def get_problems(self, *rows, **values):
        issues = self.check(*rows, **values).issue_ids
        return {(issue.row_number, issue.message) for issue in issues}

    def assert_refused(self, text, *rows, **values):
        problems = self.get_problems(*rows, **values)
        self.assertTrue(any(text in message for _row, message in problems), problems)

    def organisation(self):
        """Deepest first: the file need not be in order."""
        return [
            self.row("20", "çalışan", "Ece", parent="1", branch="10", department="12"),
            self.row("12", "şube", "Muhasebe", parent="1", unit="departman", above="11"),
            self.row("11", "şube", "Ofis", parent="1", unit="ofis", above="10"),
            self.row("10", "şube", "İzmir", parent="1"),
            self.row("1", "kurumsal", "Kuzey A.Ş."),
        ]

    def family(self):
        return [
            self.row("1", "bireysel", "Ali", relative="2", degree="Parent"),
            self.row("2", "bireysel", "Veli", relative="1", degree="Child"),
            self.row("3", "bireysel", "Can"),
        ]

    # === A GOOD FILE === #
    def test_a_member_arrives_with_what_its_page_knows(self):
        self.load(
            self.row(
                "1", "kurumsal", member_state="potansiyel", is_customer="evet", is_supplier="hayır", channel="bayi",
                credit_limit=5000, category="K1", sector="S1", language="en_US", representative="P1", responsible="P1",
            )
        )  # fmt: skip
        self.assertRecordValues(
            self.find("corporate", "1"),
            [
                {
                    "member_state": "potential",
                    "member_is_customer": True,
                    "member_is_supplier": False,
                    "member_channel": "dealer",
                    "credit_limit": 5000,
                    "category_id": self.tag.ids,
                    "industry_id": self.sector.id,
                    "lang": "en_US",
                    "user_id": self.env.user.id,
                    "member_team_ids": self.env.user.ids,
                }
            ],
        )

    def test_without_these_columns_nothing_of_them_is_said(self):
        self.load(self.row("1", "kurumsal"))
        self.assertRecordValues(
            self.find("corporate", "1"), [{"member_state": "active", "member_channel": False, "credit_limit": 0}]
        )

    def test_units_stand_below_each_other_to_any_depth(self):
        """WMM-09"""
        self.load(*self.organisation())
        company, izmir, office, department = (
            self.find(kind, code) for kind, code in (("corporate", "1"), *(("branch", c) for c in ("10", "11", "12")))
        )
        self.assertRecordValues(
            izmir + office + department,
            [
                {"parent_id": company.id, "member_unit": "branch", "type": "other"},
                {"parent_id": izmir.id, "member_unit": "office", "type": "other"},
                {"parent_id": office.id, "member_unit": "department", "type": "other"},
            ],
        )
        self.assertEqual(department.commercial_partner_id, company)
        self.assertRecordValues(
            self.find("contact", "20"),
            [{"parent_id": company.id, "member_branch_id": izmir.id, "member_department_id": department.id}],
        )

    def test_units_that_are_there_are_found(self):
        """WMM-09"""
        self.load(*self.organisation())
        self.load(
            self.row("13", "şube", "Depo", parent="1", above="12"), self.row("21", "çalışan", parent="1", branch="10")
        )
        self.assertEqual(self.find("branch", "13").parent_id, self.find("branch", "12"))
        self.assertEqual(self.find("contact", "21").member_branch_id, self.find("branch", "10"))

    def test_relatives_are_related_once(self):
        """WIM-21: each says it of the other"""
        wizard = self.load(*self.family())
        ali, veli = self.find("individual", "1"), self.find("individual", "2")
        self.assertRecordValues(
            self.env["member.relation"].search([("partner_id", "in", (ali | veli).ids)]),
            [{"partner_id": ali.id, "relative_id": veli.id, "degree_id": self.parent.id}],
        )
        self.assertEqual(len(wizard.batch_id.change_ids), 4)

    # === AGAIN, AND BACK === #
    def test_the_second_run_changes_nothing(self):
        rows = [
            *self.organisation(),
            *self.family(),
            self.row("5", "kurumsal", member_state="pasif", is_customer="evet", credit_limit=10, category="K1",
                     sector="S1", representative="P1"),
        ]  # fmt: skip
        self.load(*rows)
        wizard = self.load(*rows)
        self.assertEqual((wizard.contract_count, wizard.unchanged_count, wizard.batch_id.id), (0, len(rows), False))

    def test_a_member_is_updated_and_put_back(self):
        """An empty cell leaves the field alone"""
        self.load(self.row("1", "kurumsal", channel="bayi", is_customer="evet"))
        rows = [self.row("1", "kurumsal", channel=None, is_customer="hayır", member_state="pasif", sector="S1")]
        batch = self.load(*rows, on_existing="update").batch_id
        member = self.find("corporate", "1")
        now = {"member_channel": "dealer", "member_is_customer": False, "member_state": "passive"}
        self.assertRecordValues(member, [{**now, "industry_id": self.sector.id}])
        batch.action_undo()
        before = {"member_channel": "dealer", "member_is_customer": True, "member_state": "active"}
        self.assertRecordValues(member, [{**before, "industry_id": False}])

    def test_what_was_made_is_undone(self):
        batch = self.load(*self.organisation(), *self.family()).batch_id
        made = self.env["res.partner"].browse(
            batch.change_ids.filtered(lambda c: c.model == "res.partner").mapped("res_id")
        )
        self.assertEqual(len(made), 8)
        batch.action_undo()
        self.assertFalse(made.exists())

    # === BAD FILES === #
    def test_a_limit_below_zero(self):
        self.assert_refused("not below zero", self.row("1", "kurumsal", credit_limit=-1))

    def test_a_limit_without_the_right(self):
        clerk = new_test_user(
            self.env, "clerk", company_id=self.company.id, company_ids=self.company.ids,
            groups="subscription_mgmt.group_subscription_manager,subscription_mgmt_member.group_member_contributor",
        )  # fmt: skip
        wizard = self.hand_over(self.wizard(self.workbook(self.row("1", "kurumsal", credit_limit=1))), clerk)
        wizard.action_check()
        self.assertIn("a right in accounting", wizard.issue_ids.message)

    def test_words_that_are_none(self):
        for column in ("member_state", "channel", "unit"):
            self.assert_refused("is expected here", self.row("7", "şube", parent="1", **{column: "???"}))
        self.assert_refused("not installed", self.row("1", "kurumsal", language="xx_XX"))

    def test_what_another_kind_of_member_does_not_have(self):
        self.assert_refused("Only units", self.row("1", "kurumsal", unit="şube"))
        self.assert_refused("Only contacts", self.row("1", "kurumsal", branch="10"))
        self.assert_refused("Only individual", self.row("1", "kurumsal", relative="2", degree="Parent"))

    def test_units_in_a_circle(self):
        """WMM-13"""
        rows = [self.row("1", "kurumsal"), self.row("10", "şube", parent="1", above="11"),
                self.row("11", "şube", parent="1", above="10")]  # fmt: skip
        self.assert_refused("cannot stand below itself", *rows)

    def test_a_unit_that_nobody_knows(self):
        self.assert_refused("No unit", self.row("1", "kurumsal"), self.row("20", "çalışan", parent="1", branch="99"))

    def test_who_works_in_a_unit_that_is_kept_out_is_kept_out(self):
        rows = [
            self.row("1", "kurumsal"),
            self.row("10", "şube", parent="1", country="xx"),
            self.row("11", "şube", parent="1", above="10"),
            self.row("20", "çalışan", parent="1", branch="11"),
        ]
        wizard = self.check(*rows)
        kept_out = wizard.issue_ids.filtered(lambda issue: "kept out" in issue.message)
        self.assertEqual(len(kept_out), 2)
        self.assertEqual(wizard.contract_count, 1)

    def test_relatives_that_cannot_be(self):
        """WIM-21"""
        self.assert_refused("own relative", self.row("1", "bireysel", relative="1", degree="Parent"))
        self.assert_refused("go together", self.row("1", "bireysel", relative="2"), self.row("2", "bireysel"))
        self.assert_refused("No individual", self.row("1", "bireysel", relative="99", degree="Parent"))
        self.load(self.row("1", "bireysel"), self.row("2", "bireysel"))
        self.assert_refused("on its page", self.row("1", "bireysel", relative="2", degree="Parent"))

    def test_an_employee_of_ours_without_a_user(self):
        self.seller.user_id = False
        self.assert_refused("no user", self.row("1", "kurumsal", representative="P1"))
