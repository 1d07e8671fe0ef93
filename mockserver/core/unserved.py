"""Operations that a vendor has and the double does not simulate: said in our words, not in the vendor's."""

from __future__ import annotations

import re

from mockserver.core.contract import Contract

_Known = tuple[re.Pattern[str], str, str]


class Unserved:
    """The spec's `x-unserved`, compiled."""

    def __init__(self, contract: Contract) -> None:
        listed = contract.document.get("x-unserved", {}).get("operations", [])
        self._known: list[_Known] = [
            (template(contract.base_path + entry["path"]), entry["method"], entry["operationId"])
            for entry in sorted(listed, key=lambda entry: "{" in entry["path"])
        ]
        # `/cases/export` would otherwise be read as `/cases/{case_id}`.
        self._literal = {
            (entry["method"], contract.base_path + entry["path"]): entry["operationId"]
            for entry in listed
            if "{" not in entry["path"]
        }

    def before_routing(self, method: str, path: str) -> str | None:
        """The operationId of a path without parameters, which comes before every path with some."""
        return self._literal.get((method, path))

    def off_the_map(self, method: str, path: str) -> str | None:
        """The operationId behind a method and path that the spec does not serve."""
        found = (id for pattern, known, id in self._known if known == method and pattern.fullmatch(path))
        return next(found, None)


def template(path: str) -> re.Pattern[str]:
    """A path template as a pattern for whole paths."""
    parts = re.split(r"(\{[^}]*\})", path)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))
