from . import test_assurance
