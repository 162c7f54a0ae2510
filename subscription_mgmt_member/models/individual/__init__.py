from . import member_card
from . import member_card_user
from . import member_relation
from . import member_relation_degree
from . import member_relative
from . import merge
from . import res_partner
