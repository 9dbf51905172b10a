"""A lead as a plugin sees it, and what the lead did."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from . import attributes
from .timestamp import Timestamp

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class NamedText:
    """A text attribute with its name."""

    name: str
    text: str


@dataclass(frozen=True)
class Lead(Generic[Facts]):
    """A person or company that may buy, reduced to what the plugin said that it needs."""

    id: str
    received: Timestamp
    facts: Facts
    texts: list[NamedText]
    """Every text attribute, sorted by name, if the plugin needs all texts; else empty."""

    @staticmethod
    def read(lead: Any, facts: type[Facts]) -> "Lead[Facts]":
        """Gives what the host sends by place its names."""
        texts = [NamedText(one.name, one.text) for one in lead.texts]
        return Lead(lead.id, Timestamp(lead.received_ms), attributes.read(facts, lead.values), texts)


@dataclass(frozen=True)
class Activity:
    """Something that the lead did, or that was done to it."""

    kind: str
    """Its kind as the plugin named it."""
    at: Timestamp
    quantity: float

    @staticmethod
    def read(activities: list[Any], kinds: list[str]) -> "list[Activity]":
        """Gives the kinds their names."""
        return [Activity(kinds[one.kind], Timestamp(one.at_ms), one.quantity) for one in activities]
