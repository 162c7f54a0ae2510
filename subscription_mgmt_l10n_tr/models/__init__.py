from . import account_edi_xml_ubl_tr
from . import account_move
