"""Follow-up: what happens if nobody calls?"""

from dataclasses import dataclass, field
from typing import Any, Generic

from .answers import Reason
from .lead import Activity, Facts, Lead
from .timestamp import Timestamp

LIFE_STAGES = ["uql", "mql", "sql", "deal"]
"""The stages of a lead's life; each comes after the one before."""


@dataclass(frozen=True)
class Matter(Generic[Facts]):
    """Where a lead is on its way, and since when."""

    lead: Lead[Facts]
    activities: list[Activity]
    standing: Any
    """What scoring said: `score`, `fit`, `engagement`, `grade`, `mature`."""
    stage: str
    stage_since: Timestamp
    pool: str | None
    owner: str | None
    nurtured: bool
    since: Timestamp
    """Since when it is where it is: with its owner, in its pool, or nurtured."""
    done: list[str]
    """The keys of this plugin's actions that were done already, oldest first."""
    now: Timestamp

    @staticmethod
    def read(matter: Any, now_ms: int, facts: type[Facts], kinds: list[str]) -> "Matter[Facts]":
        """Gives what the host sends by place its names."""
        return Matter(
            lead=Lead.read(matter.lead, facts),
            activities=Activity.read(matter.activities, kinds),
            standing=matter.standing,
            stage=matter.stage,
            stage_since=Timestamp(matter.stage_since_ms),
            pool=matter.pool,
            owner=matter.owner,
            nurtured=matter.nurtured,
            since=Timestamp(matter.since_ms),
            done=matter.done,
            now=Timestamp(now_ms),
        )

    def is_done(self, key: str) -> bool:
        """Whether the action with this key was done already."""
        return key in self.done


@dataclass(frozen=True)
class Deed:
    """Something to be done. The functions below make each."""

    name: str
    what: Any = None

    @staticmethod
    def remind(message: str) -> "Deed":
        """Remind the owner, with this text."""
        return Deed("remind", message)

    @staticmethod
    def escalate(message: str) -> "Deed":
        """Tell the owner's manager, with this text."""
        return Deed("escalate", message)

    @staticmethod
    def recycle(pool: str | None = None) -> "Deed":
        """Take the lead from its owner and put it in this pool, or in the one that it came from."""
        return Deed("recycle", pool)

    @staticmethod
    def advance(stage: str) -> "Deed":
        """Move the lead on to a stage of its life: `uql`, `mql`, `sql` or `deal`."""
        return Deed("advance", stage)

    @staticmethod
    def route() -> "Deed":
        """Take the lead through dispatch and allocation now, whatever its score."""
        return Deed("route")

    @staticmethod
    def send(template: str) -> "Deed":
        """Send the lead this template."""
        return Deed("send", template)

    @staticmethod
    def spawn(line: str, pool: str) -> "Deed":
        """Make a lead for another business line, which begins in this pool."""
        return Deed("spawn", (line, pool))

    def is_moot(self, matter: Matter) -> bool:
        """Whether nothing would come of it, because the lead already is where it would bring it."""
        if self.name == "recycle":
            return self.what is not None and matter.owner is None and matter.pool == self.what
        if self.name == "advance":
            return LIFE_STAGES.index(matter.stage) >= LIFE_STAGES.index(self.what)
        return False


@dataclass
class NextSteps:
    """The answer of `review`: what to do now, and when to look again."""

    actions: list[tuple[str, Deed, Reason]] = field(default_factory=list)
    next: Timestamp | None = None
    countdown: list[tuple[str, Timestamp, str]] = field(default_factory=list)

    @staticmethod
    def nothing() -> "NextSteps":
        """Nothing to do, and nothing to wait for."""
        return NextSteps()

    def act(self, key: str, deed: Deed, reason: Reason) -> "NextSteps":
        """Adds something to be done now, with the key that keeps it from being done twice."""
        self.actions.append((key, deed, reason))
        return self

    def look_again(self, moment: Timestamp) -> "NextSteps":
        """Asks to look again at this moment; of several moments the earliest holds."""
        self.next = moment if self.next is None else min(self.next, moment)
        return self

    def deadline(self, rule: str, at: Timestamp, consequence: str) -> "NextSteps":
        """Says what will be done at a moment if nothing happens before, and asks to look again then."""
        self.countdown.append((rule, at, consequence))
        self.countdown.sort(key=lambda one: one[1])
        return self.look_again(at)
