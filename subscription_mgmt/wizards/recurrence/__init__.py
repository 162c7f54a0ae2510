from . import subscription_recurrence_generate
from . import subscription_recurrence_regenerate
from . import subscription_recurrence_preview
from . import subscription_interaction_dialogs
from . import subscription_recurrence_text
