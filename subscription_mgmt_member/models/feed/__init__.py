# ruff: isort: off
from . import member_activity
from . import history
from . import visibility
from . import member_activity_source
from . import sources
from . import res_partner
from . import mail_message
