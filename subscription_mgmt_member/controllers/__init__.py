from . import portal_analyses
