"""The walls of the add-on, read as those of the main one."""

import importlib.util
import unittest
from pathlib import Path

ADDON = Path(__file__).resolve().parents[2]


def load_rooms():
    path = ADDON.parent / "subscription_mgmt" / "tests" / "tools" / "rooms.py"
    spec = importlib.util.spec_from_file_location("rooms_of_the_main_add_on", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestMemberRooms(unittest.TestCase):
    def test_no_wall_is_broken(self):
        self.assertEqual(load_rooms().find_breaches(ADDON), [])

    def test_every_folder_is_a_room(self):
        order = load_rooms().read_order(ADDON)
        for layer in ("models", "views", "wizards", "tests"):
            found = {path.name for path in (ADDON / layer).iterdir() if path.is_dir()}
            self.assertFalse(found - {*order, "__pycache__", "data", "tools"}, layer)
