"""Message templates of the catalogue, and whether a text is one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def rendered(template: str, values: Mapping[str, Any]) -> str:
    """The text with the known placeholders filled in; unknown ones stay as they are written."""
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]) if found[1] in values else found[0], template)


def says(text: Any, template: str, values: Mapping[str, Any]) -> bool:
    """Whether the text is the template; a placeholder without a value stands for any text."""
    if not isinstance(text, str):
        return False
    pattern = ""
    end = 0
    for found in _PLACEHOLDER.finditer(template):
        known = found[1] in values
        pattern += re.escape(template[end : found.start()])
        pattern += re.escape(str(values[found[1]])) if known else "(?s:.+)"
        end = found.end()
    return re.fullmatch(pattern + re.escape(template[end:]), text) is not None


def fixed_length(template: str) -> int:
    """How many characters of a template are the same in every text: the more, the more telling it is."""
    return len(_PLACEHOLDER.sub("", template))
