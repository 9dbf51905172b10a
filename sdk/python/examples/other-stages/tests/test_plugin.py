import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadsman_sdk import Conversion, Problems, Timestamp, Touch  # noqa: E402
from leadsman_sdk.harness import Harness, sample  # noqa: E402
from plugin import OtherStages  # noqa: E402

MORNING = Timestamp(1_704_096_000_000)
HOUR_MS = 3_600_000


def plugin() -> Harness:
    return Harness(OtherStages).at(MORNING)


class OtherStagesTest(unittest.TestCase):
    def test_a_blocked_number_is_rejected(self) -> None:
        blocking = plugin().lists(**{"blocked-phones": ["+49 30 1"]})
        verdicts = [blocking.screen(sample().having("contact.phone", phone)) for phone in ("+49301", "+49302")]
        self.assertEqual([verdict.disposition for verdict in verdicts], ["reject", "accept"])

    def test_who_speaks_the_language_and_has_the_fewest_leads_gets_the_lead(self) -> None:
        candidates = [
            {"rep": "ann", "load": 3, "attributes": {"languages": ["de"]}},
            {"rep": "bob", "load": 1, "attributes": {"languages": ["de", "en"]}},
            {"rep": "cem", "load": 0, "attributes": {"languages": ["tr"]}},
        ]
        lead = sample().having("contact.language", "de")
        self.assertEqual(plugin().route(lead, pool="inbound", candidates=candidates).what, "bob")
        self.assertEqual(plugin().route(lead, pools=["inbound"]).choice, "pass")

    def test_a_lead_that_nobody_calls_goes_back(self) -> None:
        waiting = plugin().review(sample(), owner="ann", since=MORNING.plus_millis(-HOUR_MS))
        self.assertEqual((waiting.actions, waiting.next), ([], MORNING.plus_millis(23 * HOUR_MS)))
        late = {"owner": "ann", "since": MORNING.plus_millis(-25 * HOUR_MS)}
        self.assertEqual(plugin().review(sample(), **late).actions[0][1].name, "recycle")
        self.assertEqual(plugin().review(sample().did("call.done", MORNING), **late).actions, [])

    def test_first_and_last_touch_count_twice(self) -> None:
        touch = Touch(MORNING, "direct")
        self.assertEqual(plugin().credit(Conversion("c", "default", MORNING), [touch] * 3), [2, 1, 2])

    def test_a_duration_that_is_none_is_a_problem_with_its_place(self) -> None:
        with self.assertRaisesRegex(Problems, "at /within: must be at least `1m`"):
            Harness(OtherStages, {"within": "0h"})
