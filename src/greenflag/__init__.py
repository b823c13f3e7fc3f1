"""Interview training that knows the day: decks, an FSRS schedule, honest readiness."""

__version__ = "0.1.0"
