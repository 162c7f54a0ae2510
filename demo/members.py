"""Twenty members with every case of the members' add-on; run by bin/demo inside `odoo shell`, after main_job.py."""

import base64
import os
import sys
from datetime import timedelta

sys.path.insert(0, "demo")
from company import make_portal_user
from words import LANGUAGES

from odoo import fields
from odoo.fields import Command

MANAGER, EMPLOYEE = "manager", "employee"  # logins of two people of one member
TEXTS = {
    "tr": (
        "Önemli Müşteriler", "Ankara Şubesi", "Satın Alma", "Genel Müdür", "Satın Alma Uzmanı", "Finansal yeterlilik",
        "Ödemelerini zamanında yapıyor mu?", ("Her zaman", "Bazen"), "Sözleşmeler", "Sözleşme.txt",
        "Fiyat listesini gönder",
        "Kurulum", "Yeni şube için teklif", "Yılbaşında yeniden görüşülecek.", "Genel", "Teminat mektubu", "Tedarik",
    ),
    "en": (
        "Key Customers", "Millbrook Branch", "Purchasing", "Managing Director", "Buyer", "Financial standing",
        "Do they pay on time?", ("Always", "Sometimes"), "Contracts", "Contract.txt", "Send the price list",
        "Installation", "Offer for the new branch", "To be talked over again in January.", "General", "Bank guarantee",
        "Supply",
    ),
    "ro": (
        "Clienți importanți", "Filiala Cluj", "Achiziții", "Director general", "Specialist achiziții",
        "Situație financiară",
        "Plătesc la timp?", ("Întotdeauna", "Uneori"), "Contracte", "Contract.txt", "De trimis lista de prețuri",
        "Instalare", "Ofertă pentru noua filială", "De rediscutat în ianuarie.", "General", "Scrisoare de garanție",
        "Aprovizionare",
    ),
}  # fmt: skip


class Members:
    """Dress customers of the demo company with what a business knows of its members."""

    def __init__(self, env, words, texts):
        (self.tag, self.branch, self.department, self.director, self.buyer, self.form, self.question, self.answers,
         self.folder, self.file, self.todo, self.done, self.lead, self.note, self.project, self.guarantee,
         self.supply) = texts  # fmt: skip
        self.env, self.words, self.today = env, words, env.company._subscription_today()
        held = env["subscription.contract"].search([("state", "=", "active")], order="id").partner_id
        self.firms, self.persons = held.filtered("is_company")[:12], (held - held.filtered("is_company"))[:8]
        self.users = env["res.users"].search([("share", "=", False), ("login", "in", ("ayse", "ion"))])
        self.names = zip(words.first, words.last, strict=False)

    def make(self):
        self.classify()
        self.build_organisation(self.firms[0])
        self.relate(self.persons)
        self.trade(self.firms)
        self.keep_account(self.firms[0])
        self.analyse(self.firms[:3])
        self.file_papers(self.firms[0])
        self.double(self.firms[1])
        self.env["member.duplicate"]._cron_find_duplicates()
        self.env["member.permission"].create(
            [{"user_id": user.id, "level": level} for user, level in zip(self.users, ("edit", "view"), strict=False)]
        )

    def create(self, model, **values):
        return self.env[model].create(values)

    def classify(self):
        """Roles, categories, sectors, states, people responsible."""
        category = self.create("res.partner.category", name=self.tag)
        industries = self.env["res.partner.industry"].search([], limit=3)
        (self.firms + self.persons).write({"member_is_customer": True, "user_id": self.users[:1].id})
        self.firms[:5].write(
            {"category_id": [Command.link(category.id)], "member_team_ids": [Command.set(self.users.ids)]}
        )
        for number, firm in enumerate(self.firms):
            firm.write({"industry_id": industries[number % 3].id, "phone": f"0532 100 20 {number:02}"})
        self.firms[2].member_channel = "dealer"
        self.firms[3].member_is_supplier = True
        self.firms[4].write({"member_is_supplier": True, "member_channel": "wholesaler"})
        self.persons[7:].member_is_affiliate = True
        country = self.env.company.country_id.id
        new = {"is_company": True, "member_is_customer": True, "country_id": country, "lang": self.words.lang}
        for state, firm in (("potential", self.words.firm[-1]), ("passive", self.words.firm[-2])):
            self.create(
                "res.partner", name=f"{firm} {self.words.trade[-1]} {self.words.form[0]}", member_state=state, **new
            )

    def build_organisation(self, firm):
        """A branch with a department, a manager who approves in the portal, an employee who orders there."""
        branch = self.create("res.partner", name=self.branch, parent_id=firm.id, member_unit="branch", type="other",
                             city=self.words.cities[1], phone="0312 555 10 20")  # fmt: skip
        department = self.create("res.partner", name=self.department, parent_id=branch.id, member_unit="department",
                                 type="other")  # fmt: skip
        people = []
        for parent, job, login in ((firm, self.director, MANAGER), (department, self.buyer, EMPLOYEE)):
            first, last = next(self.names)
            values = {"name": f"{first} {last}", "parent_id": parent.id, "function": job, "lang": self.words.lang}
            people.append(self.create("res.partner", email=f"{login}@customers.example", **values))
        manager, employee = people
        firm.member_portal_governed = True
        manager.member_portal_manager = True
        employee.write({"member_portal_orders": True, "member_portal_requests": True})
        branch.write({"member_manager_id": manager.id, "user_id": self.users[-1:].id})
        for person, login in ((manager, MANAGER), (employee, EMPLOYEE)):
            make_portal_user(self.env, person, login)
        for unit, amount in ((firm, 60000), (branch, 20000)):
            self.create(
                "member.target", partner_id=unit.id, year=self.today.year, amount=amount * self.words.price_factor
            )
        products = self.env["product.product"].search([("default_code", "in", ("IP-4", "KAMERA"))])
        products.product_tmpl_id.member_orderable = True
        self.env["sale.order"]._order_as_member(employee, self.env.company, {products[0].id: 2}, branch)

    def relate(self, persons):
        """A family, personal data, a customer card with an additional user."""
        degree = self.env.ref
        for person, relative, name in ((0, 1, "spouse"), (0, 2, "child"), (1, 3, "sibling")):
            self.create("member.relation", partner_id=persons[person].id, relative_id=persons[relative].id,
                        degree_id=degree(f"subscription_mgmt_member.relation_degree_{name}").id)  # fmt: skip
        persons[0].write({"member_birth_date": fields.Date.to_date("1984-05-17"), "function": self.director})
        self.create("member.card", partner_id=persons[0].id, date_from=self.today,
                    user_ids=[Command.create({"partner_id": persons[1].id})])  # fmt: skip

    def trade(self, firms):
        """Opportunity, offer, order, purchase, tasks that are overdue, pending and done, notes."""
        product = self.env["product.product"].search([("default_code", "=", "KAMERA")])
        line = [Command.create({"product_id": product.id, "product_uom_qty": 2})]
        self.create("crm.lead", name=self.lead, partner_id=firms[0].id, type="opportunity",
                    expected_revenue=50000 * self.words.price_factor)  # fmt: skip
        self.create("sale.order", partner_id=firms[0].id, order_line=line)
        self.create("sale.order", partner_id=firms[1].id, order_line=line).action_confirm()
        lines = [Command.create({"product_id": product.id, "product_qty": 3, "price_unit": product.list_price / 2})]
        self.create("purchase.order", partner_id=firms[3].id, order_line=lines)
        self.create("purchase.order", partner_id=firms[4].id, order_line=lines).button_confirm()
        project = self.create("project.project", name=self.project)
        for name, days, state in (
            (self.todo, -3, "01_in_progress"),
            (self.done, 9, "01_in_progress"),
            (self.supply, -9, "1_done"),
        ):
            self.create("project.task", name=name, project_id=project.id, partner_id=firms[0].id, state=state,
                        date_deadline=self.today + timedelta(days=days))  # fmt: skip
        firms[0].message_post(body=self.note)

    def keep_account(self, firm):
        """A bank account, a limit that stops, a rate of interest, a guarantee."""
        self.env.company.account_use_credit_limit = True
        self.create("res.partner.bank", partner_id=firm.id, acc_number="TR330006100519786457841326")
        firm.write({"use_partner_credit_limit": True, "credit_limit": 40000 * self.words.price_factor,
                    "member_limit_action": "stop", "member_interest_rate": 2})  # fmt: skip
        self.create("member.collateral", name="2026/118", partner_id=firm.id, amount=25000 * self.words.price_factor,
                    issuer=self.guarantee)  # fmt: skip

    def analyse(self, firms):
        """A form, filled in twice for each."""
        form = self.create(
            "survey.survey", title=self.form, member_is_analysis=True, scoring_type="scoring_without_answers"
        )
        answers = [Command.create({"value": name, "is_correct": not number, "answer_score": 10 - 6 * number})
                   for number, name in enumerate(self.answers)]  # fmt: skip
        question = self.create("survey.question", survey_id=form.id, title=self.question, question_type="simple_choice",
                               suggested_answer_ids=answers)  # fmt: skip
        form.member_published = True
        for number, firm in enumerate(firms):
            for chosen in (question.suggested_answer_ids[number % 2], question.suggested_answer_ids[0]):
                given = form._start_member_analysis(firm)
                given._save_lines(question, chosen.id)
                given._mark_done()

    def file_papers(self, firm):
        folder = self.create("member.folder", name=self.folder, partner_id=firm.id)
        text = base64.b64encode(self.note.encode())
        self.create("ir.attachment", name=self.file, datas=text, res_model="res.partner", res_id=firm.id,
                    member_folder_id=folder.id)  # fmt: skip

    def double(self, firm):
        """The same customer a second time, as it happens: for the suggestions."""
        self.create("res.partner", name=firm.name.upper(), is_company=True, phone="+90 532 100 20 01", city=firm.city,
                    member_is_customer=True)  # fmt: skip


code = os.environ.get("DEMO_LANG", "en")
chosen = LANGUAGES[code]
Members(env(context={**env.context, "lang": chosen.lang}), chosen, TEXTS[code]).make()
env.cr.commit()
print("  Portal of a member: manager approves what employee ordered (passwords as logins)")
