from . import individual
from . import statement
