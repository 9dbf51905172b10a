"""Tells everything that it is shown, and answers in every way that the contracts have: whichever the lead asks for."""

from dataclasses import fields
from typing import Any

from leadsman_sdk import (
    Assessment, Conversion, Deed, Failure, Lead, Matter, Needs, NextSteps, Plugin, Problem, Problems, Proposal, Reason,
    Request, Rule, ScoringInput, Timestamp, Touch, Verdict, calendar, facts, lists, numbers, schema_beside,
)  # fmt: skip

_HOUR_MS = 3_600_000

_DEEDS = {
    "remind": Deed.remind("Call it."),
    "escalate": Deed.escalate("Nobody calls."),
    "recycle": Deed.recycle(),
    "recycle-to": Deed.recycle("other"),
    "advance": Deed.advance("sql"),
    "route": Deed.route(),
    "send": Deed.send("welcome"),
    "spawn": Deed.spawn("abroad", "other"),
}


@facts
class Seen:
    ask: str | None
    size: float | None
    agreed: bool | None
    since: Timestamp | None
    tags: list[str] | None


@facts
class Own:
    languages: list[str] | None
    quota: float | None


class Piece(Plugin):
    schema = schema_beside(__file__)
    Facts = Seen
    RepFacts = Own

    def configure(self) -> None:
        if self.config["hours"] > 99:
            raise Problems([Problem("/hours", "must be at most 99")])

    def needs(self) -> Needs:
        rules = [Rule("size", "fit", "Its size.")]
        return Needs(activities=["call.done", "email.*"], lists=["named", "words"], all_texts=True, rules=rules)

    def screen(self, lead: Lead[Seen]) -> Verdict:
        ask = _asked(lead)
        if ask == "flag":
            return Verdict.accept().flag("asked", _told(lead), "ask", ask)
        if ask == "reject":
            return Verdict.accept().reject("asked", _told(lead), "ask", ask)
        return Verdict.accept()

    def score(self, input: ScoringInput[Seen]) -> Assessment:
        lead = input.lead
        _asked(lead)
        total = Assessment().declared("size", lead.facts.size or 0, f"{_told(lead)} at {input.now.millis}")
        for one in input.activities:
            total.engagement(one.kind, one.quantity, f"{one.kind} at {one.at.millis}.")
        for one in lead.texts:
            if lists.contains("named", one.text):
                total.fit("named", -1.5, f"{one.name} is named.")
            for hit in lists.find("words", one.text):
                found = one.text[hit.start : hit.end]
                total.engagement("word", 0.001, f"{one.name} says {found}: {hit.entry}.")
        return total

    def route(self, request: Request[Seen]) -> Proposal:
        proposal = self._chosen(request)
        for one in request.candidates:
            own = f"{_shown(one.facts.languages)}, {_shown(one.facts.quota)}"
            cap = "none" if one.cap is None else one.cap
            message = f"{'+'.join(one.teams)}, weight {one.weight}, load {one.load}, cap {cap}: {own}"
            proposal.ranked(one.rep, message)
        for known in request.acquaintances:
            proposal.passed_over(known.rep, known.relation, f"since {known.since.millis}")
        waiting = "+".join(f"{pool.id} {pool.waiting}" for pool in request.pools)
        asked = f"{request.question} for {request.pool or 'none'} of {waiting} at {request.now.millis}"
        message = f"{asked}: {_graded(request.standing)}; {_told(request.lead)}"
        return proposal.counter("turns", request.counter("turns") + 1).because("asked", message, "ask")

    def _chosen(self, request: Request[Seen]) -> Proposal:
        match _asked(request.lead):
            case "pool":
                return Proposal.pool("other")
            case "rep":
                return Proposal.rep(request.candidates[0].rep)
            case "narrow":
                return Proposal.narrow([one.rep for one in request.candidates])
            case "hold":
                later = request.now.plus_millis(12 * _HOUR_MS)
                return Proposal.hold_until(calendar.next_opening(self.config["calendar"], later))
            case "nurture":
                return Proposal.nurture()
            case _:
                return Proposal.pass_()

    def review(self, matter: Matter) -> NextSteps:
        ask = _asked(matter.lead)
        steps = NextSteps.nothing()
        key = f"{ask}/{matter.since.millis}"
        if ask in _DEEDS and not matter.is_done(key):
            did = "+".join(f"{one.kind} {numbers.format(one.quantity)}" for one in matter.activities)
            where = f"pool {matter.pool or 'none'}, owner {matter.owner or 'none'}, nurtured {_shown(matter.nurtured)}"
            past = f"{matter.stage} since {matter.stage_since.millis}, {where}, done {'+'.join(matter.done)}, {did}"
            message = f"{past}; {_graded(matter.standing)}; {_told(matter.lead)}"
            steps = steps.act(key, _DEEDS[ask], Reason("asked", message).about("ask"))
        worked = calendar.working_ms_between(self.config["calendar"], matter.since, matter.now)
        later = calendar.add_working_ms(self.config["calendar"], matter.now, int(self.config["hours"] * _HOUR_MS))
        return steps.deadline("later", later, f"after {worked} ms of work")

    def credit(self, conversion: Conversion, touches: list[Touch]) -> list[float]:
        if conversion.scenario == "unknown":
            raise Failure.internal(f"{conversion.id} of {conversion.scenario}")
        extra = (0 if conversion.lead_created is None else 0.25) + (0 if conversion.deal_created is None else 0.5)

        def weight(touch: Touch) -> float:
            hours = (conversion.at.millis - touch.at.millis) / _HOUR_MS
            return hours + len(touch.channel) + 10 * len(touch.campaign or "") + extra

        return [weight(touch) for touch in touches]


def _asked(lead: Lead[Seen]) -> str:
    """What the lead asks for."""
    ask = lead.facts.ask or "nothing"
    if ask == "bad-input":
        raise Failure.bad_input(_told(lead))
    if ask == "internal":
        raise Failure.internal(_told(lead))
    return ask


def _told(lead: Lead[Seen]) -> str:
    """All that is seen of a lead."""
    values = ", ".join(_shown(getattr(lead.facts, one.name)) for one in fields(lead.facts))
    texts = ", ".join(f"{one.name}={one.text}" for one in lead.texts)
    return f"{lead.id} of {lead.received.millis}: {values}; {texts}"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return numbers.format(value)
    if isinstance(value, Timestamp):
        return str(value.millis)
    return "+".join(value) if isinstance(value, list) else value


def _graded(standing: Any) -> str:
    total = f"{numbers.format(standing.score)} = {numbers.format(standing.fit)} + {numbers.format(standing.engagement)}"
    return f"{total}, {standing.grade}, mature {_shown(standing.mature)}"
