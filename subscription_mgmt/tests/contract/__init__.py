from . import test_contract
from . import test_faults_rules
from . import test_faults_settlement
from . import test_installment
from . import test_lifecycle
