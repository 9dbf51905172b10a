"""Routing: who gets this lead?"""

from dataclasses import dataclass, field
from typing import Any, Generic

from . import attributes
from .answers import Reason
from .lead import Facts, Lead
from .timestamp import Timestamp


@dataclass(frozen=True)
class Candidate:
    """A rep who could own the lead. The host has already removed the absent, the full and the barred."""

    rep: str
    teams: list[str]
    weight: int
    load: int
    cap: int | None
    facts: Any
    """The rep's attributes, in the class that the plugin names as its `RepFacts`."""


@dataclass(frozen=True)
class Acquaintance:
    """A rep who knows the lead as its `owner`, `account-owner` or `last-worker`. It need not be a candidate."""

    rep: str
    relation: str
    since: Timestamp


@dataclass(frozen=True)
class Request(Generic[Facts]):
    """One question."""

    question: str
    """`dispatch` or `allocation`."""
    lead: Lead[Facts]
    standing: Any
    """What scoring said: `score`, `fit`, `engagement`, `grade`, `mature`."""
    pool: str | None
    pools: list[Any]
    """The pools of the policy, each with its `id` and how many are `waiting`; empty for an allocation."""
    candidates: list[Candidate]
    acquaintances: list[Acquaintance]
    counters: dict[str, int]
    now: Timestamp

    @staticmethod
    def read(request: Any, facts: type[Facts], rep_facts: type) -> "Request[Facts]":
        """Gives what the host sends by place its names."""
        return Request(
            question=_word(request.question),
            lead=Lead.read(request.lead, facts),
            standing=request.standing,
            pool=request.pool,
            pools=request.pools,
            candidates=[
                Candidate(one.rep, one.teams, one.weight, one.load, one.cap, attributes.read(rep_facts, one.values))
                for one in request.candidates
            ],
            acquaintances=[
                Acquaintance(one.rep, _word(one.relation), Timestamp(one.since_ms)) for one in request.acquaintances
            ],
            counters={one.key: one.value for one in request.counters},
            now=Timestamp(request.now_ms),
        )

    def candidate(self, rep: str) -> Candidate | None:
        """The candidate with this id."""
        return next((one for one in self.candidates if one.rep == rep), None)

    def counter(self, key: str) -> int:
        """The value of a counter; zero if it was never set."""
        return self.counters.get(key, 0)


def _word(case: Any) -> str:
    """The word of the contract for one of its enumerations."""
    return case.name.lower().replace("_", "-")


@dataclass
class Proposal:
    """The answer of `route`: what is proposed, and why. The functions without `self` make each choice."""

    choice: str
    what: Any = None
    rankings: list[tuple[str, str]] = field(default_factory=list)
    overlooked: list[tuple[str, str, str]] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    @staticmethod
    def pass_() -> "Proposal":
        """No opinion: ask the next plugin."""
        return Proposal("pass")

    @staticmethod
    def pool(pool: str) -> "Proposal":
        """Put the lead in this pool."""
        return Proposal("pool", pool)

    @staticmethod
    def rep(rep: str) -> "Proposal":
        """Give the lead to this rep, who must be a candidate."""
        return Proposal("rep", rep)

    @staticmethod
    def narrow(reps: list[str]) -> "Proposal":
        """Ask the next plugin, with only these candidates left."""
        return Proposal("narrow", reps)

    @staticmethod
    def hold_until(moment: Timestamp) -> "Proposal":
        """Decide nothing before this moment."""
        return Proposal("hold-until", moment)

    @staticmethod
    def nurture() -> "Proposal":
        """Leave the lead to marketing."""
        return Proposal("nurture")

    def because(self, code: str, message: str, attribute: str | None = None) -> "Proposal":
        """Adds a reason."""
        self.reasons.append(Reason(code, message, attribute))
        return self

    def ranked(self, rep: str, message: str) -> "Proposal":
        """Adds a candidate at the end of the ranking."""
        self.rankings.append((rep, message))
        return self

    def passed_over(self, rep: str, code: str, message: str) -> "Proposal":
        """Says of a rep why not."""
        self.overlooked.append((rep, code, message))
        return self

    def counter(self, key: str, value: int) -> "Proposal":
        """Sets a counter to a new value."""
        self.counters[key] = value
        return self
