"""The commands: each gathers, calls, shows."""
