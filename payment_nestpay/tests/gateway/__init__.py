"""A gateway for tests and demonstrations: a server on this machine that behaves as the banks' documents say.

It shares no code with the add-on on purpose: it signs and checks by its own reading of the documents, so that a mistake
in one of the two shows. Nothing but Python's standard library is needed: `python -m gateway --help` starts it alone.
"""

from .bank import Bank
from .server import Gateway
