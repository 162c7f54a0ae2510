"""Runs for chosen contracts say so themselves: an empty choice does not mean all."""


def migrate(cr, version):
    """Mark the runs that name contracts."""
    cr.execute(
        """
        UPDATE subscription_billing_run run SET is_chosen = TRUE
         WHERE EXISTS (SELECT FROM subscription_billing_run_chosen_rel rel
                        WHERE rel.subscription_billing_run_id = run.id)
        """
    )
