from . import subscription_bill
