"""What happens when the add-on comes and goes."""

from odoo.addons.payment import reset_payment_provider, setup_provider


def post_init_hook(env):
    """Give every company a provider of its own."""
    setup_provider(env, "nestpay")


def uninstall_hook(env):
    """Take the providers away again; those with payments stay, without a code, because the payments name them."""
    providers = env["payment.provider"].search([("code", "=", "nestpay")])
    reset_payment_provider(env, "nestpay")
    groups = env["payment.transaction"]._read_group([("provider_id", "in", providers.ids)], ["provider_id"])
    used = env["payment.provider"].union(*(provider for (provider,) in groups))
    # The one that came with the add-on goes with it
    own = env.ref("payment_nestpay.payment_provider_nestpay", raise_if_not_found=False) or used
    (providers - used - own).unlink()
