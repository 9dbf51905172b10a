"""What the languages of the SDKs do differently with numbers, decided once."""

import math


def round(number: float) -> int:
    """The nearest whole number; of two that are as near, the one farther from zero."""
    size = abs(number)
    whole = math.floor(size)
    rounded = whole + 1 if size - whole >= 0.5 else whole
    return -rounded if number < 0 else rounded


def format(number: float) -> str:
    """A number as text: the shortest digits that stand for it, without exponent, without a fraction of zero and
    without a sign of zero: `250`, `0.1`, `1000000000000000000000`."""
    digits, _, exponent = repr(abs(float(number))).partition("e")
    sign = "-" if number < 0 else ""
    whole, _, fraction = digits.partition(".")
    fraction = "" if fraction == "0" else fraction
    if not exponent:
        return sign + whole + (f".{fraction}" if fraction else "")
    point = len(whole) + int(exponent)
    every = whole + fraction
    if point <= 0:
        return f"{sign}0.{'0' * -point}{every}"
    if point < len(every):
        return f"{sign}{every[:point]}.{every[point:]}"
    return sign + every.ljust(point, "0")
