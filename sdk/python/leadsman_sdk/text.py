"""Comparing texts as people do: white space at the ends and case do not matter.

White space is what Unicode calls so, which is neither JavaScript's nor Python's idea of it; lower case is Unicode's
full mapping.
"""

_SPACE = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000"
)


def trim(text: str) -> str:
    """The text without white space at its ends."""
    return text.strip(_SPACE)


def fold(text: str) -> str:
    """Folds a text for comparison: no white space at the ends, lower case."""
    return trim(text).lower()


def equals(text: str, folded: str) -> bool:
    """Whether a text, folded, is this folded pattern."""
    return fold(text) == folded


def starts_with(text: str, folded: str) -> bool:
    """Whether a text, folded, begins with this folded pattern."""
    return fold(text).startswith(folded)


def ends_with(text: str, folded: str) -> bool:
    """Whether a text, folded, ends with this folded pattern."""
    return fold(text).endswith(folded)


def contains(text: str, folded: str) -> bool:
    """Whether this folded pattern occurs in a text, folded."""
    return folded in fold(text)
