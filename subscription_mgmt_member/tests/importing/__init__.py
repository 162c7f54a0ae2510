from . import test_import_more_members
