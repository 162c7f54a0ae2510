from . import test_charge
from . import test_charge_demo
from . import test_charge_processes
from . import test_charge_security
from . import test_dunning
from . import test_one_payer
from . import test_protection
from . import test_open_amount
