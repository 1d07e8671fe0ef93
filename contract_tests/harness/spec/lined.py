"""YAML read with the line of every value, by JSON pointer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from contract_tests.harness.spec import pointer

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there


class UnreadableFile(Exception):
    """A file cannot be used; `str()` is one line that names it and says what is wrong."""


def read_mapping(path: Path, holds: str = "a mapping") -> tuple[dict[str, Any], Mapping[str, int]]:
    """A file that must be a mapping, read with its lines; UnreadableFile if it is not what it `holds`."""
    try:
        document, lines = read_with_lines(path)
    except OSError as problem:
        raise UnreadableFile(f"{path}: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"{path}: not UTF-8: {problem.reason} at byte {problem.start}") from problem
    except yaml.YAMLError as problem:
        raise UnreadableFile(f"{path}: not YAML: {' '.join(str(problem).split())}") from problem
    if not isinstance(document, dict):
        raise UnreadableFile(f"{path}: not {holds}")
    return document, lines


def read_with_lines(path: Path) -> tuple[Any, Mapping[str, int]]:
    """The document, its keys as text, and for every pointer the line (from 1) where it is written.

    Raises OSError, UnicodeDecodeError and yaml.YAMLError.
    """
    with path.open(encoding="utf-8") as stream:
        loader = _Plain(stream)
        try:
            root = loader.get_single_node()
            lines: dict[str, int] = {"": 1}
            return (None if root is None else _build(loader, root, "", lines)), lines
        finally:
            loader.dispose()


class _Plain(_Loader):  # type: ignore[misc, valid-type]  # chosen at run time
    """Dates stay text, as they are in JSON."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _build(loader: _Plain, node: yaml.Node, at: str, lines: dict[str, int]) -> Any:
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        result = {}
        for key, value in node.value:
            place = at + pointer.join([key.value])
            lines[place] = key.start_mark.line + 1
            result[key.value] = _build(loader, value, place, lines)
        return result
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            place = f"{at}/{index}"
            lines[place] = item.start_mark.line + 1
            items.append(_build(loader, item, place, lines))
        return items
    return loader.construct_object(node, deep=True)
