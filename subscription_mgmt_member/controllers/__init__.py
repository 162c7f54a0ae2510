from . import vcard
from . import portal_analyses
