"""Paths as clients mean them: an encoded slash is part of an id, not a border between two segments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
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


class PathTable:
    """The paths of a spec, ready to be looked up: by whole path, else by the number of segments.

    `items` are path templates with their path items, the more specific templates first.
    """

    def __init__(self, base_path: str, items: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        self.base_path = base_path
        self._plain: dict[str, dict[str, str]] = {}
        self._patterns: dict[int, list[tuple[re.Pattern[str], dict[str, str]]]] = {}
        for template, item in items:
            methods = {
                method.upper(): operation["operationId"]
                for method, operation in item.items()
                if isinstance(operation, Mapping) and "operationId" in operation
            }
            if "get" in item:
                methods["HEAD"] = methods["GET"]
            self._add(base_path + template, methods)

    def find(self, path: str, method: str) -> tuple[str, dict[str, str]] | None:
        """The operation id and the path parameters, or None: no such path, or no such method on it."""
        methods = self._plain.get(path)
        if methods is not None and method in methods:
            return methods[method], {}
        for pattern, methods in self._patterns.get(path.count("/"), ()):
            matched = pattern.fullmatch(path)
            if matched is not None and method in methods:
                return methods[method], matched.groupdict()
        return None

    def _add(self, path: str, methods: dict[str, str]) -> None:
        if "{" not in path:
            self._plain[path] = methods
            return
        parts = re.split(r"\{([^}]*)\}", path)
        pattern = "".join(
            f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)
        )
        self._patterns.setdefault(path.count("/"), []).append((re.compile(pattern), methods))
