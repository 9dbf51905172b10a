import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadsman_sdk.harness import Harness, sample  # noqa: E402
from plugin import Size  # noqa: E402


class SizeTest(unittest.TestCase):
    def test_big_companies_get_points(self) -> None:
        size = Harness(Size, {"big": 100})
        self.assertEqual(size.score(sample().having("company.size", 250)).total, 20)
        self.assertEqual(size.score(sample()).total, 0)
