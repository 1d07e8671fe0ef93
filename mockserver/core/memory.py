"""The store in this process's memory: the default, and the fastest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from mockserver.core.layers import Layer, between, changed, count, highest_number, seeded, visible
from mockserver.core.records import R, SortKey, Table
from mockserver.core.store import Seed, TooManySandboxes, TooManySnapshots

# Every snapshot leaves one more layer to look through, so past this depth they are melted into one.
_DEEPEST = 8

Layers = dict[Table[Any], tuple[Layer, ...]]


class MemoryStore:
    """Sandboxes as piles of layers over the seed: see `layers.py`."""

    def __init__(self, seed: Seed, *, max_sandboxes: int = 10_000, max_snapshots: int = 100) -> None:
        self._base: Layers = {table: (seeded(table, records),) for table, records in seed.items()}
        self._worlds: dict[str, _World] = {}
        self._max_sandboxes = max_sandboxes
        self._max_snapshots = max_snapshots

    async def begin(self, sandbox: str) -> MemoryTransaction:
        """See `Store.begin`; raises TooManySandboxes."""
        return MemoryTransaction(self._world(sandbox))

    async def names(self) -> list[str]:
        """See `Store.names`."""
        return sorted(self._worlds)

    async def reset(self, sandbox: str) -> None:
        """See `Store.reset`."""
        self._world(sandbox).become(self._base)

    async def drop(self, sandbox: str) -> bool:
        """See `Store.drop`."""
        return self._worlds.pop(sandbox, None) is not None

    async def save(self, sandbox: str, snapshot: str) -> None:
        """See `Store.save`; raises TooManySnapshots."""
        world = self._world(sandbox)
        if snapshot not in world.snapshots and len(world.snapshots) >= self._max_snapshots:
            raise TooManySnapshots(self._max_snapshots)
        world.snapshots[snapshot] = world.freeze()

    async def restore(self, sandbox: str, snapshot: str) -> bool:
        """See `Store.restore`."""
        world = self._world(sandbox)
        kept = world.snapshots.get(snapshot)
        if kept is None:
            return False
        world.become(kept)
        return True

    async def snapshots(self, sandbox: str) -> list[str]:
        """See `Store.snapshots`."""
        return sorted(self._world(sandbox).snapshots)

    async def forget(self, sandbox: str, snapshot: str) -> bool:
        """See `Store.forget`."""
        return self._world(sandbox).snapshots.pop(snapshot, None) is not None

    def _world(self, sandbox: str) -> _World:
        world = self._worlds.get(sandbox)
        if world is None:
            if len(self._worlds) >= self._max_sandboxes:
                raise TooManySandboxes(self._max_sandboxes)
            world = self._worlds[sandbox] = _World(self._base)
        return world


class _World:
    """One sandbox: frozen layers below, and above them what has changed since."""

    __slots__ = ("below", "changes", "snapshots", "version")

    def __init__(self, base: Layers) -> None:
        self.below = base
        self.changes: dict[Table[Any], Layer] = {}
        self.snapshots: dict[str, Layers] = {}
        self.version = 0

    def become(self, layers: Layers) -> None:
        self.below = layers
        self.changes = {}
        self.version += 1

    def freeze(self) -> Layers:
        frozen = dict(self.below)
        for table, layer in self.changes.items():
            frozen[table] = _melted((layer, *frozen.get(table, ())))
        self.below = frozen
        self.changes = {}
        return frozen

    def layers(self, table: Table[Any]) -> tuple[Layer, ...]:
        changes = self.changes.get(table)
        below = self.below.get(table, ())
        return below if changes is None else (changes, *below)


def _melted(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The same state in few layers; the lowest one is the shared seed and stays as it is."""
    if len(layers) <= _DEEPEST:
        return layers
    one = Layer(layers[0].table)
    for layer in reversed(layers[:-1]):
        one.records.update(layer.records)
    return (one, layers[-1])


class MemoryTransaction:
    """See `store.Transaction`. Nothing here awaits anything, so in one process nobody can come between."""

    __slots__ = ("_version", "_world", "_written")

    def __init__(self, world: _World) -> None:
        self._world = world
        self._version = world.version
        self._written: dict[Table[Any], Layer] = {}

    async def get(self, table: Table[R], key: str) -> R | None:
        """See `Transaction.get`."""
        return cast("R | None", visible(self._layers(table), key))

    async def put(self, table: Table[R], record: R) -> None:
        """See `Transaction.put`."""
        self._writable(table).put(table.id_of(record), record)

    async def delete(self, table: Table[R], key: str) -> bool:
        """See `Transaction.delete`."""
        if visible(self._layers(table), key) is None:
            return False
        self._writable(table).put(key, None)
        return True

    async def between(
        self, table: Table[R], by: str, low: SortKey | None, high: SortKey | None, down: bool
    ) -> Iterable[R]:
        """See `Transaction.between`."""
        layers = [layer for layer in self._layers(table) if layer.records]
        return cast("Iterable[R]", between(layers, by, low, high, down)) if layers else ()

    async def count(self, table: Table[Any], by: str, low: SortKey | None, high: SortKey | None) -> int:
        """See `Transaction.count`."""
        return count([layer for layer in self._layers(table) if layer.records], by, low, high)

    async def highest_number(self, table: Table[Any]) -> int:
        """See `Transaction.highest_number`."""
        return highest_number(self._layers(table))

    async def changed(self, table: Table[R]) -> Mapping[str, tuple[R | None, R | None]]:
        """See `Transaction.changed`."""
        *above, seed = self._layers(table)
        found = {key: (before, now) for key, before, now in changed(above, seed)}
        return cast("Mapping[str, tuple[R | None, R | None]]", found)

    async def commit(self) -> bool:
        """See `Transaction.commit`."""
        if not self._written:
            return True
        world = self._world
        if world.version != self._version:
            return False
        for table, layer in self._written.items():
            target = world.changes.get(table)
            if target is None:
                target = world.changes[table] = Layer(table)
            for key, record in layer.records.items():
                target.put(key, record)
        world.version += 1
        self._written = {}
        self._version = world.version
        return True

    def _layers(self, table: Table[Any]) -> tuple[Layer, ...]:
        layers = self._world.layers(table)
        written = self._written.get(table)
        return layers if written is None else (written, *layers)

    def _writable(self, table: Table[Any]) -> Layer:
        layer = self._written.get(table)
        if layer is None:
            layer = self._written[table] = Layer(table)
        return layer
