"""Counting without reading: an index says how many records lie between two values."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.collection import Collection
from mockserver.core.memory import MemoryStore
from mockserver.core.records import Record, Table


class Thing(Record, frozen=True):
    """A record with one indexed value."""

    id: str
    size: str | None = None


THINGS = Table("things", Thing, indexes=("size",))
IDS = st.sampled_from(["1", "2", "3", "10", "a", "b"])
SIZES = st.none() | st.sampled_from(["l", "m", "s"])
CHANGES = st.lists(st.tuples(IDS, SIZES, st.sampled_from(["put", "delete", "commit", "freeze"])), max_size=25)


@given(
    seed=st.dictionaries(IDS, SIZES),
    changes=CHANGES,
    by=st.sampled_from(["id", "size"]),
    bounds=st.tuples(
        st.none() | st.sampled_from(["2", "l", "m"]), st.none() | st.sampled_from(["3", "m", "a"])
    ),
)
def test_a_count_is_the_length_of_the_page(
    seed: dict[str, str | None], changes: list[tuple[str, str | None, str]], by: str, bounds: tuple[Any, Any]
) -> None:
    """Whatever lies in the seed, in frozen layers, in committed changes or in this transaction."""

    async def counted() -> tuple[int, int]:
        store = MemoryStore({THINGS: [Thing(id, size) for id, size in seed.items()]})
        transaction = await store.begin("s")
        for id, size, what in changes:
            if what == "put":
                await transaction.put(THINGS, Thing(id, size))
            elif what == "delete":
                await transaction.delete(THINGS, id)
            else:
                await transaction.commit()
                if what == "freeze":
                    await store.save("s", "snapshot")
                transaction = await store.begin("s")
        things: Collection[Thing] = Collection(THINGS, transaction, None)  # type: ignore[arg-type]  # settles nothing
        low, high = bounds
        page = await things.page(by, low=low, high=high)
        return await things.count(by, low=low, high=high), len(page)

    count, length = asyncio.run(counted())
    assert count == length
