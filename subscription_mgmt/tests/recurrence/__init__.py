from . import test_interaction
from . import test_recurrence_contract
from . import test_recurrence_generation
from . import test_recurrence_processes
from . import test_recurrence_regeneration
from . import test_recurrence_rule
from . import test_recurrence_security
from . import test_recurring_invoice
