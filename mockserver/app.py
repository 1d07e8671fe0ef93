"""THE MAP of one request: sandbox -> vendor -> operation.

server       a uvicorn worker (`server.py`)
sandbox      path prefix `/~name`, header `X-Duble-Sandbox`, or a credential that ends in `~name`
vendor       by base path, see VENDORS
route        Connexion (`core/routing.py`): 404 and 405 in the vendor's envelope
authenticate, wish, fault, limit, validate, behave, check own answer: `core/operation.py`
journal, send
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from starlette.types import Receive, Scope, Send

from mockserver.control import control
from mockserver.core.clock import CLOCK
from mockserver.core.contract import Contract
from mockserver.core.delivery import Delivery
from mockserver.core.errors import SettingError
from mockserver.core.exchange import Visit
from mockserver.core.faults import FAULTS
from mockserver.core.ids import COUNTERS
from mockserver.core.memory import MemoryStore
from mockserver.core.operation import LostRace
from mockserver.core.paths import decoded
from mockserver.core.preferences import UnknownWish
from mockserver.core.records import Table
from mockserver.core.sandboxes import BadSandboxName, checked_name
from mockserver.core.seeds import VendorSeed, read_seed
from mockserver.core.service import Service
from mockserver.core.specrules import check_at_start
from mockserver.core.store import Seed, TooManySandboxes
from mockserver.core.vendor import Vendor
from mockserver.core.wire import call_of, plain
from mockserver.core.world import Limits, World
from mockserver.settings import Settings
from mockserver.vendors.citsmart import CITSMART
from mockserver.vendors.huawei_osm import HUAWEI_OSM
from mockserver.vendors.persat import PERSAT
from mockserver.vendors.taf import TAF
from mockserver.vendors.zeev import ZEEV

VENDORS: dict[str, Vendor] = {vendor.name: vendor for vendor in (CITSMART, HUAWEI_OSM, PERSAT, TAF, ZEEV)}

CONTROL_PATH = "/_duble"
_BUG = {"X-Duble-Bug": "1"}
_log = logging.getLogger("duble")


def data_path(*parts: str) -> Path:
    """A file that ships with the product: beside the packages in a checkout, inside them in a wheel."""
    inside = Path(__file__).parent / "_data"
    root = inside if inside.is_dir() else Path(__file__).parent.parent
    return root.joinpath(*parts)


def spec_path(vendor: str) -> Path:
    """The vendor's spec file."""
    return data_path("specs", f"{vendor}.yaml")


def fixtures_path(vendor: str) -> Path:
    """The folder with the vendor's seed records and documented exchanges."""
    return data_path("fixtures", vendor)


class Source(NamedTuple):
    """A vendor with the files that it is served from."""

    vendor: Vendor
    spec: Path
    seed: Path


class Double:
    """The ASGI application: every vendor at its genuine path, and the control API at `/_duble`."""

    def __init__(self, sources: Sequence[Source], settings: Settings) -> None:
        self.seeds = {source.vendor.name: read_seed(source.seed, source.vendor) for source in sources}
        self.world = World(
            store=MemoryStore(_merged(self.seeds), max_sandboxes=settings.max_sandboxes),
            delivery=Delivery(),
            seed=settings.seed,
            limits=Limits(body_bytes=settings.max_body_bytes, journal_entries=settings.journal_entries),
        )
        for vendor, spec, _ in sources:
            self.services[vendor.name] = Service(vendor, _contract(spec), self.world)
        self.protected = settings.control_token is not None
        own = control(self.world, settings.control_token)
        self._control = Service(own, _contract(spec_path("control")), self.world)
        self._mounts = [(mount, service) for service in self.services.values() for mount in service.mounts]

    @property
    def services(self) -> dict[str, Service]:
        """Every vendor being served, by name."""
        return self.world.services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's lifespan."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._map(scope, receive, send)
        except (BadSandboxName, UnknownWish) as error:
            await plain(send, 400, _words(error), {})
        except TooManySandboxes as error:
            await plain(send, 429, f"There are {error.limit} sandboxes already; delete some.", {})
        except LostRace:
            await plain(
                send, 503, "Too many requests changed this sandbox at once; try again.", {"Retry-After": "1"}
            )
        except Exception:  # noqa: BLE001  # logged, and told apart from the vendor's own 500
            _log.exception("a fault of the double itself: %s %s", scope["method"], scope["path"])
            await plain(
                send, 500, "This is a fault of the double, not of the vendor; its log says more.", _BUG
            )

    async def _map(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = decoded(scope.get("raw_path") or scope["path"].encode())
        sandbox = None
        if path.startswith("/~"):
            name, _, rest = path[2:].partition("/")
            sandbox, path = checked_name(name), f"/{rest}"
        # A copy: the server under us still reads its own.
        scope = {**scope, "path": path}
        call = call_of(scope)
        if sandbox is None and "x-duble-sandbox" in call.headers:
            sandbox = checked_name(call.headers["x-duble-sandbox"])
        service = self._service(path)
        if service is None:
            await plain(send, 404, f"No vendor lives at this path. {self._addresses()}", {})
            return
        scope["path"] = service.canonical_path(path)
        call.any_case = service.vendor.any_case
        scope["duble"] = Visit(call, sandbox)
        await service(scope, receive, send)

    def _service(self, path: str) -> Service | None:
        for mount, service in self._mounts:
            known = path.lower() if service.vendor.any_case else path
            if known.startswith(mount) and known[len(mount) : len(mount) + 1] in ("", "/"):
                return service
        if path == CONTROL_PATH or path.startswith(f"{CONTROL_PATH}/"):
            return self._control
        return None

    def _addresses(self) -> str:
        known = ", ".join(
            f"{name} at {' and '.join(service.mounts)}" for name, service in self.services.items()
        )
        return f"Served here: {known}; the control API at {CONTROL_PATH}."

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.world.delivery.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def build(names: list[str] | None = None, settings: Settings | None = None) -> Double:
    """A double of the named vendors (all by default); raises StartError."""
    for name in names or []:
        if name not in VENDORS:
            raise SettingError(name, "no such vendor", f"Known: {', '.join(VENDORS)}")
    chosen = [VENDORS[name] for name in names or VENDORS]
    settings = settings or Settings()
    root = Path(settings.data) if settings.data else data_path()
    return Double([_source(vendor, root) for vendor in chosen], settings)


def _source(vendor: Vendor, root: Path) -> Source:
    return Source(
        vendor, root / "specs" / f"{vendor.name}.yaml", root / "fixtures" / vendor.name / "seed.yaml"
    )


def _contract(path: Path) -> Contract:
    contract = Contract(path)
    check_at_start(contract, data_path("specs", "extensions.schema.json"))
    return contract


def _merged(seeds: dict[str, VendorSeed]) -> Seed:
    merged: dict[Table[Any], list[Any]] = {CLOCK: [], COUNTERS: [], FAULTS: []}
    for seed in seeds.values():
        merged.update(seed.records)
    return merged


def _words(error: Exception) -> str:
    if isinstance(error, BadSandboxName):
        allowed = "letters, digits, '_', '.' and '-', at most 64, beginning with a letter or digit"
        return f"{str(error)!r} cannot name a sandbox: {allowed}."
    return str(error)
