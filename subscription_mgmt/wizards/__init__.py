from . import contract
from . import billing
from . import package
from . import recurrence
from . import importing
from . import reporting
