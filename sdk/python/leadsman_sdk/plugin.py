"""What every plugin has besides its stages."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from .attributes import NoFacts
from .scoring import Rule


@dataclass
class Needs:
    """What a plugin, so configured, will read and speak of besides its facts."""

    activities: list[str] = field(default_factory=list)
    """Kinds of activity; a name that ends in `.*` stands for every kind with that beginning."""
    lists: list[str] = field(default_factory=list)
    all_texts: bool = False
    """Whether every text attribute of the lead is needed."""
    rules: list[Rule] = field(default_factory=list)
    """The rules that assessments name. Scoring only."""


class Plugin:
    """A plugin. Extend it, and add the methods of the stages that it serves:

    - `screen(lead)` gives a `Verdict`,
    - `score(input)` gives an `Assessment`,
    - `route(request)` gives a `Proposal`,
    - `review(matter)` gives `NextSteps`,
    - `credit(conversion, touches)` gives one weight for each touch.

    The host keeps the plugin as it is after `configure`, and may start every later call from there: what a stage
    remembers is lost. Prepare everything in `configure`.
    """

    schema: ClassVar[dict[str, Any]] = {"type": "object", "additionalProperties": False}
    """The JSON Schema of the configuration."""
    Facts: ClassVar[type] = NoFacts
    """The attributes of leads that the plugin reads."""
    RepFacts: ClassVar[type] = NoFacts
    """The attributes of reps that it reads. Routing only."""

    config: Any
    """The configuration, which fits the schema."""

    def configure(self) -> None:
        """Checks what a schema cannot, and prepares what the stages will use. Raise `Problems` for what is wrong."""

    def needs(self) -> Needs:
        """What the plugin, so configured, will read besides its facts."""
        return Needs()


def schema_beside(source: str, name: str = "config.schema.json") -> dict[str, Any]:
    """The JSON Schema in a file beside a source file: `schema_beside(__file__)`."""
    text = Path(source).with_name(name).read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError as wrong:
        raise ValueError(f"{name}:{wrong.lineno}:{wrong.colno}: {wrong.msg}") from wrong


STAGES = {
    "screen": "screening",
    "score": "scoring",
    "route": "routing",
    "review": "follow-up",
    "credit": "attribution",
}
"""The stages: the method that serves each, and the interface of the contracts that it is exported by."""


def stages_of(plugin: type[Plugin]) -> list[str]:
    """The stages that a plugin class serves, by the names of the contracts."""
    return [stage for method, stage in STAGES.items() if callable(getattr(plugin, method, None))]
