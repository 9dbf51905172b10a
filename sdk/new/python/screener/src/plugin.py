"""Rejects leads whose message has one of a few words in it."""

from leadsman_sdk import Lead, Plugin, Verdict, attribute, facts, schema_beside, text


@facts
class Said:
    message: str | None = attribute("message")


class Words(Plugin):
    schema = schema_beside(__file__)
    Facts = Said

    def configure(self) -> None:
        self.words = [text.fold(word) for word in self.config["words"]]

    def screen(self, lead: Lead[Said]) -> Verdict:
        message = lead.facts.message or ""
        found = next((word for word in self.words if text.contains(message, word)), None)
        if found is None:
            return Verdict.accept()
        return Verdict.accept().reject("unwanted-word", f'The message has "{found}" in it.')
