from . import test_credits
from . import test_package
from . import test_package_changes
from . import test_package_portal
from . import test_package_processes
from . import test_package_purchase
from . import test_package_staff
from . import test_package_tour
