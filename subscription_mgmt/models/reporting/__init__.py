from . import profit
from . import subscription_assurance
