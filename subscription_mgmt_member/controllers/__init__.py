from . import vcard
from . import portal_analyses
from . import portal_approvals
from . import portal_ordering
from . import portal_statement
