from . import test_accounting
from . import test_activation
from . import test_contract
from . import test_dialogs
from . import test_faults_settlement
from . import test_installment
from . import test_lifecycle
from . import test_lives
