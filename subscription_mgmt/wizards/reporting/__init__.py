from . import subscription_assurance_page
from . import subscription_forecast
from . import subscription_history
