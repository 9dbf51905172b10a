"""Gives points to companies from a certain size on."""

from leadsman_sdk import Assessment, Plugin, ScoringInput, attribute, facts, schema_beside


@facts
class Company:
    size: float | None = attribute("company.size")


class Size(Plugin):
    schema = schema_beside(__file__)
    Facts = Company

    def score(self, input: ScoringInput[Company]) -> Assessment:
        size = input.lead.facts.size
        big = size is not None and size >= self.config["big"]
        return Assessment().fit("big", 20, "A big company.") if big else Assessment()
