"""Scores by size, industry, age, tags and words: whatever languages do differently is in it."""

from leadsman_sdk import (
    Assessment, Failure, Needs, Plugin, ScoringInput, Timestamp, attribute, facts, lists, numbers, schema_beside, text,
)  # fmt: skip


@facts
class Seen:
    size: float | None = attribute("company.size")
    name: str | None = attribute("company.name")
    industry: str | None = attribute("industry")
    message: str | None = attribute("message")
    created: Timestamp | None = attribute("created")
    newsletter: bool | None = attribute("newsletter")
    tags: list[str] | None = attribute("tags")


class Same(Plugin):
    schema = schema_beside(__file__)
    Facts = Seen

    def configure(self) -> None:
        self.industry = text.fold(self.config["industry"])

    def needs(self) -> Needs:
        return Needs(lists=["named", "words"])

    def score(self, input: ScoringInput[Seen]) -> Assessment:
        facts, total, each = input.lead.facts, Assessment(), self.config["each"]
        if facts.size is None:
            raise Failure.bad_input("nobody knows the size")
        reached = [step for step in self.config["steps"] if facts.size >= step["from"]]
        if reached:
            share = numbers.format(facts.size / 3)
            total.fit("size", reached[-1]["points"] * facts.size / 7, f"A third of them are {share}.")
        if facts.industry is not None:
            points = 5.5 if text.equals(facts.industry, self.industry) else -0.25
            total.fit("industry", points, f"It is in “{text.trim(facts.industry)}”.")
        if facts.created is not None:
            days = input.now.days_since(facts.created)
            later = numbers.format(facts.created.plus_days(each).millis)
            total.engagement("age", days * each, f"{numbers.format(days)} days; {later}.")
        if facts.tags is not None:
            total.fit("tags", len(facts.tags) * each, f"Tags: {', '.join(map(text.fold, facts.tags))}.")
        if facts.newsletter:
            total.engagement("newsletter", 1, "Reads the newsletter.")
        if facts.name is not None and lists.contains("named", facts.name):
            total.fit("named", 20, "A named account.")
        message = facts.message or ""
        for hit in lists.find("words", message):
            total.engagement("words", 2, f"Says “{message[hit.start:hit.end]}”: {hit.entry}.")
        return total
