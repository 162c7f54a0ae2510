from . import test_account_page
from . import test_interest_charge
from . import test_interest_processes
from . import test_limit
from . import test_statement
from . import test_statement_outputs
from . import test_statement_portal
