from odoo import api, models

from .context import CHECKED


class SubscriptionNamedMixin(models.AbstractModel):
    """A person names only records that he may see: much is worked out, made and shown with the system's rights.

    Odoo takes the id of any record in a many2one. Where the suite then follows it in sudo mode (stored figures, the
    portal, the night), whoever wrote the id would be shown what the rules keep from him.
    """

    _name = "subscription.named.mixin"
    _description = "Only Records That Their Author May See"
    # Looked at with the system's rights on purpose: a card is seen by its owner only, and is checked against the payer.
    _named_otherwise = ("payment_token_id",)

    @api.model
    def default_get(self, fields):
        """Refuse defaults of the caller, or stored ones of the user, that name what he may not see.

        :raise AccessError: one of them.
        """
        values = super().default_get(fields)
        self._check_named([values])
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse records that name others which the person may not see.

        :raise AccessError: one of them.
        """
        self._check_named(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Refuse values that name records which the person may not see.

        :raise AccessError: one of them.
        """
        self._check_named([vals])
        return super().write(vals)

    @api.model
    def _check_named(self, vals_list):
        """Raise when a person names records that the rules hide from him, by a link of any kind.

        An import has looked at every record that its file names, once for the whole file.
        """
        if self.env.context.get("subscription_companies") is CHECKED:
            return
        for name in set() if self.env.su else set().union(*vals_list):
            field = self._fields.get(name)
            if not field or field.type not in ("many2one", "many2many") or name in self._named_otherwise:
                continue
            named = set().union(*(_get_ids(field, vals[name]) for vals in vals_list if name in vals))
            records = self.env[field.comodel_name].browse(sorted(named - self._get_named_before(name)))
            # Where he may not read the model at all, `check_company` is what there is to go by.
            if records and records.browse().has_access("read"):
                records.check_access("read")

    def _get_named_before(self, name):
        """Ids that stand there already: whoever saves a form need not be allowed to see all that others chose."""
        return set(self.sudo()[name].ids) if len(self) == 1 and self._fields[name].store else set()


def _get_ids(field, value):
    """Ids that a value of a relational field names, as RPC sends it."""
    if field.type == "many2one":
        return {value} if isinstance(value, int) and value else set()
    if isinstance(value, models.BaseModel):
        return set(value.ids)
    ids = set()
    for command in value or ():
        if isinstance(command, int):
            ids.add(command)
        elif command[0] in (1, 4):
            ids.add(command[1])
        elif command[0] == 6:
            ids.update(command[2])
    return ids
