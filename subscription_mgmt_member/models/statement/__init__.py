from . import credit, member_interest, res_partner, statement
