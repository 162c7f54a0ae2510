from . import subscription_import
from . import subscription_import_issue
from . import subscription_import_column
from . import subscription_import_result
from . import subscription_import_undo
