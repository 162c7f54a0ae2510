"""Customer filters run with the rights of whoever wrote them, who was not noted before."""


def migrate(cr, version):
    """Take whoever made the recurrence; where that was the system, the responsible, as until now."""
    cr.execute(
        """
        UPDATE subscription_recurrence
           SET filter_author_id = CASE WHEN create_uid IS NULL OR create_uid = 1 THEN user_id ELSE create_uid END
         WHERE filter_author_id IS NULL
        """
    )
