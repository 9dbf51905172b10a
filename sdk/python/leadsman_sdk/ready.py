"""A plugin between the contracts and its class: what comes is read and given to it."""

import json
from typing import Any

from .answers import Failure, Problem, Problems
from .attribution import Conversion, Touch
from .follow_up import Matter, NextSteps
from .lead import Activity, Lead
from .plugin import Needs, Plugin
from .routing import Proposal, Request
from .schema import problems_of, settled
from .scoring import Assessment, ScoringInput
from .screening import Verdict
from .timestamp import Timestamp


class Ready:
    """A plugin class, and its one instance once it took a configuration."""

    def __init__(self, plugin: type[Plugin]):
        self._class = plugin
        self._plugin: Any = None
        self.needs = Needs()

    def configure(self, text: str) -> Needs:
        """Takes a configuration; raises `Problems` with everything that is wrong with it."""
        schema = self._class.schema
        config = _parsed(text)
        problems = problems_of(schema, config)
        if problems:
            raise Problems(problems)
        plugin = self._class()
        plugin.config = settled(schema, config)
        plugin.configure()
        self.needs = plugin.needs()
        self._plugin = plugin
        return self.needs

    def screen(self, lead: Any) -> Verdict:
        """Screens one lead."""
        return self._configured().screen(Lead.read(lead, self._class.Facts))

    def score(self, asked: Any) -> Assessment:
        """Scores one lead."""
        lead = Lead.read(asked.lead, self._class.Facts)
        activities = Activity.read(asked.activities, self.needs.activities)
        return self._configured().score(ScoringInput(lead, activities, Timestamp(asked.now_ms)))

    def route(self, request: Any) -> Proposal:
        """Answers one question of routing."""
        return self._configured().route(Request.read(request, self._class.Facts, self._class.RepFacts))

    def review(self, matter: Any, now_ms: int) -> NextSteps:
        """Reviews one lead."""
        return self._configured().review(Matter.read(matter, now_ms, self._class.Facts, self.needs.activities))

    def credit(self, conversion: Any, touches: list[Any]) -> list[float]:
        """Weighs the touches of one conversion."""
        weights = self._configured().credit(Conversion.read(conversion), [Touch.read(touch) for touch in touches])
        return [float(weight) for weight in weights]

    def _configured(self) -> Any:
        if self._plugin is None:
            raise Failure.internal("a stage was called before `configure` succeeded")
        return self._plugin


def _parsed(text: str) -> Any:
    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except ValueError as error:
        raise Problems([Problem("", str(error))]) from error
