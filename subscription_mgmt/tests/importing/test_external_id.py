from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestExternalId(ImportCommon):
    """The list of old ids, kept by hand or loaded from a file by the import page of Odoo."""

    HEADINGS = ["model", "code", "record_name", "kind"]

    def setUp(self):
        super().setUp()
        self.projects = self.env["project.project"].create([{"name": "Roof"}, {"name": "Cellar"}])

    def load_list(self, *rows):
        return self.env["subscription.external.id"].load(self.HEADINGS, [list(row) for row in rows])

    def test_a_list_is_loaded_by_names(self):
        answer = self.load_list(
            ("Project", "7", "Roof", ""),
            ("project.project", "8", " Cellar ", ""),
            ("Customer or Contact", "9", self.customer.name, "Corporate Customer"),
        )
        self.assertFalse(answer["messages"])
        mappings = self.env["subscription.external.id"].browse(answer["ids"])
        self.assertEqual(mappings.mapped("res_id"), [*self.projects.ids, self.customer.id])
        self.assertEqual(mappings.mapped("record_name"), ["Roof", "Cellar", self.customer.display_name])
        [contract] = self.load(self.row(project="8", corporate_customer="9"))
        self.assertEqual((contract.project_id, contract.partner_id), (self.projects[1], self.customer))

    def test_names_that_mean_nothing_or_too_much(self):
        self.env["project.project"].create({"name": "Roof"})
        answer = self.load_list(
            ("Project", "7", "Roof", ""), ("Project", "8", "Attic", ""), ("Project", "9", "Cellar", "")
        )
        texts = [(message["record"], message["message"]) for message in answer["messages"]]
        self.assertEqual([row for row, _text in texts], [0, 1])
        self.assertIn("2 records of the kind “Project” are named “Roof”", texts[0][1])
        self.assertIn("is named “Attic”", texts[1][1])
        self.assertFalse(answer["ids"], "the good row waits for the others")

    def test_a_name_is_one_of_the_company(self):
        other = self._make_company()
        self.projects[0].company_id = self.company
        foreign = self.env["project.project"].create({"name": "Roof", "company_id": other.id})
        values = {"model": "project.project", "code": "7", "record_name": "Roof"}
        mappings = self.env["subscription.external.id"].create(
            [{**values, "company_id": self.company.id}, {**values, "company_id": other.id}]
        )
        self.assertEqual(mappings.mapped("res_id"), [self.projects[0].id, foreign.id])

    def test_the_name_can_be_changed(self):
        mapping = self._map(self.projects[0], "7")
        mapping.record_name = "Cellar"
        self.assertEqual(mapping.res_id, self.projects[1].id)
        with self.assertRaisesRegex(ValidationError, "Attic"):
            mapping.record_name = "Attic"

    def test_queries_do_not_grow_with_the_list(self):
        names = [f"P{i}" for i in range(60)]
        self.env["project.project"].create([{"name": name} for name in names])
        counts = []
        for part in (names[:2], names[2:10], names[10:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["subscription.external.id"].create(
                [{"model": "project.project", "code": name, "record_name": name} for name in part]
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_an_exported_list_can_be_loaded_again(self):
        mappings = self._map(self.product, "P1") | self._map(self.contact, "77", kind="contact")
        rows = mappings.export_data(self.HEADINGS)["datas"]
        mappings.unlink()
        answer = self.load_list(*rows)
        self.assertFalse(answer["messages"])
        loaded = self.env["subscription.external.id"].browse(answer["ids"])
        self.assertEqual(set(loaded.mapped("res_id")), {self.product.id, self.contact.id})

    def test_the_numbering_tells_records_of_one_name_apart(self):
        category = self.env["subscription.category"]
        gold = category.create([{"name": "Gold", "usage": usage} for usage in ("subscriber", "service")])
        answer = self.load_list(("Category", "1", "Gold", "Service Category"))
        mapping = self.env["subscription.external.id"].browse(answer["ids"])
        self.assertEqual(mapping.res_id, gold[1].id)

    def test_a_user_who_works_in_several_companies(self):
        user = self._make_user("viewer")
        other = self._make_company()
        user.company_ids += other
        values = {"model": "res.users", "code": "u1", "record_name": user.name, "company_id": other.id}
        self.assertEqual(self.env["subscription.external.id"].create(values).res_id, user.id)

    def test_the_name_of_what_one_may_not_read_is_not_shown(self):
        other = self._make_company()
        foreign = self.env["project.project"].create({"name": "Secret", "company_id": other.id})
        mapping = self._map(foreign, "7", company_id=False)
        manager = self._make_user("manager")
        self.assertFalse(mapping.with_user(manager).record_name)

    def test_name_and_id_that_differ(self):
        values = {"model": "project.project", "code": "7", "record_name": "Roof", "res_id": self.projects[1].id}
        with self.assertRaisesRegex(ValidationError, "is not the name"):
            self.env["subscription.external.id"].create(values)
        self.assertTrue(self.env["subscription.external.id"].create({**values, "res_id": self.projects[0].id}))
