from . import subscription_billing_run
from . import background
from . import entry
from . import head
from . import invoicing
from . import review
from . import account_move
from . import corrected
