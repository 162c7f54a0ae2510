"""Open the screens of the guide in a browser and keep their pictures; called by bin/screenshots."""

import argparse
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
ADMIN, CUSTOMER = "admin", "musteri"


class Screen(NamedTuple):
    """One picture.

    :param path: address behind the server's; `{model:domain}` becomes the id of the newest record that fits.
    :param clicks: selectors that are clicked one after the other.
    """

    name: str
    path: str
    clicks: tuple = ()
    login: str = ADMIN


SCREENS = (
    Screen("home", "/odoo/action-subscription_mgmt.subscription_home_action"),
    Screen("waterfall", "/odoo/action-subscription_mgmt.subscription_mrr_report_action"),
    Screen(
        "cohorts",
        "/odoo/action-subscription_mgmt.subscription_mrr_report_action",
        ("text=/Cohorts|Başlangıç Grupları|Cohorte/",),
    ),
    Screen("unpaid", "/odoo/action-subscription_mgmt.subscription_unpaid_action"),
    Screen("outlook", "/odoo/action-subscription_mgmt.subscription_outlook_action"),
    Screen("members", "/odoo/action-subscription_mgmt_member.res_partner_action"),
    Screen("member", "/odoo/action-subscription_mgmt_member.res_partner_action/{res.partner:member_target_ids}"),
    Screen(
        "member_organisation",
        "/odoo/action-subscription_mgmt_member.res_partner_action/{res.partner:member_team_ids}",
        ("a[name=member_organisation]",),
    ),
    Screen("profit", "/odoo/action-subscription_mgmt.subscription_profit_report_action"),
    Screen("dues", "/odoo/action-subscription_mgmt.subscription_due_action"),
    Screen("member_cards", "/odoo/action-subscription_mgmt_member.member_card_action"),
    Screen("member_targets", "/odoo/action-subscription_mgmt_member.member_target_action"),
    Screen("member_analyses", "/odoo/action-subscription_mgmt_member.survey_user_input_action"),
    Screen("member_activities", "/odoo/action-subscription_mgmt_member.member_activity_action"),
    Screen("member_permissions", "/odoo/action-subscription_mgmt_member.member_permission_action"),
    Screen("member_suggestions", "/odoo/action-subscription_mgmt_member.member_duplicate_action"),
    Screen("portal_approval", "/my/approvals", login="manager"),
    Screen("portal_statement", "/my/statement", login="manager"),
    Screen("contracts", "/odoo/action-subscription_mgmt.subscription_contract_action"),
    Screen(
        "contract", "/odoo/action-subscription_mgmt.subscription_contract_action/{subscription.contract:amendment_ids}"
    ),
    Screen(
        "contract_plan",
        "/odoo/action-subscription_mgmt.subscription_contract_action/{subscription.contract:amendment_ids}",
        ("a[name=payment_plan]",),
    ),
    Screen("plan", "/odoo/action-subscription_mgmt.subscription_installment_action"),
    Screen(
        "plan_calendar",
        "/odoo/action-subscription_mgmt.subscription_installment_action",
        ("button.o_switch_view.o_calendar",),
    ),
    Screen("interactions", "/odoo/action-subscription_mgmt.subscription_interaction_action"),
    Screen("runs", "/odoo/action-subscription_mgmt.subscription_billing_run_action"),
    Screen("balances", "/odoo/action-subscription_mgmt.subscription_wallet_action"),
    Screen(
        "bill_preview",
        "/odoo/action-subscription_mgmt.subscription_bill_action",
        ("button[name=action_take_next]", "button[name=action_preview]"),
    ),
    Screen("agenda", "/odoo/action-subscription_mgmt.subscription_interaction_agenda_action"),
    Screen("paid_subscriptions", "/odoo/action-subscription_mgmt.subscription_entitlement_action"),
    Screen("assurance", "/odoo/action-subscription_mgmt.subscription_assurance_page_action"),
    Screen("portal_packages", "/my/packages", login=CUSTOMER),
)


class Camera:
    """A browser that is logged in as whoever a screen is for."""

    def __init__(self, browser, base, size, folder, locale):
        self.browser, self.base, self.size, self.folder, self.locale = browser, base, size, folder, locale
        self.pages = {}

    def page(self, login):
        """A page of that person."""
        if login not in self.pages:
            width, height = self.size
            viewport = {"width": width, "height": height}
            page = self.browser.new_context(viewport=viewport, locale=self.locale).new_page()
            page.set_default_timeout(60000)
            page.goto(f"{self.base}/web/login")
            page.fill("#login", login)
            page.fill("#password", login)
            page.click("button[type=submit]")
            page.wait_for_url(lambda url: "/web/login" not in url)
            self.pages[login] = page
        return self.pages[login]

    def find(self, page, text):
        """Put the id of a record in the place of its description."""
        if "{" not in text:
            return text
        before, rest = text.split("{")
        wanted, after = rest.split("}")
        model, field = wanted.split(":")
        params = {"model": model, "method": "search", "args": [[[field, "!=", False]]]}
        params["kwargs"] = {"limit": 1, "order": "id", "context": {"active_test": False}}
        answer = page.request.post(f"{self.base}/web/dataset/call_kw", data={"params": params}).json()
        return f"{before}{answer['result'][0]}{after}"

    def take(self, screen):
        """Open a screen, wait until it is still, keep its picture."""
        page = self.page(screen.login)
        page.goto(self.base + self.find(page, screen.path))
        page.wait_for_selector(".o_action_manager > *, .modal-dialog, #wrap")
        self.settle(page)
        for selector in screen.clicks:
            page.locator(selector).first.click()
            self.settle(page)
        page.screenshot(path=self.folder / f"{screen.name}.png")

    @staticmethod
    def settle(page):
        """Nothing loads any more, and what moved has come to rest."""
        page.wait_for_load_state("load")
        page.wait_for_timeout(1500)
        page.wait_for_selector(".o_loading_indicator, .o_blockUI", state="detached")


def wait_for(base):
    """Until the server answers, two minutes at most."""
    for _second in range(120):
        try:
            urllib.request.urlopen(f"{base}/web/health", timeout=5)
            return
        except OSError:
            time.sleep(1)
    raise SystemExit("the server did not start")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--lang", default="en")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--phone", action="store_true")
    arguments = parser.parse_intermixed_args()
    known = {screen.name: screen for screen in SCREENS}
    if unknown := set(arguments.names) - set(known):
        parser.error(f"no such picture: {', '.join(sorted(unknown))} (there are: {', '.join(known)})")
    arguments.out.mkdir(parents=True, exist_ok=True)
    wait_for(arguments.base)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        size = WIDTHS["phone" if arguments.phone else "desktop"]
        camera = Camera(browser, arguments.base, size, arguments.out, arguments.lang)
        for name in arguments.names or known:
            camera.take(known[name])
            print(arguments.out / f"{name}.png", flush=True)
        browser.close()


main()
