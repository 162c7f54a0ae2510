from . import subscription_contract_activate
from . import subscription_bill, subscription_contract_close, subscription_installment_skip, subscription_plan_change
from . import subscription_import, subscription_import_issue, subscription_import_column, subscription_import_result
from . import subscription_import_undo
from . import subscription_package_grant
from . import subscription_entitlement_refund
from . import subscription_credit_correction
from . import subscription_recurrence_generate
from . import subscription_recurrence_regenerate
from . import subscription_recurrence_preview
from . import subscription_interaction_dialogs
from . import subscription_recurrence_text
