from . import helpdesk_ticket
from . import helpdesk_ticket_team
from . import mail_gateway
from . import notification
from . import subscription_refused_request
