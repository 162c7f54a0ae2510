from . import credit, member_collateral, member_interest, res_partner, statement
