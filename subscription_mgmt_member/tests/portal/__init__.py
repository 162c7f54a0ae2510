from . import test_approval
from . import test_ordering
from . import test_portal_rights
from . import test_portal_routes
from . import test_portal_tickets
from . import test_portal_tour
