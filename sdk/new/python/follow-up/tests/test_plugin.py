import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadsman_sdk import Timestamp  # noqa: E402
from leadsman_sdk.harness import Harness, sample  # noqa: E402
from plugin import FirstCall  # noqa: E402

GOT = Timestamp(1_704_096_000_000)


class FirstCallTest(unittest.TestCase):
    def test_an_owner_is_reminded_and_then_loses_the_lead(self) -> None:
        def after(hours: int, lead=sample()) -> list[str]:
            harness = Harness(FirstCall, {"within": "24h", "remind": "2h"}).at(GOT.plus_millis(hours * 3_600_000))
            return [deed.name for _, deed, _ in harness.review(lead, owner="ann", since=GOT).actions]

        self.assertEqual(after(21), [])
        self.assertEqual(after(22), ["remind"])
        self.assertEqual(after(24), ["recycle"])
        self.assertEqual(after(24, sample().did("call.done", GOT)), [])
