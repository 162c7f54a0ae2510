from . import payment_provider
from . import payment_transaction
from . import subscription_charge
from . import sending
from . import account_move
from . import subscription_dunning_plan
from . import dunning
from . import subscription_dunning_log
