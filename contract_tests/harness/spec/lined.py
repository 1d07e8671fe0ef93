"""YAML read with the line of every value, by JSON pointer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from contract_tests.harness.spec import pointer

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there


def read_with_lines(path: Path) -> tuple[Any, Mapping[str, int]]:
    """The document, its keys as text, and for every pointer the line (from 1) where it is written.

    Raises OSError and yaml.YAMLError.
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
