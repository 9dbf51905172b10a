"""Kinds of activity, as configurations name them: `email.reply`, or `email.*` for every kind with that beginning.

The host sends every activity once: as its own kind if the plugin names that, else as the longest beginning that it
has. So where a configuration says `call.*`, what is sent as `call.missed`, because another place names that, is meant
too: ask with `covers`.
"""


def check(text: str) -> str | None:
    """What is wrong with a text that shall be a kind of activity or a pattern of them; `None` if nothing is."""
    name = text.removesuffix(".*")
    odd = name == "" or any(character == "*" or character.isspace() for character in name)
    return "must be a kind of activity, such as `email.reply` or `email.*`" if odd else None


def covers(pattern: str, kind: str) -> bool:
    """Whether a kind or pattern covers this kind, or this pattern: `email.*` covers `email.reply` and itself."""
    return kind.startswith(pattern[:-1]) if pattern.endswith(".*") else kind == pattern
