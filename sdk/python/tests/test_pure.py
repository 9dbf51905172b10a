import json
import unittest
from pathlib import Path
from types import SimpleNamespace

from leadsman_sdk import Timestamp, duration, host, kinds, lists, numbers, text
from leadsman_sdk.schema import inspect_schema, problems_of, settled

# What the JavaScript SDK is held to as well.
CASES = json.loads((Path(__file__).parents[2] / "same" / "cases.json").read_text(encoding="utf-8"))


class PureTest(unittest.TestCase):
    def test_numbers_are_told_and_rounded_as_in_the_other_languages(self) -> None:
        for number, told in CASES["format"]:
            self.assertEqual(numbers.format(number), told)
        self.assertEqual(numbers.format(-0.0), "0")
        for number, rounded in CASES["round"]:
            self.assertEqual(numbers.round(number), rounded)

    def test_texts_are_folded_as_in_the_other_languages(self) -> None:
        for plain, folded in CASES["fold"]:
            self.assertEqual(text.fold(plain), folded)

    def test_durations_are_read_as_in_the_other_languages(self) -> None:
        for plain, expected in CASES["millis"]:
            if isinstance(expected, int):
                self.assertEqual(duration.millis(plain), expected)
                continue
            with self.assertRaises(ValueError) as refused:
                duration.millis(plain)
            self.assertEqual(str(refused.exception), expected)

    def test_kinds_cover_kinds(self) -> None:
        for pattern, kind, expected in CASES["covers"]:
            self.assertEqual(kinds.covers(pattern, kind), expected)
        self.assertIsNone(kinds.check("email.*"))
        self.assertIsNotNone(kinds.check("e*"))

    def test_configurations_are_checked_as_in_the_other_languages(self) -> None:
        for schema, config, expected in CASES["schema"]:
            problems = [[one.pointer, one.message] for one in problems_of(schema, config)]
            self.assertEqual(problems, expected, schema)
        deep: object = 1
        for _ in range(41):
            deep = [deep]
        self.assertEqual(problems_of({}, deep)[0].message, "nested more than 40 levels deep")
        with self.assertRaisesRegex(ValueError, "`format` at /items"):
            inspect_schema({"items": {"format": "email"}})
        for schema, message in CASES["badSchemas"]:
            with self.assertRaises(ValueError) as refused:
                inspect_schema(schema)
            self.assertEqual(str(refused.exception), message)

    def test_numbers_of_a_configuration_are_of_the_type_that_the_schema_says(self) -> None:
        schema = {"properties": {"a": {"type": "number"}, "b": {"type": "integer"}, "c": {"default": 1}}}
        config = settled(schema, {"a": 1, "b": 2.0})
        self.assertEqual([type(config[name]) for name in "abc"], [float, int, float])

    def test_moments_count_in_days(self) -> None:
        moment = Timestamp(1_000)
        self.assertEqual(moment.plus_days(0.5).millis, 43_201_000)
        self.assertEqual(moment.plus_days(0.5).days_since(moment), 0.5)
        self.assertLess(moment, moment.plus_millis(1))

    def test_what_is_found_in_a_text_is_cut_out_of_it(self) -> None:
        host.install(SimpleNamespace(find=lambda *_: [SimpleNamespace(entry="ä", start=5, end=7)]), None)
        (hit,) = lists.find("words", "🦀 ä!")
        self.assertEqual("🦀 ä!"[hit.start : hit.end], "ä")
