"""The words that all answers share: reasons, failures, and problems of a configuration."""

import traceback
from dataclasses import dataclass, replace

_SDK = {"leadsman_sdk", "leadsman_app.py"}
"""Code of these is not the author's."""


@dataclass(frozen=True)
class Reason:
    """Why something was decided: a word for programs and a sentence for people."""

    code: str
    message: str
    attribute: str | None = None

    def about(self, attribute: str) -> "Reason":
        """The same reason, with the attribute that it is about."""
        return replace(self, attribute=attribute)


class Failure(Exception):
    """Raised by a stage that cannot answer; the host takes the fallback that the policy names."""

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind
        self.message = message

    @staticmethod
    def bad_input(message: str) -> "Failure":
        """The input does not fit what the plugin can work with."""
        return Failure("bad-input", message)

    @staticmethod
    def internal(message: str) -> "Failure":
        """The plugin itself is at fault."""
        return Failure("internal", message)

    @staticmethod
    def of(raised: Exception) -> "Failure":
        """Whatever was raised: what is no `Failure` is the plugin's own fault."""
        if isinstance(raised, Failure):
            return raised
        return Failure.internal(f"{type(raised).__name__}: {raised}{_place(raised)}")


def _place(raised: Exception) -> str:
    """Where the author's own code was when something was raised."""
    frames = traceback.extract_tb(raised.__traceback__)
    own = [one for one in frames if not _SDK & set(one.filename.split("/"))]
    return f", at {own[-1].filename.rsplit('/', 1)[-1]}:{own[-1].lineno}" if own else ""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one place of the configuration: a JSON pointer, and what to do about it."""

    pointer: str
    message: str


class Problems(Exception):
    """Raised by `configure`: everything that is wrong with the configuration."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(f"at {one.pointer or 'the top'}: {one.message}" for one in problems))
        self.problems = problems
