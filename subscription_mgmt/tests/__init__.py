from . import test_billing
from . import test_billing_entry
from . import test_billing_processes
from . import test_company_switch
from . import test_contract
from . import test_installment
from . import test_lifecycle
from . import test_security
