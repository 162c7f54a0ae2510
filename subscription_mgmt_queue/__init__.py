from . import models


def uninstall_hook(env):
    """Take the jobs that wait with the add-on: what they were to do is found again by the scheduled actions."""
    env["queue.job"].search([("identity_key", "=like", "subscription:%"), ("state", "!=", "started")]).unlink()
