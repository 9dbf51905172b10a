"""Moments, as the host gives them."""

from dataclasses import dataclass

from . import numbers
from .duration import DAY_MS


@dataclass(frozen=True, order=True)
class Timestamp:
    """A moment: milliseconds since 1970-01-01T00:00:00Z. Compare moments with `<` and the like."""

    millis: int

    def millis_since(self, earlier: "Timestamp") -> int:
        """Milliseconds from `earlier` to this moment; negative if `earlier` is later."""
        return self.millis - earlier.millis

    def days_since(self, earlier: "Timestamp") -> float:
        """Days of 24 hours from `earlier` to this moment, with fractions."""
        return self.millis_since(earlier) / DAY_MS

    def plus_millis(self, millis: int) -> "Timestamp":
        """The moment this many milliseconds later."""
        return Timestamp(self.millis + millis)

    def plus_days(self, days: float) -> "Timestamp":
        """The moment this many days of 24 hours later, to the millisecond."""
        return self.plus_millis(numbers.round(days * DAY_MS))
