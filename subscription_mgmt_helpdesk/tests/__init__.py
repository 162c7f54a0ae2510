from . import test_customer_managers
from . import test_helpdesk_security
from . import test_refused_requests
from . import test_ticket_mail
from . import test_ticket_portal
from . import test_ticket_processes
from . import test_tickets
