"""The settings of a double: one frozen object, and the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.core.errors import SettingError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting of `duble serve`; the environment variable is `DUBLE_` and the name in capitals."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    store: str = "memory"
    seed: int = 0
    control_token: str | None = None
    data: str | None = None
    max_body_bytes: int = 1_048_576
    max_sandboxes: int = 10_000
    journal_entries: int = 500

    def __post_init__(self) -> None:
        _within("port", self.port, 0, 65_535)
        _within("workers", self.workers, 1, 1)
        _within("max_body_bytes", self.max_body_bytes, 1, 1 << 30)
        _within("max_sandboxes", self.max_sandboxes, 1, 1_000_000)
        _within("journal_entries", self.journal_entries, 1, 1_000_000)
        if self.store != "memory":
            raise SettingError("store", f"there is no store {self.store!r}", "Use 'memory'")
        if self.data is not None and not Path(self.data).is_dir():
            raise SettingError(
                self.data, "is no folder", "--data names a folder with specs/ and fixtures/ in it"
            )


_NUMBERS = ("port", "workers", "seed", "max_body_bytes", "max_sandboxes", "journal_entries")
_TEXTS = ("host", "store", "control_token", "data")


def from_environment(environment: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from `DUBLE_*`; what is given here (and not None) comes first. Raises SettingError."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name in (*_NUMBERS, *_TEXTS):
        variable = f"DUBLE_{name.upper()}"
        text = environment.get(variable)
        if text:
            values[name] = _number(variable, text) if name in _NUMBERS else text
    values.update({name: value for name, value in given.items() if value is not None})
    return Settings(**values)


def _number(variable: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SettingError(variable, f"{text!r} is not a whole number", "Correct or unset it") from None


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        allowed = str(low) if low == high else f"{low} to {high}"
        raise SettingError(name, f"{value} is out of range", f"Allowed: {allowed}")
