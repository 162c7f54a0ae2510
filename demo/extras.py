"""What else a company has to show: packages and their use, requests, a contract that could not be billed."""

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

LOGIN = "musteri"


def make_dunning(env, words):
    """Reminders after 3, 10 and 20 days, then a pause."""
    template = env.ref("subscription_mgmt.mail_template_dunning", raise_if_not_found=False)
    template = template or env["mail.template"].search([("model", "=", "account.move")], limit=1)
    steps = [(3, "email"), (10, "email"), (20, "activity"), (45, "pause")]
    plan = env["subscription.dunning.plan"].create(
        {
            "name": words.plan,
            "max_days": 90,
            "step_ids": [
                Command.create({"days": days, "action": action, "template_id": action == "email" and template.id})
                for days, action in steps
            ],
        }
    )
    env.company.subscription_dunning_plan_id = plan


def make_packages(env, words):
    """Two packages on sale: one that is paid at once, one that may be paid in instalments."""
    tax = [Command.set(env.company.account_sale_tax_id.ids)]
    values = {"name": words.credit_product, "type": "service", "list_price": 0, "taxes_id": tax}
    product = env["product.product"].create(values)
    department = env["subscription.department"].create({"name": words.department, "credits_per_request": 1})
    packages = env["subscription.package"].create(
        [
            {
                "name": name,
                "kind": "credit",
                "credits": credits,
                "price": price,
                "product_id": product.id,
                "department_ids": [Command.set(department.ids)],
            }
            for name, credits, price in words.packages
        ]
    )
    packages.action_publish()
    return packages, department


def use_packages(env, words, partners):
    """Customers who bought credits, one who got them as a gift, and what they asked."""
    packages, department = make_packages(env, words)
    project = env["project.project"].create({"name": words.department})
    for number, partner in enumerate(partners):
        wizard = env["subscription.package.grant"].create(
            {
                "partner_id": partner.id,
                "package_id": packages[number % 2].id,
                "make_invoice": number > 0,
                "reason": words.said["gift"] if number == 0 else packages[number % 2].name,
            }
        )
        wizard.action_grant()
        tasks = env["project.task"].create(
            [{"name": words.products[6][1], "project_id": project.id, "partner_id": partner.id}] * (number + 1)
        )
        for task in tasks:
            partner._consume_credits(department, task)


def make_requests(env, words, contracts):
    """Two subscribers ask something in the portal."""
    today = env.company._subscription_today()
    moved = env.ref("subscription_mgmt.close_reason_moved")
    for contract, kind in zip(contracts, ("pause", "close"), strict=True):
        first, _last = contract._get_request_days(kind, today + relativedelta(months=1))
        last, reason = (first + relativedelta(months=2), None) if kind == "pause" else (None, moved)
        text = words.said["wish" if kind == "pause" else "close"]
        env["subscription.request"]._ask(contract, contract.partner_id, kind, first, text, last, reason)


def park_one(contract):
    """The payer of a contract was archived by mistake: its next bill is set aside with the reason."""
    contract.partner_id.active = False
