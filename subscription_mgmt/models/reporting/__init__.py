from . import profit
from . import subscription_assurance
from . import subscription_assurance_check
from . import subscription_assurance_difference
from . import subscription_assurance_month
from . import comparison
from . import foresight
from . import figures
