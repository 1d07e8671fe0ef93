"""The kinds of values in records, each with its range."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Instant = Annotated[datetime, Meta(tz=True)]
Milliseconds = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Minutes = Annotated[int, Meta(ge=0, le=2**31 - 1)]
AtLeastOne = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Text = Annotated[str, Meta(min_length=1)]
