"""The revenue log against the lines in force, every night."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class SubscriptionContract(models.Model):
    _inherit = "subscription.contract"

    @api.model
    def _find_other_mrr(self, company, date_ref, ids=None):
        """Contracts of a company whose log does not come to their lines in force on a day.

        :param ids: look at these contracts only.

        The database compares; what ends with a number of periods, or was taken away, is looked at one by one.
        """
        self.env["subscription.mrr.event"].flush_model()
        self.env["subscription.contract.line"].flush_model()
        self.flush_model()
        only = SQL("") if ids is None else SQL("AND contract_id = ANY(%s)", ids)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT contract.id
                  FROM subscription_contract contract
             LEFT JOIN (SELECT contract_id, SUM(amount_currency) AS amount FROM subscription_mrr_event
                         WHERE company_id = %(company)s AND day <= %(day)s %(only)s GROUP BY 1) log
                    ON log.contract_id = contract.id
             LEFT JOIN (SELECT contract_id, SUM(mrr) AS amount, bool_or(NOT active OR repetitions > 0) AS is_special
                          FROM subscription_contract_line
                         WHERE company_id = %(company)s AND is_void IS NOT TRUE AND mrr != 0
                           AND date_start <= %(day)s AND (date_end IS NULL OR date_end >= %(day)s) %(only)s
                      GROUP BY 1) line
                    ON line.contract_id = contract.id
             LEFT JOIN (SELECT DISTINCT contract_id FROM subscription_pause
                         WHERE date_from <= %(day)s AND (date_to IS NULL OR date_to >= %(day)s)) pause
                    ON pause.contract_id = contract.id
                 WHERE contract.company_id = %(company)s %(only_these)s
                   AND (line.is_special OR abs(COALESCE(log.amount, 0) - CASE
                            WHEN contract.state = 'draft' OR pause.contract_id IS NOT NULL
                                 OR contract.date_start > %(day)s OR contract.date_end < %(day)s
                                 OR contract.date_trial_end >= %(day)s
                                 OR contract.trial_then = 'close' AND contract.date_trial_end < %(day)s THEN 0
                            ELSE COALESCE(line.amount, 0) END) > 0.0005)
                """,
                company=company.id,
                day=date_ref,
                only=only,
                only_these=SQL("") if ids is None else SQL("AND contract.id = ANY(%s)", ids),
            )
        )
        doubtful = self.browse([id_ for (id_,) in rows])
        logged = self.env["subscription.mrr.event"]._read_totals(doubtful, date_ref)
        return doubtful.filtered(
            lambda contract: abs(contract._get_mrr(date_ref) - logged.get(contract.id, 0.0)) > 0.0005
        )


class SubscriptionAssurance(models.Model):
    _inherit = "subscription.assurance"

    def _get_mrr_target(self, date_ref):
        """Contracts whose revenue by the log is not that of their lines; settling them mends it."""
        # sudo: as in _get_look
        ids = self.env["subscription.assurance.check"].sudo()._find_worth_a_look(self.company_id, date_ref)
        contracts = self.env["subscription.contract"].sudo()._find_other_mrr(self.company_id, date_ref, ids)
        return contracts._name, Domain("id", "in", contracts.ids)


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields(self, src_partners, dst_partner):
        """Override of `base`: what was new for one of two may be growth for the one who is left."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        # sudo: merging takes rights of its own
        contracts = self.env["subscription.contract"].sudo().with_context(active_test=False)
        contracts.search([("partner_id", "=", dst_partner.id), ("state", "!=", "draft")])._log_mrr(anew=True)
        return result
