"""The lists of the tenant's policy: blocked numbers, sensitive words, named accounts.

They stay in the host's memory. Entries and questions are folded alike: NFKC, case and white space do not matter. Name
each list in `Plugin.needs`; a list that the policy does not have is empty.
"""

from dataclasses import dataclass

from . import host


@dataclass(frozen=True)
class Hit:
    """An entry found in a text: `text[start:end]` is what was found."""

    entry: str
    start: int
    end: int


def contains(list: str, entry: str) -> bool:
    """Whether the list has this entry as a whole."""
    return host.lists.contains(list, entry)


def find(list: str, text: str) -> "list[Hit]":
    """The entries of the list that occur in the text, leftmost first and without overlap, at most 32."""
    hits = host.lists.find(list, text)
    if not hits:
        return []
    raw = text.encode()
    place = lambda bytes: len(raw[:bytes].decode())  # noqa: E731 - the host counts in bytes of UTF-8
    return [Hit(hit.entry, place(hit.start), place(hit.end)) for hit in hits]
