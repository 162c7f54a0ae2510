"""What a database takes as text: no control characters but tabs and line ends, no halves of letters."""

import re

UNSTORABLE = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]")


def storable(text):
    """Return the text without what no database takes, and nobody has typed."""
    return UNSTORABLE.sub("", text or "")
