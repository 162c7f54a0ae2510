from . import test_ubl
