"""Reasons for closing that are the company's own are not offered to customers."""


def migrate(cr, version):
    """Take those out that came with the add-on and that no customer would give."""
    cr.execute(
        """
        UPDATE subscription_close_reason reason SET is_offered = FALSE
          FROM ir_model_data data
         WHERE data.module = 'subscription_mgmt' AND data.model = 'subscription.close.reason'
           AND data.name IN ('close_reason_unpaid', 'close_reason_replaced') AND data.res_id = reason.id
        """
    )
