from . import test_nilvera
