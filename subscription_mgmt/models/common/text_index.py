"""Indexes that find a part of a text, on fields of Odoo's own that have another index already."""

from odoo.modules.db import FunctionStatus


def find_parts(column):
    """Definition of an index by which parts of a text are found, as Odoo makes it for `index="trigram"`.

    :param column: name of the column.
    """

    def define(registry):
        if not registry.has_trigram:
            return ""
        text = registry.unaccent(column) if registry.has_unaccent == FunctionStatus.INDEXABLE else column
        return f"USING gin ({text} gin_trgm_ops)"

    return define
