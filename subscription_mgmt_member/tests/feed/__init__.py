from . import test_activity_lines
from . import test_activity_documents
from . import test_activity_seen
