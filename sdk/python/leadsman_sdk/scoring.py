"""Scoring: what is this lead worth?"""

from dataclasses import dataclass, field
from typing import Generic

from .lead import Activity, Facts, Lead
from .timestamp import Timestamp


@dataclass(frozen=True)
class ScoringInput(Generic[Facts]):
    """One lead to be scored, its activities, oldest first, and the moment for which it is scored."""

    lead: Lead[Facts]
    activities: list[Activity]
    now: Timestamp


@dataclass(frozen=True)
class Rule:
    """A rule that can contribute: its name, its axis (`fit` or `engagement`), and one sentence for people."""

    name: str
    axis: str
    message: str


@dataclass(frozen=True)
class Contribution:
    """What a rule, or the declared one of this name, adds to the score or takes from it."""

    rule: Rule | str
    points: float
    detail: str | None


@dataclass
class Assessment:
    """The answer of `score`: what each rule contributes. The score is the sum of it and nothing else."""

    contributions: list[Contribution] = field(default_factory=list)

    def fit(self, rule: str, points: float, message: str, detail: str | None = None) -> "Assessment":
        """Adds points for what the lead is."""
        return self.having(Rule(rule, "fit", message), points, detail)

    def engagement(self, rule: str, points: float, message: str, detail: str | None = None) -> "Assessment":
        """Adds points for what the lead did."""
        return self.having(Rule(rule, "engagement", message), points, detail)

    def having(self, rule: Rule, points: float, detail: str | None = None) -> "Assessment":
        """Adds points of a rule. Points may be negative; `detail` is what is to be said of this lead besides."""
        self.contributions.append(Contribution(rule, float(points), detail))
        return self

    def declared(self, name: str, points: float, detail: str | None = None) -> "Assessment":
        """Adds points of a rule of the needs, by its name: cheaper than spelling it out for every lead."""
        self.contributions.append(Contribution(name, float(points), detail))
        return self
