from . import test_additional, test_duplicates, test_member, test_trading
