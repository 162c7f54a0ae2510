from . import approval
from . import ordering
from . import payment_transaction
from . import product_template
from . import rights
from . import sale_order
from . import sale_report
