import os
import subprocess
import sys

import odoo
from odoo import api
from odoo.tests import BaseCase


class ProcessCase(BaseCase):
    """Tests in real processes on real transactions: what they write is committed, in a company of their own.

    A test makes what it needs in `make_records`, and `clear` removes it again.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db = odoo.tests.common.get_db_name()
        cls.registry = odoo.modules.registry.Registry(cls.db)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            company = env["res.company"].create({"name": f"{cls.__name__} {os.getpid()}"})
            env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
            company.subscription_enabled = True
            env = env(context={"allowed_company_ids": company.ids})
            product = env["product.product"].create({"name": "P", "type": "service", "company_id": company.id})
            cls.company_id, cls.product_id = company.id, product.id
            cls.make_records(env, company, product)

    @classmethod
    def tearDownClass(cls):
        """Close the company again, so that the database is as it was."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"active_test": False})
            cls.clear(env)
            env["res.company"].browse(cls.company_id).write({"subscription_enabled": False, "active": False})
        super().tearDownClass()

    @classmethod
    def make_records(cls, env, company, product):
        """What the tests work on."""

    @classmethod
    def clear(cls, env):
        """Remove what the tests have made."""

    @classmethod
    def clear_moves(cls, env):
        """Delete the invoices of the company, posted ones too."""
        moves = env["account.move"].search([("company_id", "=", cls.company_id)])
        moves.filtered(lambda move: move.state == "posted").button_draft()
        moves.with_context(force_delete=True).unlink()

    def start(self, program, *args):
        """A child process that runs the program; its input and output are pipes."""
        command = [sys.executable, "-c", program, self.db, *map(str, args)]
        worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(worker.stdout.close)
        self.addCleanup(worker.stdin.close)
        return worker
