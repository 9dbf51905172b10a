"""Durations as people write them in configurations, such as `90m`, `24h` or `15d`."""

import re

MINUTE_MS = 60_000
"""A minute in milliseconds."""
HOUR_MS = 60 * MINUTE_MS
"""An hour in milliseconds."""
DAY_MS = 24 * HOUR_MS
"""A day of 24 hours in milliseconds."""

_LONGEST_MS = 36_500 * DAY_MS
_UNITS = {"m": MINUTE_MS, "h": HOUR_MS, "d": DAY_MS}

SCHEMA = {
    "type": "string",
    "pattern": "^[0-9]+[mhd]$",
    "description": "A whole number of minutes, hours or days of 24 hours, such as `90m`, `24h` or `15d`.",
}
"""The JSON Schema of a duration."""


def millis(text: str) -> int:
    """The milliseconds, from a minute up to a hundred years; a `ValueError` says what is wrong with the text."""
    parts = re.fullmatch("([0-9]+)([mhd])", text)
    if parts is None:
        raise ValueError("must be a duration such as `90m`, `24h` or `15d`")
    length = int(parts[1]) * _UNITS[parts[2]]
    if length == 0:
        raise ValueError("must be at least `1m`")
    if length > _LONGEST_MS:
        raise ValueError("must be at most `36500d`")
    return length
