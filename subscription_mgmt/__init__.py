# The folder tools/ is plain Python and can be imported from a checkout without Odoo;
# the models can only be imported by Odoo, which loads the add-on under this name.
if __name__.startswith("odoo.addons."):
    from . import controllers, models, wizards


def uninstall_hook(env):
    """Take what keeps sums, and whose lines are, off the tables of other add-ons."""
    env["subscription.sums.mixin"]._stop_keeping()
    env["account.analytic.line"]._stop_owning()
