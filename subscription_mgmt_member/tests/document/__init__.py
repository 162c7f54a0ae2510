from . import test_folders
from . import test_files_rights
