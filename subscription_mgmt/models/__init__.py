from . import common
from . import contract
from . import billing
from . import charging
from . import package
from . import recurrence
from . import importing
from . import reporting
