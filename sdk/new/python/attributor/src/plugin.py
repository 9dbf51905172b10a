"""Shares the credit among all touches, and gives those of campaigns more."""

from leadsman_sdk import Conversion, Plugin, Touch, schema_beside


class Campaigns(Plugin):
    schema = schema_beside(__file__)

    def credit(self, conversion: Conversion, touches: list[Touch]) -> list[float]:
        return [1.0 if touch.campaign is None else self.config["factor"] for touch in touches]
