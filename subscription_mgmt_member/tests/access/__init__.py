from . import test_levels
from . import test_level_none
from . import test_level_export
from . import test_permissions
