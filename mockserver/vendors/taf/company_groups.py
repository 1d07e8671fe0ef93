"""Company groups: which one a request goes to (TAF-A16)."""

from __future__ import annotations

from mockserver.vendors.taf.errors import BranchNotRegistered, NoCompanies
from mockserver.vendors.taf.room import TafRoom


async def asked_group(room: TafRoom, source_branch: str | None) -> str:
    """The group of the branch in a query, or without one that of the first branch of PrepareIn.

    Raises BranchNotRegistered, or NoCompanies where PrepareIn leads nowhere.
    """
    if not source_branch:
        first = await room.branches.get((await room.setting()).first_branch)
        if first is None:
            raise NoCompanies
        return first.group
    group = await group_of(room, source_branch)
    if group is None:
        raise BranchNotRegistered
    return group


async def group_of(room: TafRoom, source_branch: str) -> str | None:
    """The group of a branch; None where it is not registered."""
    branch = await room.branches.get(source_branch)
    return None if branch is None else branch.group
