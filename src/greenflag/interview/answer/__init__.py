"""Reading an answer: its STAR+ parts, its figures, and what weakens or strengthens it.

Everything is found by rules in `rules.yaml` and by a small model in `parts.json`; nothing is sent
anywhere. A finding shows its words, its reason and a mend, and no number stands without its count.
"""

from greenflag.interview.answer.analysis import analyse, compare
from greenflag.interview.answer.rules import Rule, Rules, read_rules
from greenflag.interview.answer.values import Analysis, Finding, Pause, PowerVerb, Told

__all__ = [
    "Analysis",
    "Finding",
    "Pause",
    "PowerVerb",
    "Rule",
    "Rules",
    "Told",
    "analyse",
    "compare",
    "read_rules",
]
