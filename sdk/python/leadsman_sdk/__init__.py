"""Write plugins for Leadsman, the rules engine for sales leads: what authors import.

A plugin is a class that extends `Plugin` and has the methods of the stages that it serves: `screen`, `score`,
`route`, `review` and `credit`.
"""

from . import calendar, duration, kinds, lists, numbers, text
from .answers import Failure, Problem, Problems, Reason
from .attributes import attribute, facts
from .follow_up import Deed, Matter, NextSteps
from .lead import Activity, Lead
from .plugin import Needs, Plugin, schema_beside
from .routing import Proposal, Request
from .scoring import Assessment, Rule, ScoringInput
from .screening import Finding, Verdict
from .attribution import Conversion, Touch
from .timestamp import Timestamp

__all__ = [
    "Activity", "Assessment", "Conversion", "Deed", "Failure", "Finding", "Lead", "Matter", "Needs", "NextSteps",
    "Plugin", "Problem", "Problems", "Proposal", "Reason", "Request", "Rule", "ScoringInput", "Timestamp", "Touch",
    "Verdict", "attribute", "calendar", "duration", "facts", "kinds", "lists", "numbers", "schema_beside", "text",
]
