"""A database of N members with four documents each, filled in bulk: one record of each kind is made by Odoo and copied
in the database with other values, so that 200,000 documents take a minute and not an hour."""

import random

from psycopg2.extras import execute_values

from odoo.tools import SQL

# Documents for each member; four in all
INVOICES, ORDERS, TASKS, LEADS = 1.6, 1.0, 0.8, 0.6
# Contacts for each member, lines of the feed, and documents of the one member that everybody works with
CONTACTS, LINES, HEAVY = 0.5, 5, 400
# One member in so many has a twin: another spelling, the same telephone
TWIN_EVERY = 100
# Members whose addresses are all with one provider
CROWD = 5000


class Data:
    """Fills a database; `env` has all rights."""

    def __init__(self, env, n):
        self.env, self.n = env, n
        self.first = None

    def fill(self):
        """Make everything, and work out what is stored of it."""
        pattern = self._make_patterns()
        self._make_names()
        self.first = self._copy_members(pattern["member"], pattern["contact"])
        self._copy_documents(pattern)
        self._recompute(pattern["member"])

    # === PATTERNS === #
    def _make_patterns(self):
        env = self.env
        if not env.company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", env.company, install_demo=False)
        member = env["res.partner"].create({"name": "Pattern", "is_company": True, "member_is_customer": True})
        contact = env["res.partner"].create({"name": "Pattern contact", "parent_id": member.id})
        product = env["product.product"].create({"name": "Service", "type": "service", "taxes_id": False})
        line = (0, 0, {"product_id": product.id, "price_unit": 100.0, "tax_ids": False})
        invoice = env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": member.id, "invoice_line_ids": [line]}
        )
        invoice.action_post()
        order = env["sale.order"].create(
            {"partner_id": member.id, "order_line": [(0, 0, {"product_id": product.id, "price_unit": 100.0})]}
        )
        order.action_confirm()
        project = env["project.project"].create({"name": "Benchmark"})
        task = env["project.task"].create({"name": "Task", "project_id": project.id, "partner_id": member.id})
        lead = env["crm.lead"].create({"name": "Lead", "type": "opportunity", "partner_id": member.id})
        env.flush_all()
        return {"member": member, "contact": contact, "invoice": invoice, "order": order, "task": task, "lead": lead}

    def _make_names(self):
        """Names, telephones and addresses of the members, in a table for the copies to read."""
        draw = random.Random(7)
        parts = [consonant + vowel for consonant in "bcdfghjklmnprstvyz" for vowel in "aeıioöuü"]
        words = ["".join(draw.choice(parts) for _ in range(draw.choice((2, 3)))).capitalize() for _ in range(900)]
        trades = ["Enerji", "Gıda", "Tekstil", "Lojistik", "Yapı", "Yazılım", "Otomotiv", "Turizm", "Medikal", "Metal"]
        legal = ["A.Ş.", "Ltd. Şti.", "San. ve Tic. Ltd. Şti.", "GmbH", "S.R.L."]
        rows = []
        for i in range(1, self.n + 1):
            name = f"{draw.choice(words)} {draw.choice(words)} {draw.choice(trades)} {draw.choice(legal)}"
            phone, domain = f"+90 5{draw.randrange(10**9):09}", f"firm{i}.example"
            if i % TWIN_EVERY == 0:
                twin = rows[-1]
                name, phone = twin[1][1:], "0" + twin[2][4:]
            if i % max(self.n // CROWD, 2) == 1 and i // max(self.n // CROWD, 2) < CROWD:
                domain = "provider.example"
            rows.append((i, name, phone, f"info{i}@{domain}", f"{draw.randrange(10**10):010}"))
        cr = self.env.cr
        cr.execute("CREATE TEMPORARY TABLE bench_name (g int PRIMARY KEY, name text, phone text, email text, vat text)")
        execute_values(cr._obj, "INSERT INTO bench_name VALUES %s", rows, page_size=5000)

    # === COPIES === #
    def _copy(self, record, count, **columns):
        """Copy the row of a record so often, with other values: SQL over the number `g` of the copy.

        :return: id of the copy number 0, which is not there.
        """
        cr, table = self.env.cr, record._table
        cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
        [base] = cr.fetchone()
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != 'id'", [table]
        )
        names = [name for [name] in cr.fetchall()]
        values = ", ".join(f"({columns[name]})" if name in columns else f'row."{name}"' for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        cr.execute(
            f'INSERT INTO "{table}" (id, {listed}) SELECT {base} + g, {values} '
            f'FROM "{table}" row, generate_series(1, {int(count)}) g WHERE row.id = {record.id} ORDER BY g'
        )
        cr.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM \"{table}\"))")
        return base

    def _copy_members(self, member, contact):
        read = {name: f"SELECT {name} FROM bench_name WHERE bench_name.g = g.g" for name in ("phone", "email", "vat")}
        name = "SELECT name FROM bench_name WHERE bench_name.g = g.g"
        base = f"(SELECT max(id) FROM res_partner WHERE id <= {contact.id})"
        base_id = self._copy(
            member, self.n, **read, name=name, complete_name=name, commercial_partner_id=f"{base} + g.g",
            member_match_root_id="NULL",
        )  # fmt: skip
        owner = f"{base_id} + 1 + (g * 7919) % {self.n}"
        self._copy(
            contact, self.n * CONTACTS, parent_id=owner, commercial_partner_id=owner, name="'Contact ' || g",
            email="'person' || g || '@example' || g % 1000 || '.example'", phone="'0532 ' || (1000000 + g)",
        )  # fmt: skip
        return base_id + 1

    def _copy_documents(self, pattern):
        n = self.n
        owner = f"CASE WHEN g <= {min(HEAVY, n)} THEN {self.first} ELSE {self.first} + (g * 7919) % {n} END"
        day = "(now() - (g % 700) * interval '1 day')"
        invoice = pattern["invoice"]
        moves = self._copy(
            invoice, n * INVOICES, partner_id=owner, commercial_partner_id=owner, partner_shipping_id=owner,
            name="'B' || g", sequence_number="g", date=day, invoice_date=day, invoice_date_due=day,
            access_token="NULL", create_date=day,
        )  # fmt: skip
        for line in invoice.line_ids:
            self._copy(
                line, n * INVOICES, move_id=f"{moves} + g", partner_id=owner, date=day, move_name="'B' || g",
                date_maturity="CASE WHEN row.date_maturity IS NULL THEN NULL ELSE " + day + " END", invoice_date=day,
            )  # fmt: skip
        order = pattern["order"]
        orders = self._copy(
            order, n * ORDERS, partner_id=owner, partner_invoice_id=owner, partner_shipping_id=owner, name="'S' || g",
            date_order=day, access_token="NULL",
        )  # fmt: skip
        self._copy(order.order_line, n * ORDERS, order_id=f"{orders} + g", order_partner_id=owner)
        tasks = self._copy(pattern["task"], n * TASKS, partner_id=owner, name="'Task ' || g", access_token="NULL")
        leads = self._copy(pattern["lead"], n * LEADS, partner_id=owner, name="'Lead ' || g")
        if "member.activity" in self.env:
            self._copy_feed(owner, day, {"sale.order": orders, "project.task": tasks, "crm.lead": leads})

    def _copy_feed(self, owner, day, documents):
        """What happened with the members: a line for most documents, the newest last."""
        lines = self.env["member.activity"].search([], order="id desc", limit=1)
        if not lines:
            return
        kinds = {"sale.order": "offer_given", "project.task": "task_added", "crm.lead": "opportunity"}
        for model, base in documents.items():
            self._copy(
                lines, self.n * LINES / 3, partner_id=owner, date=day, res_model=f"'{model}'",
                res_id=f"{base} + 1 + g % {int(self.n * LEADS)}", kind=f"'{kinds[model]}'", message_id="NULL",
                field_name="NULL", company_id="NULL",
            )  # fmt: skip

    def _recompute(self, member):
        """Keys by which members are searched, and found to be the same."""
        partners = self.env["res.partner"].search([("id", ">", member.id)], order="id")
        own = [
            field
            for name, field in partners._fields.items()
            if name.startswith("member_") and field.store and field.compute and not field.company_dependent
        ]
        for start in range(0, len(partners), 5000):
            batch = partners[start : start + 5000]
            for field in own:
                self.env.add_to_compute(field, batch)
            self.env.flush_all()
            self.env.invalidate_all()
