from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestFilesRights(DocumentCase):
    """Files and folders have the rights of the customer or contract that they belong to (CUB-58)."""

    def check_closed(self, user, folder, file, *operations):
        for record in (folder, file):
            for operation in operations:
                self.assertFalse(record.with_user(user).has_access(operation), (record._name, operation))

    def test_who_looks_reads_and_changes_nothing(self):
        """CUB-58: View"""
        viewer = self.make_user("view")
        file = self.attach(folder=self.offers)
        self.assertEqual(self.firm.with_user(viewer).member_file_ids, file)
        self.assertIn(self.offers, self.env["member.folder"].with_user(viewer).search([]))
        self.check_closed(viewer, self.offers, file, "write", "unlink")
        folders = self.env["member.folder"].with_user(viewer)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            folders.create({"name": "X", "partner_id": self.firm.id})
        with self.assertRaises(AccessError):
            self.attach(user=viewer)
        dialog = self.env["member.upload"].with_user(viewer).create({"partner_id": self.firm.id})
        dialog.attachment_ids = self.env["ir.attachment"].with_user(viewer).create({"name": "a", "raw": b"x"})
        with self.assertRaises(AccessError):
            dialog.action_upload()

    def test_of_a_customer_of_another_company_nothing_is_seen(self):
        """CUB-58"""
        file = self.attach(folder=self.offers)
        self.firm.child_ids.company_id = self.firm.company_id = self.env["res.company"].create({"name": "Abroad"})
        self.env.invalidate_all()
        self.check_closed(self.clerk, self.offers, file, "read", "write", "unlink")
        self.assertNotIn(self.offers, self.env["member.folder"].with_user(self.clerk).search([]))

    def test_of_contracts_nothing_is_seen_without_the_right(self):
        """CUB-58: a clerk of customers, not of subscriptions"""
        clerk = self.make_user("contribute", login="member_only")
        file = self.attach(self.contract, self.signed)
        self.check_closed(clerk, self.signed, file, "read", "write", "unlink")
        self.assertEqual(self.env["member.folder"].with_user(clerk).search([("id", "in", self.signed.ids)]).ids, [])
        self.assertIn(self.offers, self.env["member.folder"].with_user(clerk).search([]))

    def test_who_only_reads_contracts_changes_no_files_of_them(self):
        """CUB-58"""
        reader = self.make_user("contribute", "subscription_mgmt.group_subscription_viewer", login="member_reader")
        file = self.attach(self.contract, self.signed)
        self.assertEqual(self.contract.with_user(reader).member_file_ids, file)
        self.check_closed(reader, self.signed, file, "write", "unlink")

    def test_nobody_of_the_portal_sees_folders(self):
        """CUB-58: not even of one's own"""
        user = new_test_user(self.env, "member_portal", groups="base.group_portal")
        self.offers.copy({"partner_id": user.partner_id.id})
        self.assertFalse(self.env["member.folder"].with_user(user).has_access("read"))
        with self.assertRaises(AccessError):
            user.partner_id.with_user(user).read(["member_file_ids"])
