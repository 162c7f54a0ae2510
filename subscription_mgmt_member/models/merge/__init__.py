# ruff: isort: off
from . import res_partner
from . import values
from . import member_merge_links
from . import member_duplicate
from . import finding
from . import base_partner_merge_automatic_wizard
