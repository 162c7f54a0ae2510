from . import payment_provider
from . import bank_api
from . import payment_transaction
from . import form
from . import results
from . import asking
from . import refunding
