from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalTickets(PortalCase):
    """The right to requests holds for tickets, too, where the help desk is installed (WMM-32, CUB-49)."""

    def setUp(self):
        super().setUp()
        if "helpdesk.ticket" not in self.env:
            self.skipTest("no help desk")
        tickets = self.env["helpdesk.ticket"].sudo()
        common = {"description": "Broken", "company_id": self.company.id}
        self.ticket = tickets.create({"name": "Boiler", "partner_id": self.firm.id, **common})
        self.own = tickets.create({"name": "Chair", "partner_id": self.colleague.partner_id.id, **common})

    def test_wmm_32_lists_and_pages(self):
        for user, given in ((self.manager, True), (self.buyer, True), (self.colleague, False), (self.stranger, False)):
            self.enter(user)
            self.assertEqual("Boiler" in self.get("/my/tickets")[0], given, user.login)
            self.assertEqual("Boiler" in self.get(f"/my/ticket/{self.ticket.id}")[0], given, user.login)

    def test_wmm_32_ones_own_request_is_seen_without_the_right(self):
        self.enter(self.colleague)
        self.assertIn("Chair", self.get("/my/tickets")[0])
        self.assertEqual(self.make_jsonrpc_request("/my/counters", {"counters": ["ticket_count"]})["ticket_count"], 1)

    def test_wmm_32_who_may_not_ask_opens_none(self):
        for user, asked in ((self.colleague, 0), (self.buyer, 1)):
            self.enter(user)
            self.assertEqual(self.get("/new/ticket")[1] == "/new/ticket", bool(asked), user.login)
            self.post("/submitted/ticket", subject=f"New of {user.login}", description="Text", category="")
            found = self.env["helpdesk.ticket"].sudo().search_count([("name", "=", f"New of {user.login}")])
            self.assertEqual(found, asked)

    def test_wmm_32_nobody_closes_requests_of_others(self):
        stage = (
            self.env["helpdesk.ticket.stage"].sudo().create({"name": "Over", "closed": True, "close_from_portal": True})
        )
        self.enter(self.colleague)
        self.get(f"/ticket/close?ticket_id={self.ticket.id}&stage_id={stage.id}")
        self.assertNotEqual(self.ticket.stage_id, stage)
