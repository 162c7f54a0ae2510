from . import ir_attachment
from . import member_files_mixin
from . import member_folder
from . import res_partner
from . import subscription_contract
