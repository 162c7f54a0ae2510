from . import test_limit, test_statement, test_statement_outputs, test_statement_portal
