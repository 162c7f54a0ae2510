from . import test_billing
from . import test_billing_entry
from . import test_billing_processes
from . import test_billing_review
from . import test_delivery
from . import test_faults_settlement_billing
from . import test_honest_runs
from . import test_invoice_head
