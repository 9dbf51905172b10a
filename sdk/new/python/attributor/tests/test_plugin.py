import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadsman_sdk import Conversion, Timestamp, Touch  # noqa: E402
from leadsman_sdk.harness import Harness  # noqa: E402
from plugin import Campaigns  # noqa: E402

AT = Timestamp(1_704_096_000_000)


class CampaignsTest(unittest.TestCase):
    def test_touches_of_campaigns_earn_more(self) -> None:
        touches = [Touch(AT, "email"), Touch(AT, "email", "spring")]
        deal = Conversion("c", "default", AT)
        self.assertEqual(Harness(Campaigns, {"factor": 3}).credit(deal, touches), [1, 3])
