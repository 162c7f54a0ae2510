from markupsafe import Markup

from odoo import api, models


class SubscriptionFilteredMixin(models.AbstractModel):
    """An empty list says why it is empty: because there is nothing yet, or because nothing meets its filters."""

    _name = "subscription.filtered.mixin"
    _description = "Lists That Say Why They Are Empty"

    @api.model
    def get_empty_list_help(self, help_message):
        """Override of `base`: where there are records, nobody is told how to make the first one."""
        if not self.with_context(active_test=False).search_count([], limit=1):
            return super().get_empty_list_help(help_message)
        return Markup('<p class="o_view_nocontent_neutral_face">%s</p><p>%s</p>') % (
            self.env._("Nothing meets what is searched for"),
            self.env._("Take a filter off in the search bar to see more."),
        )
