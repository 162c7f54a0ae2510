from odoo.fields import Command

from ..common import MemberCase


class MergeCase(MemberCase):
    """A member to be merged into the firm, and users of each level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm.write({"phone": "+90 212 111 22 33", "city": "İzmir"})
        cls.double = cls.env["res.partner"].create(
            {
                "name": "Çınar Enerji Ltd. Şti.",
                "is_company": True,
                "phone": "+90 212 999 88 77",
                "email": "bilgi@cinar.example",
                "ref": "ESKI-7",
                "member_is_supplier": True,
                "child_ids": [Command.create({"name": "Nehir Aksoy"})],
            }
        )
        cls.editor = cls.make_user("edit")

    def merge(self, source=None, target=None, user=None):
        """Merge through the dialog, as a person does."""
        source, target = source or self.double, target or self.firm
        dialogs = self.env["member.merge"].with_user(user or self.editor)
        dialog = dialogs.create({"source_id": source.id, "target_id": target.id})
        dialog.action_merge()
        self.env.invalidate_all()
        return dialog
