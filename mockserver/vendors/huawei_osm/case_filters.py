"""Filters of the list that no index answers: words, ids, sub-users, labels (HUAWEI-A24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mockserver.vendors.huawei_osm.records import Case
from mockserver.vendors.huawei_osm.room import OsmRoom

_LONGEST_ID = 18


@dataclass(frozen=True)
class Filters:
    """All of them must hold; an empty one holds always."""

    words: tuple[str, ...]
    app_key: str
    xcustomer_id: str
    xcustomer_name: str
    ids: frozenset[str] | None = None
    """The only tickets that can match, where that is known beforehand."""

    @classmethod
    def of(
        cls, search_key: Iterable[str], app_key: str, incident_id: str, customer_id: str, customer_name: str
    ) -> Filters:
        """The filters as the query has them; a search value may hold several words."""
        words = tuple(word.casefold() for text in search_key for word in text.split())
        ids = frozenset({incident_id}) if incident_id else None
        return cls(words, app_key.casefold(), customer_id, customer_name, ids)

    async def with_labels(self, room: OsmRoom, label_ids: Iterable[str]) -> Filters:
        """The same, narrowed to the tickets that have one of the labels."""
        numbers = [int(text) for text in label_ids if _is_number(text)]
        links = [link for number in numbers for link in await room.case_labels.find(label_id=number)]
        ids = frozenset(link.case_id for link in links)
        return replace(self, ids=ids if self.ids is None else ids & self.ids)

    @property
    def any(self) -> bool:
        """Whether there is anything to look at beyond states and times."""
        return self.ids is not None or bool(
            self.words or self.app_key or self.xcustomer_id or self.xcustomer_name
        )

    def match(self, case: Case) -> bool:
        """Whether a ticket passes, `ids` left aside."""
        text = case.simple_description.casefold()
        return (
            all(word in text for word in self.words)
            and (self.app_key in text or self.app_key in case.incident_id.casefold())
            and self.xcustomer_id in ("", case.xcustomer_id)
            and self.xcustomer_name in ("", case.xcustomer_name)
        )


def _is_number(text: str) -> bool:
    return len(text) <= _LONGEST_ID and text.isascii() and text.isdigit()
