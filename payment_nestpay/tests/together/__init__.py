from . import test_package_at_bank
