"""Why a start stops: one line that names the file, the place and the remedy.

StartError
├── SpecError       a spec that cannot be read, or says something that cannot be
├── SeedError       a seed file with a record that does not fit
└── SettingError    an option or an environment variable
"""

from __future__ import annotations


class StartError(Exception):
    """The double cannot start; `str()` is one line for a person, and the exit code is 2."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}. {remedy}")


class SpecError(StartError):
    """A spec that cannot be read, or says something that cannot be."""


class SeedError(StartError):
    """A seed file with a record that does not fit."""


class SettingError(StartError):
    """An option or an environment variable with a value that makes no sense."""
