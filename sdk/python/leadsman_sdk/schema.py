"""Checking a configuration against its JSON Schema: every problem with its place.

The keywords are those below; `inspect_schema` refuses a schema with others, so that none is a promise that nobody
keeps. The messages are those of the JavaScript SDK, to the letter.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import numbers
from .answers import Problem

_DEPTH_MAX = 40
"""How deep a configuration may be nested."""

_WORDS = ["$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"]
"""Keywords that say something to people."""

_ARTICLES = {
    "object": "a table", "array": "a list", "string": "a text", "number": "a number", "integer": "a whole number",
    "boolean": "true or false", "null": "null",
}  # fmt: skip

_SAFE_MAX = 2**53 - 1
"""The largest whole number that every language counts exactly."""


@dataclass(frozen=True)
class _Place:
    """A place in a configuration, where problems are reported."""

    root: dict[str, Any]
    pointer: str
    problems: list[Problem]

    def below(self, token: object) -> "_Place":
        escaped = str(token).replace("~", "~0").replace("/", "~1")
        return _Place(self.root, f"{self.pointer}/{escaped}", self.problems)

    def report(self, message: str) -> None:
        self.problems.append(Problem(self.pointer, message))

    def unless(self, fine: bool, message: str) -> None:
        if not fine:
            self.report(message)

    def definition(self, reference: str) -> Any:
        return _definition(self.root, reference)


def problems_of(schema: dict[str, Any], config: Any) -> list[Problem]:
    """Everything that is wrong with a configuration."""
    place = _Place(schema, "", [])
    if _depth(config) > _DEPTH_MAX:
        place.report(f"nested more than {_DEPTH_MAX} levels deep")
    else:
        _check(schema, config, place)
    return place.problems


def inspect_schema(schema: Any, pointer: str = "") -> None:
    """Says why a schema cannot be checked, if it cannot: it is none, or has a keyword that is not known here."""
    if isinstance(schema, bool):
        return
    place = pointer or "the top"
    if not isinstance(schema, dict):
        raise ValueError(f"the schema must be a table at {place}, or true or false")
    known = {*_WORDS, "default", *_KEYWORDS}
    for keyword, demand in schema.items():
        if keyword not in known:
            raise ValueError(f"the schema has `{keyword}` at {place}, which is not checked here")
        fits, wanted = _DEMANDS.get(keyword, (lambda _: True, ""))
        if not fits(demand):
            shown = json.dumps(demand, ensure_ascii=False, separators=(",", ":"))
            raise ValueError(f"the schema's `{keyword}` at {place} must be {wanted}, not {shown}")
    for keyword in ("properties", "$defs"):
        for name, one in schema.get(keyword, {}).items():
            inspect_schema(one, f"{pointer}/{keyword}/{name}")
    for keyword in ("anyOf", "oneOf", "allOf"):
        for at, one in enumerate(schema.get(keyword, [])):
            inspect_schema(one, f"{pointer}/{keyword}/{at}")
    for keyword in ("items", "additionalProperties"):
        if keyword in schema:
            inspect_schema(schema[keyword], f"{pointer}/{keyword}")


def settled(schema: Any, config: Any, root: dict[str, Any] | None = None) -> Any:
    """The configuration with the defaults of its schema where it says nothing, at any depth of `properties`, and with
    numbers as every language has them: a `number` is a `float`, an `integer` an `int`."""
    root = schema if root is None else root
    described = schema if isinstance(schema, dict) else {}
    if "$ref" in described:
        described = _definition(root, described["$ref"])
    if isinstance(config, list):
        return [settled(described.get("items", {}), one, root) for one in config]
    if _is_of("number", config):
        return int(config) if described.get("type") == "integer" else float(config)
    if not isinstance(config, dict):
        return config
    properties = described.get("properties", {})
    others = described.get("additionalProperties", {})
    whole = {name: settled(properties.get(name, others), one, root) for name, one in config.items()}
    for name, one in properties.items():
        if name not in whole and isinstance(one, dict) and "default" in one:
            whole[name] = settled(one, one["default"], root)
    return whole


def _check(schema: Any, value: Any, place: _Place) -> None:
    if schema is True:
        return
    if schema is False:
        place.report("may not be here")
        return
    before = len(place.problems)
    for keyword, demanded in _KEYWORDS.items():
        if keyword not in schema or (keyword in _APPLIES and not _is_of(_APPLIES[keyword], value)):
            continue
        demanded(schema[keyword], value, place, schema)
        if keyword == "type" and len(place.problems) > before:
            return


def _type(demand: Any, value: Any, place: _Place, _schema: Any) -> None:
    kinds = demand if isinstance(demand, list) else [demand]
    place.unless(
        any(_is_of(kind, value) for kind in kinds), f"must be {' or '.join(_ARTICLES[kind] for kind in kinds)}"
    )


def _unique(demand: Any, value: Any, place: _Place, _schema: Any) -> None:
    again = next((at for at, one in enumerate(value) if any(_same(one, other) for other in value[:at])), None)
    if demand and again is not None:
        place.below(again).report("is there already")


def _items(demand: Any, value: Any, place: _Place, _schema: Any) -> None:
    for at, one in enumerate(value):
        _check(demand, one, place.below(at))


def _required(demand: Any, value: Any, place: _Place, _schema: Any) -> None:
    for name in demand:
        place.unless(name in value, f"`{name}` is missing")


def _properties(demand: Any, value: Any, place: _Place, _schema: Any) -> None:
    for name, schema in demand.items():
        if name in value:
            _check(schema, value[name], place.below(name))


def _additional(demand: Any, value: Any, place: _Place, schema: Any) -> None:
    properties = schema.get("properties", {})
    for name in value:
        if name in properties:
            continue
        if demand is False:
            place.below(name).report(_unknown(list(properties)))
        else:
            _check(demand, value[name], place.below(name))


def _one_of(demand: Any, value: Any, place: _Place, _schema: Any) -> None:
    fitting = sum(_is_fine(schema, value, place) for schema in demand)
    place.unless(fitting > 0, "fits none of the forms that it may have")
    place.unless(fitting < 2, "fits several of the forms of which it may have one")


def _all_of(demand: Any, value: Any, place: _Place, _schema: Any) -> None:
    for schema in demand:
        _check(schema, value, place)


def _simple(fine: Callable[[Any, Any], bool], message: Callable[[Any], str]) -> Callable[..., None]:
    return lambda demand, value, place, _schema: place.unless(fine(demand, value), message(demand))


_KEYWORDS: dict[str, Callable[[Any, Any, _Place, Any], None]] = {
    "type": _type,
    "const": _simple(lambda demand, value: _same(demand, value), lambda demand: f"must be {_show(demand)}"),
    "enum": _simple(
        lambda demand, value: any(_same(one, value) for one in demand),
        lambda demand: f"must be one of {', '.join(map(_show, demand))}",
    ),
    "minimum": _simple(lambda demand, value: value >= demand, lambda demand: f"must be at least {_show(demand)}"),
    "maximum": _simple(lambda demand, value: value <= demand, lambda demand: f"must be at most {_show(demand)}"),
    "exclusiveMinimum": _simple(
        lambda demand, value: value > demand, lambda demand: f"must be more than {_show(demand)}"
    ),
    "exclusiveMaximum": _simple(
        lambda demand, value: value < demand, lambda demand: f"must be less than {_show(demand)}"
    ),
    "minLength": _simple(
        lambda demand, value: len(value) >= demand, lambda demand: f"must have at least {demand} characters"
    ),
    "maxLength": _simple(
        lambda demand, value: len(value) <= demand, lambda demand: f"must have at most {demand} characters"
    ),
    "pattern": _simple(
        lambda demand, value: _matches(demand, value), lambda demand: f"must match `{demand}`"
    ),
    "minItems": _simple(
        lambda demand, value: len(value) >= demand, lambda demand: f"must have at least {demand} items"
    ),
    "maxItems": _simple(
        lambda demand, value: len(value) <= demand, lambda demand: f"must have at most {demand} items"
    ),
    "uniqueItems": _unique,
    "items": _items,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "anyOf": lambda demand, value, place, _schema: place.unless(
        any(_is_fine(schema, value, place) for schema in demand), "fits none of the forms that it may have"
    ),
    "oneOf": _one_of,
    "allOf": _all_of,
    "$ref": lambda demand, value, place, _schema: _check(place.definition(demand), value, place),
}
"""What each keyword demands, in the order in which problems are told."""

_APPLIES = {
    "minimum": "number", "maximum": "number", "exclusiveMinimum": "number", "exclusiveMaximum": "number",
    "minLength": "string", "maxLength": "string", "pattern": "string",
    "minItems": "array", "maxItems": "array", "uniqueItems": "array", "items": "array",
    "required": "object", "properties": "object", "additionalProperties": "object",
}  # fmt: skip
"""To which values a keyword applies, if not to all."""


def _is_pattern(text: Any) -> bool:
    try:
        return isinstance(text, str) and _compiled(text) is not None
    except re.error:
        return False


def _are_types(demand: Any) -> bool:
    kinds = demand if isinstance(demand, list) else [demand]
    return all(isinstance(kind, str) and kind in _ARTICLES for kind in kinds)


def _are_names(demand: Any) -> bool:
    return isinstance(demand, list) and all(isinstance(name, str) for name in demand)


def _is_size(demand: Any) -> bool:
    return _is_of("integer", demand) and demand >= 0


_DEMANDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "type": (_are_types, f"one of {', '.join(_ARTICLES)}, or a list of them"),
    "pattern": (_is_pattern, "a regular expression"),
    "uniqueItems": (lambda one: isinstance(one, bool), "true or false"),
    "required": (_are_names, "a list of names"),
    "$ref": (lambda one: isinstance(one, str) and one.startswith("#/$defs/"), "`#/$defs/NAME`"),
    **dict.fromkeys(["enum", "anyOf", "oneOf", "allOf"], (lambda one: isinstance(one, list), "a list")),
    **dict.fromkeys(["properties", "$defs"], (lambda one: isinstance(one, dict), "a table")),
    **dict.fromkeys(
        ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], (lambda one: _is_of("number", one), "a number")
    ),
    **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems"], (_is_size, "a whole number from 0 on")),
}
"""What stands for a keyword has to be, and how that is said."""


def _compiled(pattern: str) -> re.Pattern[str]:
    # In Python `$` also matches before a line feed at the end, and `\d` and `\w` know more than ASCII.
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)


def _matches(pattern: str, value: str) -> bool:
    return _compiled(pattern).search(value) is not None


def _definition(root: dict[str, Any], reference: str) -> Any:
    name = reference.removeprefix("#/$defs/")
    if name not in root.get("$defs", {}):
        raise ValueError(f"the schema has no `{reference}`")
    return root["$defs"][name]


def _is_fine(schema: Any, value: Any, place: _Place) -> bool:
    trial = _Place(place.root, place.pointer, [])
    _check(schema, value, trial)
    return not trial.problems


def _is_of(kind: str, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "null":
            return value is None
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "integer":
            return number and value == int(value) and abs(value) <= _SAFE_MAX
        case _:
            return number


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _show(value: Any) -> str:
    """A value as the messages show it."""
    if _is_of("number", value):
        return numbers.format(value)
    if isinstance(value, str):
        return f"`{value}`"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _unknown(names: list[str]) -> str:
    if not names:
        return "is not known; nothing may be here"
    return f"is not known; there may be {', '.join(map(_show, names))}"


def _depth(value: Any) -> int:
    level, most = [value], 0
    while level and most <= _DEPTH_MAX + 1:
        below = []
        for one in level:
            below += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
        level, most = below, most + 1
    return most - 1
