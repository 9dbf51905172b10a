"""Calls plugins in tests, without a sandbox: leads by names, lists and calendars, a moment."""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any

from . import attributes, host
from .attribution import Conversion, Touch
from .follow_up import NextSteps
from .plugin import Needs, Plugin
from .ready import Ready
from .routing import Proposal
from .scoring import Rule
from .screening import Verdict
from .timestamp import Timestamp

_START = Timestamp(1_704_067_200_000)


@dataclass
class Sample:
    """A lead by names, to be reduced to what a plugin needs."""

    id: str = "lead"
    received: Timestamp | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    activities: list[tuple[str, Timestamp, float]] = field(default_factory=list)

    def having(self, name: str, value: Any) -> "Sample":
        """Gives the lead an attribute: a text, number, flag, `Timestamp` or list of texts."""
        self.attributes[name] = value
        return self

    def did(self, kind: str, at: Timestamp, quantity: float = 1.0) -> "Sample":
        """Adds an activity."""
        self.activities.append((kind, at, quantity))
        return self


def sample(**known: Any) -> Sample:
    """A lead of which nothing is known yet, but perhaps its `id` and when it was `received`."""
    return Sample(**known)


@dataclass(frozen=True)
class Score:
    """An assessment with its rules spelled out, as the host does it."""

    contributions: list[tuple[Rule, float, str | None]]

    @property
    def total(self) -> float:
        """The points of all rules together."""
        return sum(points for _, points, _ in self.contributions)


class Harness:
    """A configured plugin. The moment is the start of 2024 until `at` says another."""

    def __init__(self, plugin: type[Plugin], config: Any = None):
        self._class = plugin
        self._ready = Ready(plugin)
        self._lists: dict[str, list[str]] = {}
        self._now = _START
        self.needs: Needs = self._ready.configure(json.dumps({} if config is None else config))

    def lists(self, **lists: list[str]) -> "Harness":
        """Gives the plugin lists by name."""
        self._lists = lists
        return self

    def at(self, now: Timestamp) -> "Harness":
        """Sets the moment of the following calls."""
        self._now = now
        return self

    def screen(self, lead: Sample) -> Verdict:
        """Screens a lead."""
        self._install()
        return self._ready.screen(self._lead(lead))

    def score(self, lead: Sample) -> Score:
        """Scores a lead."""
        self._install()
        asked = SimpleNamespace(lead=self._lead(lead), activities=self._activities(lead), now_ms=self._now.millis)
        declared = {rule.name: rule for rule in self.needs.rules}
        answer = self._ready.score(asked).contributions
        spelled = [one.rule if isinstance(one.rule, Rule) else declared[one.rule] for one in answer]
        return Score([(rule, one.points, one.detail) for rule, one in zip(spelled, answer, strict=True)])

    def route(
        self,
        lead: Sample,
        pool: str | None = None,
        pools: list[str] | None = None,
        candidates: list[dict[str, Any]] | None = None,
        acquaintances: list[dict[str, Any]] | None = None,
        counters: dict[str, int] | None = None,
        **standing: Any,
    ) -> Proposal:
        """Asks which of the candidates shall own a lead, or, without `pool`, where it shall go."""
        self._install()
        usual = {"teams": [], "weight": 1, "load": 0, "cap": None}
        request = SimpleNamespace(
            question=_Question.DISPATCH if pool is None else _Question.ALLOCATION,
            lead=self._lead(lead),
            standing=_standing(standing),
            pool=pool,
            pools=[SimpleNamespace(id=one, waiting=0) for one in pools or []],
            candidates=[
                SimpleNamespace(**usual | one, values=_values(self._class.RepFacts, one.get("attributes", {})))
                for one in candidates or []
            ],
            acquaintances=[
                SimpleNamespace(
                    rep=one["rep"],
                    relation=_Relation[one["relation"].upper().replace("-", "_")],
                    since_ms=one.get("since", self._now).millis,
                )
                for one in acquaintances or []
            ],
            counters=[SimpleNamespace(key=key, value=value) for key, value in (counters or {}).items()],
            now_ms=self._now.millis,
        )
        return self._ready.route(request)

    def review(
        self,
        lead: Sample,
        stage: str = "uql",
        stage_since: Timestamp | None = None,
        pool: str | None = None,
        owner: str | None = None,
        nurtured: bool = False,
        since: Timestamp | None = None,
        done: list[str] | None = None,
        **standing: Any,
    ) -> NextSteps:
        """Reviews a lead."""
        self._install()
        matter = SimpleNamespace(
            lead=self._lead(lead),
            activities=self._activities(lead),
            standing=_standing(standing),
            stage=stage,
            stage_since_ms=(stage_since or since or self._now).millis,
            pool=pool,
            owner=owner,
            nurtured=nurtured,
            since_ms=(since or self._now).millis,
            done=done or [],
        )
        return self._ready.review(matter, self._now.millis)

    def credit(self, conversion: Conversion, touches: list[Touch]) -> list[float]:
        """Weighs the touches of a conversion."""
        self._install()
        moment = lambda one: None if one is None else one.millis  # noqa: E731
        asked = SimpleNamespace(
            id=conversion.id,
            scenario=conversion.scenario,
            at_ms=conversion.at.millis,
            lead_created_ms=moment(conversion.lead_created),
            deal_created_ms=moment(conversion.deal_created),
        )
        lowered = [SimpleNamespace(at_ms=one.at.millis, channel=one.channel, campaign=one.campaign) for one in touches]
        return self._ready.credit(asked, lowered)

    def _install(self) -> None:
        host.install(_Lists(self._lists), _ALWAYS_OPEN)

    def _lead(self, lead: Sample) -> Any:
        texts = sorted((name, text) for name, text in lead.attributes.items() if isinstance(text, str))
        return SimpleNamespace(
            id=lead.id,
            received_ms=(lead.received or self._now).millis,
            values=_values(self._class.Facts, lead.attributes),
            texts=[SimpleNamespace(name=name, text=text) for name, text in texts] if self.needs.all_texts else [],
        )

    def _activities(self, lead: Sample) -> list[Any]:
        named = [(_place_of(self.needs.activities, kind), at, quantity) for kind, at, quantity in lead.activities]
        sent = [
            SimpleNamespace(kind=kind, at_ms=at.millis, quantity=quantity)
            for kind, at, quantity in named
            if kind is not None
        ]
        return sorted(sent, key=lambda one: one.at_ms)


class _Question(Enum):
    DISPATCH = 0
    ALLOCATION = 1


class _Relation(Enum):
    OWNER = 0
    ACCOUNT_OWNER = 1
    LAST_WORKER = 2


def _standing(known: dict[str, Any]) -> Any:
    return SimpleNamespace(**{"score": 0.0, "fit": 0.0, "engagement": 0.0, "grade": "", "mature": False} | known)


def _values(facts: type, known: dict[str, Any]) -> list[Any]:
    return [_value(known.get(name)) for name in attributes.names(facts)]


def _value(value: Any) -> Any:
    """A value as the contract has it."""
    if value is None:
        return None
    kinds = [(bool, "Flag"), (str, "Text"), (int | float, "Number"), (Timestamp, "Time"), (list, "Texts")]
    case = next(case for kind, case in kinds if isinstance(value, kind))
    content = {"Time": lambda: value.millis, "Number": lambda: float(value)}.get(case, lambda: value)()
    return type(f"Value_{case}", (SimpleNamespace,), {})(value=content)


def _place_of(kinds: list[str], kind: str) -> int | None:
    """The position of a kind: its own name if that is there, else the longest beginning with `.*`."""
    if kind in kinds:
        return kinds.index(kind)
    beginnings = [one for one in kinds if one.endswith(".*") and kind.startswith(one[:-1])]
    return kinds.index(max(beginnings, key=len)) if beginnings else None


_ALWAYS_OPEN = SimpleNamespace(
    add_working_ms=lambda _calendar, since, working_ms: since + working_ms,
    working_ms_between=lambda _calendar, since, until: max(0, until - since),
    next_opening=lambda _calendar, at: at,
)


class _Lists:
    """Lists as the host would search them, near enough for tests."""

    def __init__(self, lists: dict[str, list[str]]):
        self._lists = lists

    def contains(self, list: str, entry: str) -> bool:
        return any(_fold(one) == _fold(entry) for one in self._lists.get(list, []))

    def find(self, list: str, text: str) -> Any:
        hits = [hit for entry in self._lists.get(list, []) for hit in _occurrences(text, entry)]
        return sorted(hits, key=lambda hit: hit.start)[:32]


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _occurrences(text: str, entry: str) -> Any:
    """Where an entry occurs in a text, in bytes of UTF-8 as the host counts: whole words of alphabetic scripts."""
    for found in re.finditer(re.escape(entry.lower()), text.lower()):
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        if _joins(before, entry[0]) or _joins(after, entry[-1]):
            continue
        start = len(text[: found.start()].encode())
        yield SimpleNamespace(entry=entry, start=start, end=start + len(found[0].encode()))


def _joins(neighbour: str, edge: str) -> bool:
    return all(one.isalnum() and one < "\u2e80" for one in (neighbour, edge))
