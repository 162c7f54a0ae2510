from . import subscription_contract_activate
from . import subscription_contract_close
from . import subscription_installment_skip
from . import subscription_plan_change
