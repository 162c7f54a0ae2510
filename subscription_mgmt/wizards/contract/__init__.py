from . import subscription_contract_activate
from . import subscription_contract_activate_line
from . import subscription_contract_close
from . import subscription_contract_pause
from . import subscription_contract_reopen
from . import subscription_installment_skip
from . import subscription_plan_change
