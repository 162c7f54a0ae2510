# The order is the architecture: a room uses itself and the rooms before it, never one after it.
# ruff: isort: off
from . import access
from . import member
from . import corporate
from . import individual
from . import portal
from . import statement
from . import page
from . import analysis
from . import merge
from . import feed
from . import document
from . import importing
