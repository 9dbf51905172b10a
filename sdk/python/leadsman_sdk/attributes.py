"""The attributes that a plugin reads, by name and type.

A class with the decorator `facts` names them; each is a `str`, `float`, `bool`, `Timestamp`, `list[str]` or `object`
for any of them, with `| None` for one that a lead need not have. A required one that a lead lacks, or that has another
type, is answered with bad input.
"""

import types
import typing
from dataclasses import dataclass, field, fields
from typing import Any

from .answers import Failure
from .timestamp import Timestamp

_TAGS: dict[Any, tuple[str | None, str]] = {
    str: ("text", "a text"),
    float: ("number", "a number"),
    bool: ("flag", "a flag"),
    Timestamp: ("time", "a time"),
    list[str]: ("texts", "a set of texts"),
    object: (None, "a value"),
}


_TAG_OF = {f"Value_{tag.capitalize()}": tag for tag, _ in _TAGS.values() if tag is not None}
"""The cases of the contract's `value`, by the names of their classes."""


def attribute(name: str) -> Any:
    """Names the attribute of a field; without it the field's own name is the attribute's."""
    return field(metadata={"attribute": name})


@dataclass(frozen=True)
class _Reading:
    """How one field is read."""

    field: str
    attribute: str
    tag: str | None
    expected: str
    required: bool

    def read(self, value: Any) -> Any:
        if value is None:
            if self.required:
                raise Failure.bad_input(f"attribute `{self.attribute}` is missing")
            return None
        tag = _TAG_OF[type(value).__name__]
        if self.tag is not None and tag != self.tag:
            raise Failure.bad_input(f"attribute `{self.attribute}` must be {self.expected}")
        return Timestamp(value.value) if tag == "time" else value.value


def facts(plain: type) -> type:
    """Makes a class the facts that a plugin reads."""
    made = dataclass(frozen=True)(plain)
    hints = typing.get_type_hints(made)
    made.__readings__ = [_reading(one, hints[one.name]) for one in fields(made)]
    return made


def _reading(one: Any, hint: Any) -> _Reading:
    required = True
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
        required = len(kinds) == len(typing.get_args(hint))
        hint = kinds[0] if len(kinds) == 1 else hint
    if hint not in _TAGS:
        raise TypeError(f"`{one.name}` must be str, float, bool, Timestamp, list[str] or object, perhaps with `| None`")
    tag, expected = _TAGS[hint]
    return _Reading(one.name, one.metadata.get("attribute", one.name), tag, expected, required)


@facts
class NoFacts:
    """The facts of a plugin that reads none."""


def names(of: type) -> list[str]:
    """The names of attributes, in the order in which the host sends their values."""
    return [reading.attribute for reading in of.__readings__]


def read(of: type, values: list[Any]) -> Any:
    """Gives the positional values of the host their names."""
    pairs = zip(of.__readings__, values, strict=True)
    return of(**{reading.field: reading.read(value) for reading, value in pairs})
