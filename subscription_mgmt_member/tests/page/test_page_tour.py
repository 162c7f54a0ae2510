from odoo.tests import HttpCase, tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestClerksDay(PageCommon, HttpCase):
    def test_a_clerks_day_on_one_customer(self):
        """Find her, look, add one, make it active, begin a task, make it passive."""
        admin = self.env.ref("base.user_admin")
        admin.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        self.firm.phone = "+90 532 111 22 33"
        self.project.partner_id = self.firm
        self.make_task(self.firm, "Replace the modem")
        self.start_tour("/odoo/members", "member_clerks_day", login="admin", timeout=180)
        added = self.env["res.partner"].search([("name", "=", "Lale Tekstil")])
        self.assertEqual((added.member_state, added.phone), ("active", "0532 999 88 77"))
        self.assertTrue(added.is_company and added.member_is_customer)
        task = self.env["project.task"].search([("name", "=", "Call about the offer")])
        self.assertEqual(task.partner_id, added)
