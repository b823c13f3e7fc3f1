"""Reading an answer: its STAR+ parts, its figures, and what weakens or strengthens it.

Everything is found by rules in `rules.yaml` and by a small model in `parts.json`; nothing is sent
anywhere. A finding shows its words, its reason and a mend, and no number stands without its count.
"""

from greenflag.interview.answer.analysis import analyse
from greenflag.interview.answer.progress import (
    Change,
    Summary,
    changes,
    summary_from,
    summary_of,
)
from greenflag.interview.answer.rules import Rule, Rules, read_rules
from greenflag.interview.answer.values import Analysis, Finding, Pause, PowerVerb, Told

__all__ = [
    "Analysis",
    "Change",
    "Finding",
    "Pause",
    "PowerVerb",
    "Rule",
    "Rules",
    "Summary",
    "Told",
    "analyse",
    "changes",
    "read_rules",
    "summary_from",
    "summary_of",
]
