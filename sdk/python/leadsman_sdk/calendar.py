"""The working calendars of the tenant's policy: hours, holidays and time zone.

A calendar that the policy does not have is open all the time.
"""

from . import host
from .timestamp import Timestamp


def add_working_ms(calendar: str, since: Timestamp, working_ms: int) -> Timestamp:
    """The moment at which this much working time has passed since a moment."""
    return Timestamp(host.calendar.add_working_ms(calendar, since.millis, working_ms))


def working_ms_between(calendar: str, since: Timestamp, until: Timestamp) -> int:
    """How much working time lies between two moments, in milliseconds; zero if the second is not later."""
    return host.calendar.working_ms_between(calendar, since.millis, until.millis)


def next_opening(calendar: str, at: Timestamp) -> Timestamp:
    """The moment itself if the calendar is open then, else the next moment at which it opens."""
    return Timestamp(host.calendar.next_opening(calendar, at.millis))
