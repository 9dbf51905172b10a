"""Gives a lead to the rep who speaks its language and has the fewest leads."""

from leadsman_sdk import Plugin, Proposal, Request, attribute, facts, schema_beside


@facts
class Speaks:
    language: str | None = attribute("person.language")


@facts
class Rep:
    languages: list[str] | None


class Languages(Plugin):
    schema = schema_beside(__file__)
    Facts = Speaks
    RepFacts = Rep

    def route(self, request: Request[Speaks]) -> Proposal:
        language = request.lead.facts.language or self.config["otherwise"]
        speakers = [one for one in request.candidates if language in (one.facts.languages or [])]
        if not speakers:
            return Proposal.pass_().because("nobody", f"Nobody who is there speaks {language}.")
        first = min(speakers, key=lambda candidate: candidate.load)
        message = f"{first.rep} speaks {language} and has {first.load} leads."
        return Proposal.rep(first.rep).because("speaks", message)
