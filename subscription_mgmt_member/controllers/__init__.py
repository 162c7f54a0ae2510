from . import vcard
from . import portal_analyses
from . import portal_statement
