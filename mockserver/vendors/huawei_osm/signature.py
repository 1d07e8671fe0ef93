"""SDK-HMAC-SHA256: what a signed request is made of, and whether its signature fits.

The rules are those of Huawei's own signer (huaweicloudsdkcore); HUAWEI-A29 for what it leaves open.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from mockserver.core.call import Call

ALGORITHM = "SDK-HMAC-SHA256"
TOLERANCE = timedelta(minutes=15)
_UNSIGNED = "UNSIGNED-PAYLOAD"
_HEADER = re.compile(
    rf"{ALGORITHM} +Access=([^\s,]+), *SignedHeaders=([^\s,]+), *Signature=([0-9a-f]{{64}}) *\Z"
)
_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z\Z", re.ASCII)


@dataclass(frozen=True)
class Authorization:
    """The three parts of an Authorization header."""

    access_key: str
    signed_headers: tuple[str, ...]
    signature: str


def authorization(header: str) -> Authorization | None:
    """The header's parts, or None where it is not of this form."""
    found = _HEADER.match(header)
    if found is None:
        return None
    return Authorization(found[1], tuple(found[2].split(";")), found[3])


def signed_at(call: Call) -> datetime | None:
    """The time of signing, or None where X-Sdk-Date has none."""
    text = call.headers.get("x-sdk-date", "")
    if not _DATE.match(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_timely(call: Call, now: datetime) -> bool:
    """Whether the request was signed within 15 minutes of now, before or after."""
    instant = signed_at(call)
    return instant is not None and abs(now - instant) <= TOLERANCE


def fits(call: Call, given: Authorization, secret_key: str) -> bool:
    """Whether the signature was made of this request with this secret; compared in constant time."""
    expected = (signature(request, call, secret_key) for request in canonical_requests(call, given))
    # Every form is compared, so that the time taken tells nothing.
    return True in [hmac.compare_digest(one, given.signature) for one in expected]


def signature(canonical_request: str, call: Call, secret_key: str) -> str:
    """64 hex digits: the canonical request and the time of signing under the secret key."""
    digest = hashlib.sha256(canonical_request.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{call.headers.get('x-sdk-date', '')}\n{digest}"
    return hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def canonical_requests(call: Call, given: Authorization) -> Iterator[str]:
    """The request as text, once for each order that its query may have been signed in."""
    pairs = [_pair(text) for text in call.query_string.decode("latin-1").split("&") if text]
    headers = "".join(
        f"{name}:{(call.sent_header(name) or '').strip(' ')}\n" for name in given.signed_headers
    )
    for query in ("&".join(sorted(pairs)), "&".join(pairs)):
        parts = (
            call.method,
            _path(call.raw_path),
            query,
            headers,
            ";".join(given.signed_headers),
            _body_hash(call),
        )
        yield "\n".join(parts)


def _path(raw_path: bytes) -> str:
    """Decoded whole, split, encoded again: a `%2F` becomes a border, as the signer has it."""
    segments = unquote(raw_path.decode("latin-1"), errors="surrogateescape").split("/")
    path = "/".join(_quoted(segment) for segment in segments)
    return path if path.endswith("/") else f"{path}/"


def _pair(text: str) -> str:
    name, _, value = text.partition("=")
    return "=".join(_quoted(unquote(part, errors="surrogateescape")) for part in (name, value))


def _quoted(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")


def _body_hash(call: Call) -> str:
    if call.body and call.headers.get("x-sdk-content-sha256") == _UNSIGNED:
        return _UNSIGNED
    return hashlib.sha256(call.body).hexdigest()
