"""The story one chose for a question, as it stands on the back of the question's cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MOST_NAMED = 4
"""How many other stories are named."""


def your_story(stories: Sequence[Mapping[str, Any]]) -> str:
    """The first of the stories (their fields) with its proof, the others by title, as Markdown.

    The proof is its figures, or else its result.
    """
    first, *others = stories
    figures = first.get("figures") or first["result"]
    proof = figures if isinstance(figures, str) else "; ".join(figures)
    text = f"**Your story**: {_one_line(first['title'])}\n\n{proof}"
    if not others:
        return text
    titles = [_one_line(each["title"]) for each in others]
    more = f" and {len(titles) - MOST_NAMED} more" if len(titles) > MOST_NAMED else ""
    return f"{text}\n\nAlso: {', '.join(titles[:MOST_NAMED])}{more}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
