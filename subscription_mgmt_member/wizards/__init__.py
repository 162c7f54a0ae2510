from . import individual
from . import statement
from . import merge
from . import document
