from . import subscription_mixin
from . import subscription_alert_mixin
from . import subscription_invoicing_mixin
from . import subscription_sale_line_mixin
from . import res_company
from . import res_config_settings
from . import ir_ui_menu
from . import subscription_parking_mixin
