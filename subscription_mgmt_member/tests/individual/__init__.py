from . import test_individual
from . import test_individual_merge
