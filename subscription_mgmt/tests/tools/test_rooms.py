"""The walls of the add-on: a room uses itself and the rooms before it, and says each thing once."""

import tempfile
import unittest
from pathlib import Path

from rooms import find_breaches, read_order

ADDON = Path(__file__).resolve().parents[2]


class TestRooms(unittest.TestCase):
    def test_no_wall_is_broken(self):
        self.assertEqual(find_breaches(ADDON), [])

    def test_the_rooms_and_their_order(self):
        rooms = ["common", "contract", "billing", "charging", "package", "recurrence", "importing", "reporting"]
        self.assertEqual(read_order(ADDON), rooms)
        for layer in ("models", "views", "wizards", "tests"):
            found = {path.name for path in (ADDON / layer).iterdir() if path.is_dir()}
            self.assertFalse(found - {*rooms, "__pycache__", "data", "tools"}, layer)


class TestBrokenWalls(unittest.TestCase):
    """What the test above would not see, it does not guard: each wall is broken once."""

    def find(self, **files):
        """Breaches of a small add-on of two rooms, cellar and attic."""
        with tempfile.TemporaryDirectory() as folder:
            addon = Path(folder)
            texts = {
                "models/__init__": "from . import cellar\nfrom . import attic\n",
                "models/cellar/subscription_wine": 'class Wine(Model):\n    _name = "subscription.wine"\n',
                "models/attic/subscription_trunk": 'class Trunk(Model):\n    _name = "subscription.trunk"\n',
                **{name.replace("__", "/"): text for name, text in files.items()},
            }
            for name, text in texts.items():
                path = addon / f"{name}.py"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return find_breaches(addon)

    def test_a_sound_house(self):
        above = 'from ..cellar import subscription_wine\nWine = "subscription.wine"\n'
        self.assertEqual(self.find(models__attic__ladder=above), [])

    def test_a_model_of_a_later_room_is_named(self):
        self.assertEqual(
            self.find(models__cellar__stairs='env["subscription.trunk"]\n'), ["models/cellar/stairs.py:1 uses attic"]
        )

    def test_a_later_room_is_imported(self):
        code = "from ..attic.subscription_trunk import Trunk\n"
        self.assertEqual(self.find(models__cellar__stairs=code), ["models/cellar/stairs.py:1 uses attic"])
        code = "from ...models.attic import subscription_trunk\n"
        self.assertEqual(self.find(wizards__cellar__ask=code), ["wizards/cellar/ask.py:1 uses attic"])

    def test_a_model_imports_a_wizard(self):
        code = "from ...wizards.attic.ask import Ask\n"
        self.assertEqual(self.find(models__attic__ladder=code), ["models/attic/ladder.py:1 imports a wizard"])

    def test_a_file_is_named_like_a_model_that_it_does_not_touch(self):
        self.assertEqual(
            self.find(models__attic__subscription_wine="x = 1\n"),
            ["models/attic/subscription_wine.py is named like a model that it does not touch"],
        )

    def test_a_model_is_defined_in_a_file_of_another_name(self):
        code = 'class Glass(Model):\n    _name = "subscription.glass"\n'
        self.assertEqual(self.find(models__attic__ladder=code), ["models/attic/ladder.py defines subscription.glass"])

    def test_a_room_overrides_its_own_method(self):
        code = 'class Wine(Model):\n    _inherit = "subscription.wine"\n    def drink(self):\n        pass\n'
        found = self.find(models__cellar__cork=code, models__cellar__glass=code, models__attic__trunk=code)
        self.assertEqual(found, ["subscription.wine.drink stands in models/cellar/cork.py and models/cellar/glass.py"])
