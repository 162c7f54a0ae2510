from ..common import MemberCase


class DocumentCase(MemberCase):
    """A clerk, two customers with a folder each, and a contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.make_user("contribute", "subscription_mgmt.group_subscription_contributor")
        cls.company = cls.env.company
        cls.company.subscription_enabled = True
        cls.contract = cls.env["subscription.contract"].create(
            {"subject": "Internet", "partner_id": cls.firm.id, "date_start": "2026-01-01"}
        )
        cls.offers, cls.foreign, cls.signed = cls.env["member.folder"].create(
            [
                {"name": "Teklifler", "partner_id": cls.firm.id},
                {"name": "Yabancı", "partner_id": cls.person.id},
                {"name": "İmzalı", "contract_id": cls.contract.id},
            ]
        )

    @classmethod
    def attach(cls, record=None, folder=None, user=None, name="a.txt"):
        record = record or cls.firm
        values = {"name": name, "raw": b"x", "res_model": record._name, "res_id": record.id}
        files = cls.env["ir.attachment"].with_user(user or cls.env.user)
        return files.create({**values, "member_folder_id": folder.id if folder else False})
