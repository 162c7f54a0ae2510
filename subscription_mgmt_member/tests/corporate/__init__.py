from . import test_targets
from . import test_team
from . import test_units
