"""Servers that are not ours: what may be sent to them, what a run makes there, and how it is ended."""
