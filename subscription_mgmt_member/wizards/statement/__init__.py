from . import member_interest_charge, member_statement
