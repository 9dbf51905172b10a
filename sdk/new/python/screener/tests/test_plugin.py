import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from leadsman_sdk import Problems  # noqa: E402
from leadsman_sdk.harness import Harness, sample  # noqa: E402
from plugin import Words  # noqa: E402


class WordsTest(unittest.TestCase):
    def test_an_unwanted_word_is_found_however_it_is_written(self) -> None:
        words = Harness(Words, {"words": ["casino"]})
        self.assertEqual(words.screen(sample().having("message", "Best CASINO in town")).disposition, "reject")
        self.assertEqual(words.screen(sample()).disposition, "accept")

    def test_words_must_be_given(self) -> None:
        with self.assertRaisesRegex(Problems, "at /words"):
            Harness(Words, {"words": []})
