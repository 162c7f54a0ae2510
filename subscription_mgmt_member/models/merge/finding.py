"""Looking for members that may be one organisation, in the database and in batches."""

from odoo import api, models
from odoo.tools import SQL

# Records that are looked at in one transaction, which holds them: some milliseconds each with 50,000 members
BATCH = 50
# More members than these with one telephone, domain or tax number: a holding, a provider, a placeholder
CROWD = 20
# Similar names of one member that are suggested, the most similar first, and how similar they have to be
SIMILAR, SIMILARITY = 5, 0.55
SIMILAR_NAMES = SQL("coalesce(similarity(one.member_match_name, other.member_match_name), 0)")
EQUAL_NAMES = SQL("coalesce((one.member_match_name = other.member_match_name)::int, 0)")
KEYS = ("vat", "phone", "domain")

# Who has one of these keys. What stands on branches and contacts counts for the member at the top of their tree.
CROWDS = """
    SELECT %(kind)s AS kind, other.%(key)s AS key, array_agg(DISTINCT other.member_match_root_id) AS roots
      FROM res_partner other
     WHERE other.active AND other.%(key)s IN (SELECT key FROM own WHERE kind = %(kind)s)
     GROUP BY other.%(key)s
    HAVING count(DISTINCT other.member_match_root_id) BETWEEN 2 AND %(crowd)s
"""
FIND = """
    WITH own AS (
        SELECT DISTINCT member_match_root_id AS root, keys.kind, keys.key
          FROM res_partner,
               LATERAL (VALUES ('vat', member_match_vat), ('phone', member_match_phone),
                               ('domain', member_match_domain)) AS keys(kind, key)
         WHERE member_match_root_id IN %(roots)s AND active AND keys.key IS NOT NULL
    ), crowds AS (%(crowds)s
    ), found AS (
        SELECT own.root AS one, other.root AS other, own.kind
          FROM own JOIN crowds USING (kind, key), unnest(crowds.roots) AS other(root)
         UNION ALL
        SELECT one.id, alike.id, 'name'
          FROM res_partner one
          JOIN LATERAL (
                   SELECT other.id
                     FROM res_partner other
                    WHERE other.member_match_name %(like)s one.member_match_name
                      AND other.parent_id IS NULL AND other.active AND other.id != one.id
                    ORDER BY %(similarity)s DESC, other.id
                    LIMIT %(similar)s
               ) alike ON TRUE
         WHERE one.id IN %(roots)s
    ), pair AS (
        SELECT least(one, other) AS one, greatest(one, other) AS other, bool_or(kind = 'vat') AS vat,
               bool_or(kind = 'phone') AS phone, bool_or(kind = 'domain') AS domain
          FROM found
         WHERE one != other
         GROUP BY 1, 2
    ), told AS (
        SELECT pair.*, round(%(similarity)s::numeric, 2) AS name, one.is_company OR other.is_company AS is_firm
          FROM pair
          JOIN res_partner one ON one.id = pair.one
          JOIN res_partner other ON other.id = pair.other
         WHERE one.parent_id IS NULL AND one.active AND one.partner_share
           AND other.parent_id IS NULL AND other.active AND other.partner_share
           AND NOT EXISTS (SELECT FROM res_company WHERE partner_id IN (one.id, other.id))
    ), weighed AS (
        SELECT one, other, vat, phone, domain, CASE WHEN name >= %(least)s THEN name ELSE 0 END AS name, is_firm
          FROM told
    )
    INSERT INTO member_duplicate (first_id, second_id, has_same_vat, has_same_phone, has_same_domain, name_similarity,
                                  score, create_uid, create_date, write_uid, write_date)
    SELECT one, other, vat, phone, domain, name,
           round(100 * (1 - (1 - 0.95 * vat::int) * (1 - 0.7 * phone::int) * (1 - 0.5 * domain::int)
                          * (1 - CASE WHEN is_firm THEN 0.8 ELSE 0.5 END * name * name))),
           %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
      FROM weighed
     WHERE vat OR phone OR domain OR name > 0
        ON CONFLICT (first_id, second_id) DO UPDATE
       SET has_same_vat = excluded.has_same_vat, has_same_phone = excluded.has_same_phone,
           has_same_domain = excluded.has_same_domain, name_similarity = excluded.name_similarity,
           score = excluded.score, write_uid = excluded.write_uid, write_date = excluded.write_date
"""


class MemberDuplicate(models.Model):
    _inherit = "member.duplicate"

    @api.model
    def _cron_find_duplicates(self):
        """Look at all members that were changed since they were looked at last."""
        cron = self.env["ir.cron"]
        done, left = True, self._count_pending()
        while done and left and cron._commit_progress(remaining=left):
            done, left = self._find_pending(BATCH)
            cron._commit_progress(done, remaining=left if done else 0)

    @api.model
    def _find_pending(self, limit):
        """Look for duplicates of members that were changed, of which somebody else is not just doing the same.

        What was changed last comes first: whoever opens the page looks for it, however many wait behind.

        :return: number of records that were looked at, and of those that are left.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT id, member_match_root_id FROM res_partner WHERE member_match_pending
                    ORDER BY write_date DESC, id DESC LIMIT %s FOR NO KEY UPDATE SKIP LOCKED""",
                limit,
            )
        )
        if rows:
            self._find_duplicates(sorted({root or partner for partner, root in rows}))
            partners = self.env["res.partner"].browse(partner for partner, _root in rows)
            self.env.cr.execute(
                SQL("UPDATE res_partner SET member_match_pending = FALSE WHERE id IN %s", tuple(partners.ids))
            )
            partners.invalidate_recordset(["member_match_pending"])
        return len(rows), self._count_pending()

    @api.model
    def _count_pending(self):
        [[count]] = self.env.execute_query(SQL("SELECT count(*) FROM res_partner WHERE member_match_pending"))
        return count

    @api.model
    def _find_duplicates(self, roots):
        """Suggest anew what is like these members; what a person dismissed stays dismissed.

        :param roots: ids of members, which are at the top of their tree.
        """
        roots = tuple(roots)
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            SQL(
                "DELETE FROM member_duplicate WHERE NOT coalesce(is_dismissed, FALSE) "
                "AND (first_id IN %(roots)s OR second_id IN %(roots)s)",
                roots=roots,
            )
        )
        similar = self.env.registry.has_trigram
        if similar:
            cr.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, TRUE)", [str(SIMILARITY)])
        crowds = SQL(" UNION ALL ").join(
            SQL(CROWDS, kind=kind, key=SQL.identifier(f"member_match_{kind}"), crowd=CROWD) for kind in KEYS
        )
        similarity = SIMILAR_NAMES if similar else EQUAL_NAMES
        cr.execute(
            SQL(
                FIND,
                roots=roots,
                crowds=crowds,
                like=SQL("%%" if similar else "="),
                similarity=similarity,
                similar=SIMILAR,
                least=SIMILARITY,
                uid=self.env.uid,
            )
        )
        self.invalidate_model()

    @api.model
    def _hand_over(self, sources, target):
        """Whoever was told apart from a member that is merged stays apart from the one that it becomes."""
        gone = tuple(sources.ids)
        self.env.cr.execute(
            SQL(
                """INSERT INTO member_duplicate (first_id, second_id, is_dismissed, dismissed_by_id, score)
                   SELECT DISTINCT least(other, %(target)s), greatest(other, %(target)s), TRUE, %(uid)s, 0
                     FROM (SELECT CASE WHEN first_id IN %(gone)s THEN second_id ELSE first_id END AS other
                             FROM member_duplicate
                            WHERE is_dismissed AND (first_id IN %(gone)s OR second_id IN %(gone)s)) told
                    WHERE other NOT IN %(all)s
                       ON CONFLICT (first_id, second_id) DO UPDATE SET is_dismissed = TRUE""",
                target=target.id,
                gone=gone,
                all=(*gone, target.id),
                uid=self.env.uid,
            )
        )
        self.env.cr.execute(
            SQL("DELETE FROM member_duplicate WHERE first_id IN %(gone)s OR second_id IN %(gone)s", gone=gone)
        )
        self.env.cr.execute("UPDATE res_partner SET member_match_pending = TRUE WHERE id = %s", [target.id])
        self.env.invalidate_all()
