from . import res_users
from . import res_partner
from . import mail_message
from . import mail_thread
from . import mail_compose_message
from . import res_partner_category
from . import member_permission
from . import ir_ui_menu
