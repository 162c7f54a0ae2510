from odoo import fields, models


class SubscriptionTag(models.Model):
    _name = "subscription.tag"
    _description = "Subscription Tag"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()

    _name_unique = models.UniqueIndex("(name)", "A tag with this name exists already.")
