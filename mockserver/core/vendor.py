"""The front door of a room: everything the core must know of one vendor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from mockserver.core.call import Call
from mockserver.core.records import Table
from mockserver.core.replies import JSON, Refusal, Reply
from mockserver.core.room import Room


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """One vendor. Functions take the vendor's own `room` class, hence the `Any` in their types."""

    name: str
    title: str
    modules: tuple[ModuleType, ...]
    """Where the functions are that the spec's `operationId`s name."""
    room: Callable[..., Room]
    tables: tuple[Table[Any], ...]
    envelope: Callable[[Refusal], JSON]
    authenticate: Callable[[Any, Call], Awaitable[Any]]
    """Who asks, on every operation that the spec secures; raises a VendorError."""
    sandbox_in: tuple[str, ...] = ("header/authorization",)
    """Where a credential may end in `~sandbox`.

    `header/NAME`; `header/NAME/PARAMETER` for one value in a header such as `SCHEME PARAMETER=value`;
    `body/NAME` for a property of that name anywhere in a JSON body, `body/A/B` for one at that place.
    """
    events: Mapping[str, Callable[[Any, str, JSON], Awaitable[None]]] = field(default_factory=dict)
    """Backstage events of `x-lifecycle`: room, record id, further fields of the control request."""
    log: Callable[[Any, Call], Awaitable[Any]] | None = None
    """Notes every call before anybody is authenticated, in a transaction of its own: refused calls count.

    What it returns is `room.logged`, also where the envelope of a refusal is made.
    """
    limit: Callable[[Any, Call], Awaitable[None]] | None = None
    """Rate limits; runs in a transaction of its own, so that a refused request still counts."""
    content_type_required: bool = True
    """Whether a body without a Content-Type is refused, or taken for JSON."""
    any_content_type: bool = False
    """Whether the Content-Type does not matter at all."""
    mounts: tuple[str, ...] = ()
    """Path prefixes that lead to this vendor; left out, the base path of its spec."""
    canonical_path: Callable[[str], str] | None = None
    """The path as the spec has it, for a vendor that also answers under other ones."""
    any_case: bool = False
    """Whether paths and query names match in any casing; the spec's paths are then in lower case."""
    trailing_slash: bool = False
    """Whether `/things/` is taken for `/things`."""
    array_forms: tuple[str, ...] = ()
    """Query parameters, as `operation.name`, that also come comma-separated or as a JSON array."""
    forgive: Callable[[Any, Call], Awaitable[None]] | None = None
    """What this vendor lets pass against its own contract: may rewrite `call.body` before it is validated."""
    checks_itself: tuple[str, ...] = ()
    """Operations whose behaviour checks the request, because one answer may hold several refusals.

    Their functions get every parameter as the text that was sent, and the parsed body, both unchecked.
    """
    finish: Callable[[Call, Reply], Reply] | None = None
    """The last touch on every answer of the vendor, refusals included: headers that all of them carry."""
    own: bool = False
    """Our own API in vendor's clothes: neither journalled nor subject to faults, wishes and limits."""
