"""Attribution: which touches earned the deal?"""

from dataclasses import dataclass
from typing import Any

from .timestamp import Timestamp


@dataclass(frozen=True)
class Conversion:
    """A lead that became something worth money."""

    id: str
    scenario: str
    at: Timestamp
    lead_created: Timestamp | None = None
    deal_created: Timestamp | None = None

    @staticmethod
    def read(conversion: Any) -> "Conversion":
        """Gives the moments their type."""
        return Conversion(
            id=conversion.id,
            scenario=conversion.scenario,
            at=Timestamp(conversion.at_ms),
            lead_created=_moment(conversion.lead_created_ms),
            deal_created=_moment(conversion.deal_created_ms),
        )


@dataclass(frozen=True)
class Touch:
    """A marketing activity on the way to a conversion."""

    at: Timestamp
    channel: str
    campaign: str | None = None

    @staticmethod
    def read(touch: Any) -> "Touch":
        """Gives the moment its type."""
        return Touch(Timestamp(touch.at_ms), touch.channel, touch.campaign)


def _moment(millis: int | None) -> Timestamp | None:
    return None if millis is None else Timestamp(millis)
