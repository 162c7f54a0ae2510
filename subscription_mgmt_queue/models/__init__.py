from . import batches
from . import queue_job
