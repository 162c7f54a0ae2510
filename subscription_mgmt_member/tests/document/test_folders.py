from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestFolders(DocumentCase):
    """Files in folders, per customer and per contract (CUB-58, CUB-59, WMM-51, WIM-19)."""

    def test_files_lie_in_folders_of_a_member(self):
        """CUB-58"""
        inner = self.offers.copy({"name": "2026", "parent_id": self.offers.id})
        file = self.attach(folder=inner, user=self.clerk)
        self.assertEqual(self.firm.with_user(self.clerk).member_file_ids, file)
        self.assertEqual(inner.complete_name, "Teklifler / 2026")
        self.assertEqual((self.offers | inner).mapped("file_count"), [0, 1])

    def test_files_lie_in_folders_of_a_contract(self):
        """CUB-58"""
        file = self.attach(self.contract, self.signed, self.clerk)
        self.assertEqual(self.contract.with_user(self.clerk).member_file_ids, file)
        self.assertNotIn(file, self.firm.member_file_ids)

    def test_files_of_tasks_are_not_among_them(self):
        """CUB-59"""
        task = self.env["project.task"].create({"name": "Kurulum", "partner_id": self.firm.id})
        file = self.attach(task)
        self.assertNotIn(file, self.firm.member_file_ids)
        with self.assertRaises(ValidationError):
            file.member_folder_id = self.offers

    def test_pictures_of_fields_are_not_among_them(self):
        """CUB-58"""
        pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        self.firm.image_1920 = pixel
        self.assertFalse(self.firm.member_file_ids)

    def test_a_folder_of_somebody_else_is_refused(self):
        """CUB-58: another customer's, and a contract's"""
        for folder in (self.foreign, self.signed):
            with self.assertRaises(ValidationError):
                self.attach(folder=folder)
            with self.assertRaises(ValidationError):
                self.offers.parent_id = folder

    def test_a_folder_does_not_lie_in_itself(self):
        """CUB-58: at any depth"""
        inner = self.offers.copy({"name": "2026", "parent_id": self.offers.id})
        for parent in (self.offers, inner):
            with self.assertRaises(UserError):
                self.offers.parent_id = parent

    def test_a_folder_stays_with_its_owner(self):
        """CUB-58: or its files would be read by others"""
        with self.assertRaises(UserError):
            self.offers.partner_id = self.person
        with self.assertRaises(UserError):
            self.offers.write({"partner_id": False, "contract_id": self.contract.id})

    @mute_logger("odoo.sql_db")
    def test_a_folder_has_one_owner(self):
        """CUB-58"""
        for owners in ({}, {"partner_id": self.firm.id, "contract_id": self.contract.id}):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.env["member.folder"].create({"name": "X", **owners})

    def test_what_lies_in_a_deleted_folder_moves_up(self):
        """CUB-58: no file goes with its folder"""
        inner = self.offers.copy({"name": "2026", "parent_id": self.offers.id})
        deep = self.offers.copy({"name": "05", "parent_id": inner.id})
        file, other = self.attach(folder=inner), self.attach(folder=deep)
        inner.unlink()
        self.assertEqual((file.member_folder_id, deep.parent_id), (self.offers, self.offers))
        self.assertEqual((other.member_folder_id, deep.complete_name), (deep, "Teklifler / 05"))

    def test_a_file_that_is_hung_elsewhere_leaves_its_folder(self):
        """CUB-58"""
        file = self.attach(folder=self.offers)
        file.res_id = self.person.id
        self.assertFalse(file.member_folder_id)
        self.assertTrue(self.offers.exists())

    def test_a_file_is_renamed_moved_and_deleted_on_the_page(self):
        """CUB-58"""
        file = self.attach(name="a.txt", user=self.clerk)
        self.firm.with_user(self.clerk).write(
            {"member_file_ids": [Command.update(file.id, {"name": "b.txt", "member_folder_id": self.offers.id})]}
        )
        self.assertEqual((file.name, file.member_folder_id), ("b.txt", self.offers))
        self.firm.with_user(self.clerk).write({"member_file_ids": [Command.delete(file.id)]})
        self.assertFalse(file.exists())

    def test_a_folder_is_made_on_the_page(self):
        """CUB-58: of customer and contract"""
        for record, view in (
            (self.firm, "base.view_partner_form"),
            (self.contract, "subscription_mgmt.subscription_contract_view_form"),
        ):
            with Form(record.with_user(self.clerk), view) as form, form.member_folder_ids.new() as folder:
                folder.name = "Yeni"
            self.assertIn("Yeni", record.member_folder_ids.mapped("name"))

    def test_several_files_are_uploaded_into_a_folder(self):
        """CUB-58"""
        files = self.env["ir.attachment"].with_user(self.clerk).create(
            [{"name": name, "raw": b"x", "res_model": "member.upload"} for name in ("a", "b")]
        )  # fmt: skip
        context = self.firm.with_user(self.clerk).action_upload_member_files()["context"]
        dialog = self.env["member.upload"].with_user(self.clerk).with_context(context).create(
            {"folder_id": self.offers.id, "attachment_ids": files.ids}
        )  # fmt: skip
        dialog.action_upload()
        self.assertEqual(self.firm.member_file_ids, files)
        self.assertEqual(files.member_folder_id, self.offers)

    def test_only_what_was_uploaded_is_taken_in(self):
        """CUB-58: the file of another record stays there"""
        file = self.attach(self.person)
        dialog = self.env["member.upload"].create({"partner_id": self.firm.id, "attachment_ids": file.ids})
        with self.assertRaises(UserError):
            dialog.action_upload()
        with self.assertRaises(UserError):
            self.env["member.upload"].create({"partner_id": self.firm.id}).action_upload()

    def test_beside_the_files_stand_the_folders_of_their_owner_alone(self):
        """CUB-58: empty ones too"""
        action = self.firm.action_browse_member_files()
        files = self.env["ir.attachment"].with_context(action["context"])
        values = files.search_panel_select_range("member_folder_id", expand=True, hierarchize=True)["values"]
        self.assertEqual([value["id"] for value in values], self.offers.ids)

    def test_folders_and_files_follow_a_merged_member(self):
        """CUB-58: the folder of a file stays"""
        file = self.attach(self.person, self.foreign)
        self.person.is_company = True
        self.env["base.partner.merge.automatic.wizard"].create({})._merge((self.firm | self.person).ids, self.firm)
        self.env.invalidate_all()
        self.assertEqual((file.res_id, file.member_folder_id, self.foreign.partner_id),
                         (self.firm.id, self.foreign, self.firm))  # fmt: skip

    def test_counting_files_takes_one_query(self):
        folders = self.env["member.folder"].create(
            [{"name": str(number), "partner_id": self.firm.id} for number in range(12)]
        )
        self.attach(folder=folders[3])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.assertEqual(sum(folders.mapped("file_count")), 1)
