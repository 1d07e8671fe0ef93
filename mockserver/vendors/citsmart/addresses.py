"""The addresses under which the same operations answer (CITSMART-A14)."""

from __future__ import annotations

MOUNTS = ("/services/v2", "/citsmart", "/mobile")

_CONTEXT = "/citsmart"
_SERVICES = "/services/v2/"
# Version 7 has most operations under these prefixes; the names are the same unless listed below.
_MOBILE = {
    "/mobile/v2/notification/": frozenset(
        {
            "getNewest",
            "getOldest",
            "getByCoordinates",
            "getById",
            "update",
            "attendRequest",
            "location",
            "checkin",
            "checkout",
            "feedback",
            "new",
            "getReasons",
        }
    ),
    "/mobile/notification/": frozenset({"feedback", "new", "getReasons"}),
}
_RENAMED = {
    "/services/v2/device/disassociate": "/services/v2/disassociate",
    "/mobile/v2/notification/checkin/denied": "/services/v2/denied",
}


def canonical_path(path: str) -> str:
    """The path as the spec has it; one that is no address of an operation stays as it is."""
    if path.startswith(f"{_CONTEXT}/"):
        path = path[len(_CONTEXT) :]
    if path in _RENAMED:
        return _RENAMED[path]
    for prefix, names in _MOBILE.items():
        if path.startswith(prefix) and path[len(prefix) :] in names:
            return _SERVICES + path[len(prefix) :]
    return path
