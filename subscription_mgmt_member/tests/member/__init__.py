from . import test_additional, test_member, test_second_record, test_trading
