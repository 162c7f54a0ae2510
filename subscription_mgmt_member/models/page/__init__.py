# ruff: isort: off
from . import search
from . import figures
from . import records
from . import preview
from . import deletion
from . import portal_wizard
from . import project_task
