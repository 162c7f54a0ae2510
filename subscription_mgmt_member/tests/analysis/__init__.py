from . import test_analysis
from . import test_analysis_portal
from . import test_analysis_rights
