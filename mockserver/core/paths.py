"""Paths as clients mean them: an encoded slash is part of an id, not a border between two segments."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

# Stands for an encoded slash while a path is routed. Decoding never yields a lone surrogate by itself.
_SLASH = "\udc2f"


def decoded(raw_path: bytes) -> str:
    """The path with percent-encoding undone, segment by segment."""
    path = raw_path.decode("latin-1")
    if "%" not in path:
        return path
    return "/".join(unquote(segment).replace("/", _SLASH) for segment in path.split("/"))


def restored(path: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Path parameters with their slashes back."""
    if _SLASH not in path:
        return dict(parameters)
    return {name: value.replace(_SLASH, "/") for name, value in parameters.items()}


def printable(path: str) -> str:
    """The path for a person."""
    return path.replace(_SLASH, "%2F")
