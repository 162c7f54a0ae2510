from . import test_books
from . import test_concurrency
from . import test_deliveries
from . import test_form
from . import test_refunds
from . import test_secrets
from . import test_settings
from .together import *
