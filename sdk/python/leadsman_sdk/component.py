"""From a plugin class to the exports of a component. What `leadsman_sdk.build` generates calls it; authors do not."""

import importlib
import json
from collections.abc import Callable
from typing import Any

from componentize_py_types import Err, Ok
from wit_world.exports import plugin as wit
from wit_world.imports import calendar, lists, types

from . import attributes, host
from .answers import Failure, Problems, Reason
from .follow_up import Deed, NextSteps
from .plugin import STAGES, Plugin, stages_of
from .ready import Ready
from .routing import Proposal
from .scoring import Assessment, Contribution, Rule
from .screening import Verdict

_AXES = {"fit": types.Axis.FIT, "engagement": types.Axis.ENGAGEMENT}


def exports(plugin: type[Plugin], name: str, version: str, summary: str) -> dict[str, type]:
    """The exports of a component, by the names that `componentize-py` gives the interfaces."""
    host.install(lists, calendar)
    ready = Ready(plugin)

    class Introduction:
        def describe(self) -> Any:
            return wit.Description(name, version, summary, json.dumps(plugin.schema, ensure_ascii=False))

        def configure(self, configuration: str) -> Any:
            try:
                needs = ready.configure(configuration)
            except Problems as refused:
                raise Err([wit.Problem(one.pointer, one.message) for one in refused.problems]) from refused
            except Exception as raised:
                raise Err([wit.Problem("", Failure.of(raised).message)]) from raised
            return wit.Needs(
                attributes=attributes.names(plugin.Facts),
                all_texts=needs.all_texts,
                activities=needs.activities,
                rep_attributes=attributes.names(plugin.RepFacts),
                lists=needs.lists,
                rules=[_rule(rule) for rule in needs.rules],
            )

    served = {stage: _STAGES[stage](ready) for stage in stages_of(plugin)}
    return {"Plugin": Introduction} | {_class_name(stage): made for stage, made in served.items()}


def _class_name(stage: str) -> str:
    return "".join(part.capitalize() for part in stage.split("-"))


def _screening(ready: Ready) -> type:
    contract = importlib.import_module("wit_world.exports.screening")

    def lower(verdict: Verdict) -> Any:
        findings = [contract.Finding(one.code, one.message, one.attribute, one.evidence) for one in verdict.findings]
        return contract.Verdict(contract.Disposition[verdict.disposition.upper()], findings)

    class Screening:
        def screen(self, leads: list[Any]) -> list[Any]:
            return [_result(lambda: lower(ready.screen(lead))) for lead in leads]  # noqa: B023 - called at once

    return Screening


def _scoring(ready: Ready) -> type:
    contract = importlib.import_module("wit_world.exports.scoring")

    def lower(assessment: Assessment) -> Any:
        return contract.Assessment([contribution(one) for one in assessment.contributions])

    def contribution(one: Contribution) -> Any:
        if isinstance(one.rule, Rule):
            rule = contract.RuleReference_Spelled(_rule(one.rule))
        else:
            rule = contract.RuleReference_Declared(place(one.rule))
        return contract.Contribution(rule, one.points, one.detail)

    def place(name: str) -> int:
        for at, rule in enumerate(ready.needs.rules):
            if rule.name == name:
                return at
        raise Failure.internal(f"the rule `{name}` is not declared")

    class Scoring:
        def score(self, inputs: list[Any]) -> list[Any]:
            return [_result(lambda: lower(ready.score(one))) for one in inputs]  # noqa: B023 - called at once

    return Scoring


def _routing(ready: Ready) -> type:
    contract = importlib.import_module("wit_world.exports.routing")

    def choice(proposal: Proposal) -> Any:
        match proposal.choice:
            case "pass":
                return contract.Choice_Pass()
            case "pool":
                return contract.Choice_Pool(proposal.what)
            case "rep":
                return contract.Choice_Rep(proposal.what)
            case "narrow":
                return contract.Choice_Narrow(proposal.what)
            case "hold-until":
                return contract.Choice_HoldUntil(proposal.what.millis)
            case _:
                return contract.Choice_Nurture()

    def lower(proposal: Proposal) -> Any:
        return contract.Proposal(
            choice=choice(proposal),
            ranking=[contract.Ranked(*one) for one in proposal.rankings],
            passed_over=[contract.PassedOver(*one) for one in proposal.overlooked],
            counters=[contract.Counter(key, value) for key, value in proposal.counters.items()],
            reasons=[_reason(one) for one in proposal.reasons],
        )

    class Routing:
        def route(self, request: Any) -> Any:
            return _or_failure(lambda: lower(ready.route(request)))

    return Routing


def _follow_up(ready: Ready) -> type:
    contract = importlib.import_module("wit_world.exports.follow_up")

    def deed(one: Deed) -> Any:
        made = getattr(contract, f"Deed_{one.name.capitalize()}")
        if one.name == "route":
            return made()
        return made(contract.Opportunity(*one.what) if one.name == "spawn" else one.what)

    def lower(steps: NextSteps) -> Any:
        return contract.NextSteps(
            actions=[contract.Action(key, deed(one), _reason(reason)) for key, one, reason in steps.actions],
            next_ms=None if steps.next is None else steps.next.millis,
            countdown=[contract.Deadline(rule, at.millis, what) for rule, at, what in steps.countdown],
        )

    class FollowUp:
        def review(self, matter: Any, now_ms: int) -> Any:
            return _or_failure(lambda: lower(ready.review(matter, now_ms)))

    return FollowUp


def _attribution(ready: Ready) -> type:
    class Attribution:
        def credit(self, conversion: Any, touches: list[Any]) -> list[float]:
            return _or_failure(lambda: ready.credit(conversion, touches))

    return Attribution


_STAGES = dict(zip(STAGES.values(), [_screening, _scoring, _routing, _follow_up, _attribution], strict=True))


def _rule(rule: Rule) -> Any:
    return types.Rule(rule.name, _AXES[rule.axis], rule.message)


def _reason(reason: Reason) -> Any:
    return types.Reason(reason.code, reason.message, reason.attribute)


def _failure(raised: Exception) -> Any:
    failure = Failure.of(raised)
    made = types.Failure_BadInput if failure.kind == "bad-input" else types.Failure_Internal
    return made(failure.message)


def _result(answer: Callable[[], Any]) -> Any:
    """An answer in a list is a value; what was raised for one lead does not cost the others their answer."""
    try:
        return Ok(answer())
    except Exception as raised:
        return Err(_failure(raised))


def _or_failure(answer: Callable[[], Any]) -> Any:
    """An answer that stands alone is returned, or its failure raised."""
    try:
        return answer()
    except Exception as raised:
        raise Err(_failure(raised)) from raised
