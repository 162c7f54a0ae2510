from odoo import api, models
from odoo.exceptions import AccessError

from .context import LEDGER


class SubscriptionSealedMixin(models.AbstractModel):
    """What is `readonly` on a field holds on the server, too: by form, RPC, import and mass edit alike.

    Only our own code writes such fields: as the system, or with the mark of the ledger in its context. A right to
    write the model is then the right to use its buttons, and to change what is left open.
    """

    _name = "subscription.sealed.mixin"
    _description = "Sealed Records"
    # Records as a whole come and go by our own code alone. False: people make and delete them.
    _sealed_records = True
    # The system needs the mark, too: what it writes may be what a person sent, and the plan follows from the terms.
    _sealed_from_system = False

    @api.model
    def _get_sealed_fields(self):
        """Names of the fields that people do not write."""
        names = {name for name, field in self._fields.items() if field.store and field.readonly}
        return names.difference(models.MAGIC_COLUMNS)

    def _is_own_code(self):
        """Whether our own code is writing, which has looked at who may do what."""
        marked = self.env.context.get("subscription_ledger") is LEDGER
        return marked or (self.env.su and not self._sealed_from_system)

    def _get_sealed_message(self):
        """Why it is refused, and what to do instead."""
        name = self.env["ir.model"]._get(self._name).name
        return self.env._("%(name)s: this is kept by the system and not written by hand. Use the buttons.", name=name)

    @api.model
    def _create_sealed(self, vals_list):
        """Make records for an act that the person was found to be allowed.

        :return: the records, with the rights of the person again.
        """
        # sudo: nobody makes them by hand, and nobody needs a right to
        return self.sudo().with_context(subscription_ledger=LEDGER).create(vals_list).with_env(self.env)

    def _write_sealed(self, values):
        """Write what an act made of the records."""
        self.sudo().with_context(subscription_ledger=LEDGER).write(values)  # sudo: as above

    @api.model
    def default_get(self, fields):
        """Begin what people do not write as the model says, whatever defaults the caller sends or has stored.

        Our own code too: it works with the rights of a person, whose stored defaults would get into the ledger.
        """
        values = super().default_get(fields)
        # Of records that nobody makes by hand, all fields are ours.
        for name in list(values) if self._sealed_records else self._get_sealed_fields() & values.keys():
            if self._fields[name].default:
                values[name] = self._get_own_default(name)
            else:  # computed, or empty
                del values[name]
        return values

    def _get_own_default(self, name):
        field = self._fields[name]
        value = field.default(self) if field.default else False
        return field.convert_to_write(field.convert_to_cache(value, self, validate=False), self)

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse what people do not make, or not with these values.

        :raise AccessError: a sealed record, or a sealed field with another value than every new record has.
        """
        if not self._is_own_code():
            sealed = self._get_sealed_fields()
            given = ((name, vals[name]) for vals in vals_list for name in sealed & vals.keys())
            if self._sealed_records or any((value or False) != self._get_own_default(name) for name, value in given):
                raise AccessError(self._get_sealed_message())
        return super().create(vals_list)

    def write(self, vals):
        """Refuse values of sealed fields.

        :raise AccessError: a person writes them.
        """
        if not self._is_own_code() and self._get_sealed_fields() & vals.keys():
            raise AccessError(self._get_sealed_message())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        if self._sealed_records and not self._is_own_code():
            raise AccessError(self._get_sealed_message())
