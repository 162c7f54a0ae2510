from . import member_target
from . import organisation
from . import targets
from . import team
