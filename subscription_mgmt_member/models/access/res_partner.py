from functools import partial

from odoo import api, models, tools

# What a person needs to do to a customer (reading 1: the third level edits, the fourth deletes).
NEEDED = {"create": "contribute", "write": "contribute", "unlink": "edit"}
# What any document shows of a customer anyway.
NAMES = {"id", ".id", "name", "display_name", "complete_name"}


class ResPartner(models.Model):
    """Levels for customers, enforced where every way in passes (CUB-28..36).

    Rights of other apps (contact creation, sales, purchase) say what Odoo lets a person do; the level says what he may
    do with customers, and is asked on top. What the system does by itself (sudo) goes on.
    """

    _inherit = "res.partner"

    @api.model
    @tools.ormcache()
    def _get_our_ids(self):
        """Ids of the contacts of our own companies; the cache is cleared with every new company."""
        # sudo: a company is no customer whoever looks
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return tuple(companies.search([("partner_id", "!=", False)]).partner_id.ids)

    def _filter_members(self):
        """Those that are customers, suppliers or their people: neither a colleague nor one of our companies."""
        ours = self._get_our_ids()
        # sudo: what they are decides, whoever asks
        return self.sudo().filtered(lambda record: record.partner_share and record._origin.id not in ours).sudo(False)

    @api.model
    def _check_member_level(self, level):
        """Raise unless the user may do to customers what takes that level; the system may.

        For buttons, dialogs and routes: `self.env["res.partner"]._check_member_level("edit")`. What reads, creates,
        writes or deletes customers is checked by itself.

        :param level: `view`, `contribute`, `edit` or `manage`.
        :raise AccessError: the level is not reached; says which one the user has, and which it takes.
        """
        if not self.env.su and not self.env.user._has_member_level(level):
            raise self.env.user._make_level_error(level)

    def _check_access(self, operation):
        """Override of `base`: who changes customers has the level for it; without records, for any customer at all."""
        result = super()._check_access(operation)
        level = NEEDED.get(operation)
        if not level or self.env.su or self.env.user._has_member_level(level):
            return result
        forbidden = self._filter_members()
        if forbidden or not self:
            forbidden |= result[0] if result else self.browse()
            return forbidden, partial(self.env.user._make_level_error, level)
        return result

    def message_post(self, **kwargs):
        """Override of `mail`: a note takes the level Contribute, of followers as of others (CUB-30, CUB-31)."""
        if not self.env.su and self._filter_members():
            self._check_member_level("contribute")
        return super().message_post(**kwargs)

    def _check_export(self, fields):
        """Raise when the columns tell more of customers than their names, and the user does not manage them (CUB-34).

        :param fields: paths of columns, as `_export_rows` takes them.
        """
        if any(path and path[0] not in NAMES for path in fields) and self._filter_members():
            self._check_member_level("manage")

    def export_data(self, fields_to_export):
        """Override of `base`: lists of customers leave the house by the level Manage alone (CUB-10, CUB-34)."""
        self._check_member_level("manage")
        return super().export_data(fields_to_export)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Override of `base`: documents that are exported name their customers, no more (`partner_id/email`)."""
        self._check_export(fields)
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
