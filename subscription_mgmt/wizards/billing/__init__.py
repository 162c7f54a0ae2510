from . import subscription_bill
from . import due
