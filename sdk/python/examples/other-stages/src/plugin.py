"""The smallest of each stage but scoring: write only the methods of the stages that you serve."""

from leadsman_sdk import (
    Conversion, Deed, Lead, Matter, Needs, NextSteps, Plugin, Problem, Problems, Proposal, Reason, Request, Touch,
    Verdict, attribute, calendar, duration, facts, lists, schema_beside,
)  # fmt: skip


@facts
class Person:
    phone: str | None = attribute("contact.phone")
    language: str | None = attribute("contact.language")


@facts
class Rep:
    languages: list[str] | None


class OtherStages(Plugin):
    schema = schema_beside(__file__)
    Facts = Person
    RepFacts = Rep

    def configure(self) -> None:
        try:
            self.within = duration.millis(self.config["within"])
        except ValueError as error:
            raise Problems([Problem("/within", str(error))]) from error

    def needs(self) -> Needs:
        return Needs(activities=["call.*"], lists=["blocked-phones"])

    def screen(self, lead: Lead[Person]) -> Verdict:
        """Screening: is this lead junk?"""
        phone = lead.facts.phone
        if phone is None or not lists.contains("blocked-phones", phone):
            return Verdict.accept()
        return Verdict.accept().reject("blocked", "The number is blocked.", attribute="contact.phone", evidence=phone)

    def route(self, request: Request[Person]) -> Proposal:
        """Routing: who of the pool speaks the lead's language, and has the fewest leads?"""
        language = request.lead.facts.language
        speakers = [one for one in request.candidates if language in (one.facts.languages or [])]
        if request.question == "dispatch" or not speakers:
            return Proposal.pass_()
        least = min(speakers, key=lambda candidate: candidate.load)
        return Proposal.rep(least.rep).because("language", f"Speaks {language}.")

    def review(self, matter: Matter[Person]) -> NextSteps:
        """Follow-up: what if nobody calls?"""
        if matter.owner is None or any(one.at >= matter.since for one in matter.activities):
            return NextSteps.nothing()
        due = calendar.add_working_ms("office", matter.since, self.within)
        if matter.now < due:
            return NextSteps.nothing().deadline("first-call", due, "back to the pool")
        reason = Reason("no-call", f"Nobody called within {self.config['within']}.")
        return NextSteps.nothing().act(f"first-call {matter.since.millis}", Deed.recycle(), reason)

    def credit(self, conversion: Conversion, touches: list[Touch]) -> list[float]:
        """Attribution: which touches earned the deal?"""
        return [2 if place in (0, len(touches) - 1) else 1 for place in range(len(touches))]
