"""Take away a view that shows what fewer people may see now: until its file is read, an update would complain of it."""


def migrate(cr, _version):
    """Delete the customer's page of packages; it is made anew with the new rights."""
    cr.execute(
        """
        WITH gone AS (
            DELETE FROM ir_model_data
             WHERE module = 'subscription_mgmt' AND model = 'ir.ui.view' AND name = 'view_partner_form_package'
         RETURNING res_id
        )
        DELETE FROM ir_ui_view WHERE id IN (SELECT res_id FROM gone)
        """
    )
