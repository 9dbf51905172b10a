import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadsman_sdk.harness import Harness, sample  # noqa: E402
from plugin import Languages  # noqa: E402


class LanguagesTest(unittest.TestCase):
    def test_whoever_speaks_the_language_and_has_least_to_do_gets_the_lead(self) -> None:
        candidates = [
            {"rep": "ann", "load": 5, "attributes": {"languages": ["en", "de"]}},
            {"rep": "bob", "load": 1, "attributes": {"languages": ["en"]}},
        ]
        languages = Harness(Languages, {"otherwise": "en"})
        german = sample().having("person.language", "de")
        self.assertEqual(languages.route(sample(), pool="inbound", candidates=candidates).what, "bob")
        self.assertEqual(languages.route(german, pool="inbound", candidates=candidates).what, "ann")
