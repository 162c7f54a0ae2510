"""Posting many drafts at once: what Odoo asks for each invoice is asked once for the batch, with the same result.

A differential test posts copies of the same drafts with Odoo's own `action_post` and compares everything.
"""

from psycopg2.errorcodes import SERIALIZATION_FAILURE
from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import ormcache

from ..common.context import POSTING, QUIET, KnownAccounts, get_known_accounts

# What decides about numbers, and whose versions of it the memory below knows; others are asked for each invoice.
NUMBERING = (
    "_compute_name",
    "_get_last_sequence",
    "_get_last_sequence_domain",
    "_get_next_sequence_format",
    "_get_sequence_cache",
    "_get_sequence_date_range",
    "_get_starting_sequence",
    "_locked_increment",
    "_set_next_sequence",
)
KNOWN = {"account", "account_debit_note", "subscription_mgmt"}


class NumberTaken(SerializationFailure):
    """Another worker has given a number since this transaction began; whoever gets this begins again, as Odoo does."""

    pgcode = SERIALIZATION_FAILURE


class AccountMove(models.Model):
    _inherit = "account.move"

    # Odoo looks for the newest entry that has a number, and for the one before a date: without passing by every draft.
    _subscription_newest = models.Index("(journal_id, id DESC, sequence_prefix) WHERE name != '/'")
    _subscription_latest = models.Index("(journal_id, date) WHERE name != '/'")

    def _subscription_post(self, _date_ref):
        """Post drafts that billing made."""
        # Odoo asks for them one invoice at a time
        self.line_ids.fetch(["tax_ids", "tax_tag_ids"])
        self.with_context(**QUIET, subscription_posting=POSTING).action_post()

    def _post_claimed(self, domain, day, today=None):
        """Post those of the drafts that are still as the domain says, and that no other worker holds.

        :param today: day from which the pause after a failure counts; default: that of the run.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        due = locked.search(domain & Domain("id", "in", locked.ids), order="id")
        return due._isolate("post", lambda part: part._subscription_post(day), today or day)

    # === NUMBERS === #
    def _get_next_sequence_format(self):
        """Override of `account` to find out once per batch how the numbers of a journal and day look.

        The first two invoices ask Odoo. When both get the same answer it stays that way for the day, because all that
        Odoo looks at next is what these two have left. What the number itself is, and its lock, remains with Odoo.
        """
        if self.env.context.get("subscription_posting") is not POSTING or not self._has_known_numbering():
            return super()._get_next_sequence_format()
        memory = self._get_sequence_memory()
        key = self._get_sequence_key()
        known, is_sure = memory.get(key, (None, False))
        if is_sure:
            return known[0], dict(known[1])
        template, values = super()._get_next_sequence_format()
        found = (template, {**values, "seq": 0})
        memory[key] = (found, found == known)
        return template, values

    def _get_sequence_memory(self):
        """What is known of the journal on the day of this invoice; gone with Odoo's own memory of the numbers."""
        cache = self._get_sequence_cache()
        day, memory = cache.get(("subscription", self.journal_id.id), (None, None))
        if day != self.date:
            memory = {}
            cache["subscription", self.journal_id.id] = (self.date, memory)
        return memory

    def _get_sequence_key(self):
        """What tells apart the sequences of a journal on one day."""
        return (
            self.company_id.id,
            self.move_type,
            bool(self.origin_payment_id),
            self.journal_id.is_self_billing and self.commercial_partner_id.id,
            bool("debit_origin_id" in self._fields and self.debit_origin_id),
        )

    def _locked_increment(self, format_string, format_values):
        """Override of `account`: another worker may have given numbers since this transaction began.

        Odoo waits for it and goes on after the last one, which this transaction cannot see. That is no gap, and what is
        chained to it by its hash has to begin again.
        """
        cache, last, values = self._get_sequence_cache(), format_values["seq"], dict(format_values)
        count = len(cache)
        name = super()._locked_increment(format_string, format_values)
        if self.env.context.get("subscription_posting") is POSTING and len(cache) > count:
            number = self._get_sequence_format_param(name)[1]["seq"]
            before = format_string.format(**{**values, "seq": number - 1})
            if number > last + 1 and not self._is_number_seen(before):
                if self.journal_id.restrict_mode_hash_table:
                    raise NumberTaken(before)
                cache.setdefault("subscription_unseen", set()).add(self.id)
        return name

    def _is_number_seen(self, name):
        """Whether the invoice of that number was there when the transaction began."""
        # sudo: as Odoo looks for gaps
        same = Domain("journal_id", "=", self.journal_id.id) & Domain("name", "=", name)
        return bool(self.sudo().search_count(same, limit=1))

    def _compute_made_sequence_gap(self):
        """Override of `account`: there is no gap after a number that another worker has given meanwhile."""
        result = super()._compute_made_sequence_gap()
        unseen = self._get_sequence_cache().get("subscription_unseen", ())
        self.filtered(lambda move: move.id in unseen).made_sequence_gap = False
        return result

    @api.model
    @ormcache()
    def _has_known_numbering(self):
        """Whether numbers are given as Odoo gives them; some localisations have rules of their own."""
        return all(
            getattr(cls, "_module", None) in KNOWN
            for cls in type(self).mro()
            for name in NUMBERING
            if name in vars(cls)
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _create_analytic_lines(self):
        """Override of `account` to look up the analytic accounts of a batch at once."""
        if self.env.context.get("subscription_posting") is not POSTING:
            return super()._create_analytic_lines()
        keys = {key for line in self for key in line.analytic_distribution or ()}
        ids = {int(one) for key in keys for one in key.split(",")}
        accounts = self.env["account.analytic.account"].browse(ids).exists()
        accounts.fetch(["plan_id", "root_plan_id"])
        known = KnownAccounts(frozenset(accounts.ids))
        return super(AccountMoveLine, self.with_context(subscription_accounts=known))._create_analytic_lines()


class AccountAnalyticAccount(models.Model):
    _inherit = "account.analytic.account"

    @api.private
    def exists(self):
        """Override of `base`: accounts that were looked up for the batch are there."""
        if get_known_accounts(self.env).issuperset(self._ids):
            return self
        return super().exists()
