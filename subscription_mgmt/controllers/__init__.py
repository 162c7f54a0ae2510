from . import portal_packages
from . import portal_subscriptions
from . import portal_requests
