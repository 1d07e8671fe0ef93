"""Health: whether the double is up, and what it serves."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from mockserver.control.room import ControlRoom
from mockserver.core.replies import Reply


async def health(room: ControlRoom) -> Reply:
    """The double's name and version, and the vendors with their base paths."""
    vendors = [
        {"name": name, "title": service.vendor.title, "base_path": service.contract.base_path}
        for name, service in room.world.services.items()
    ]
    return Reply(200, {"status": "ok", "product": "duble", "version": _version(), "vendors": vendors})


def _version() -> str:
    try:
        return version("duble")
    except PackageNotFoundError:
        return "unknown"
