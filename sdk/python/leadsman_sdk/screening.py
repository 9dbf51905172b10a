"""Screening: is this lead junk?"""

from dataclasses import dataclass, field

_HARSHNESS = ["accept", "flag", "reject"]


@dataclass(frozen=True)
class Finding:
    """One thing found in a lead: a word for programs, a sentence for people, where it was found, and what."""

    code: str
    message: str
    attribute: str | None = None
    evidence: str | None = None


@dataclass
class Verdict:
    """The answer of `screen`: what shall happen to the lead, and what was found."""

    disposition: str = "accept"
    findings: list[Finding] = field(default_factory=list)

    @staticmethod
    def accept() -> "Verdict":
        """Nothing was found against the lead."""
        return Verdict()

    def flag(self, code: str, message: str, attribute: str | None = None, evidence: str | None = None) -> "Verdict":
        """Flags the lead: it goes on, with this finding. A lead that is rejected stays rejected."""
        return self.having("flag", Finding(code, message, attribute, evidence))

    def reject(self, code: str, message: str, attribute: str | None = None, evidence: str | None = None) -> "Verdict":
        """Rejects the lead for this finding."""
        return self.having("reject", Finding(code, message, attribute, evidence))

    def having(self, disposition: str, finding: Finding) -> "Verdict":
        """Adds a finding with `flag` or `reject`. Of this and the one before, the harsher holds."""
        self.disposition = max(self.disposition, disposition, key=_HARSHNESS.index)
        self.findings.append(finding)
        return self
