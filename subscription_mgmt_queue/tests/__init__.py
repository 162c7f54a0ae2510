from . import test_queue
from . import test_queue_processes
from . import test_queue_security
