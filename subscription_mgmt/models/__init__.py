from . import subscription_mixin
from . import res_company
from . import res_config_settings
from . import res_partner
from . import ir_ui_menu
from . import subscription_category
from . import subscription_close_reason
from . import subscription_tag
from . import subscription_contract
from . import subscription_contract_line
from . import subscription_installment
from . import subscription_plan
from . import subscription_contract_lifecycle
from . import subscription_backlog
from . import subscription_contract_profit
from . import subscription_billing_run
from . import subscription_billing_cron
from . import subscription_billing_entry
from . import subscription_billing_invoice
from . import subscription_billing_parking
from . import subscription_billing_review
from . import account_move
from . import subscription_assurance
from . import subscription_external_id
from . import subscription_import_engine, subscription_import_resolve, subscription_import_contracts
from . import subscription_import_members, subscription_import_plans, subscription_import_write
from . import subscription_import_heading
from . import subscription_import_batch, subscription_import_change, subscription_import_job, subscription_import_undo
from . import subscription_contract_import
