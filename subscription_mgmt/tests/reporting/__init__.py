from . import test_assurance
from . import test_assurance_differences
from . import test_assurance_lives
from . import test_assurance_month
from . import test_foresight
from . import test_figures
from . import test_history
