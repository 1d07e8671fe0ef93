"""YAML documents, read strictly, with the line of every place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from mockserver.core.errors import StartError

_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BaseLoader):  # type: ignore[misc]  # the C loader where the platform has one
    """Safe YAML in which a date stays text and a repeated key is a mistake."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return dict(super().construct_mapping(node, deep))


# A date stays text, and only true and false are booleans: `NO` is a country, and a code, not False.
_OURS = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag not in _OURS]
    for first, rules in _BaseLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_OURS[1], re.compile(r"(?:true|false)\Z"), ["t", "f"])


def read_yaml(path: Path, failure: type[StartError]) -> dict[str, Any]:
    """The mapping in a YAML file; what stops the reading is raised as `failure`, with its line."""
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506  # a safe loader, see above
    except FileNotFoundError:
        raise failure(str(path), "no such file", "Check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise failure(str(path), f"cannot be read ({error})", "Check its permissions and encoding") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "not YAML"
        raise failure(place, f"not valid YAML: {problem}", "Correct the file") from None
    except RecursionError:
        raise failure(str(path), "nested too deeply", "Correct the file") from None
    if not isinstance(content, dict):
        raise failure(str(path), "holds no mapping", "A YAML mapping is expected at its top")
    return content


def line_of(path: Path, pointer: tuple[str | int, ...]) -> int:
    """The line, from 1, at which a place in a YAML file begins; the deepest part that exists counts."""
    node = yaml.compose(path.read_text("utf-8"), Loader=_BaseLoader)
    line = 1
    for step in pointer:
        found = _child(node, step)
        if found is None:
            break
        line, node = found
    return line


def _child(node: Any, step: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    return None


def place_in(path: Path, pointer: tuple[str | int, ...]) -> str:
    """`file:line (a.b.c)`: where a person finds a place."""
    dotted = ".".join(str(step) for step in pointer)
    return f"{path}:{line_of(path, pointer)}" + (f" ({dotted})" if dotted else "")
