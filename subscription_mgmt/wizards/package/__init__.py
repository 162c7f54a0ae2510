from . import subscription_package_grant
from . import subscription_entitlement_refund
from . import subscription_credit_correction
