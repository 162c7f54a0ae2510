from . import test_anaf
