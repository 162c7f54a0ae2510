from . import subscription_external_id
from . import subscription_import_layout_members
