"""The forms in which a secret may come back: as it is, escaped, percent-encoded, in base64 or hexadecimal."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

_LONG_ENOUGH = 6  # characters; less of a text is no trace of it in an encoding that mixes neighbours


def disguised(secrets: Mapping[str, str]) -> dict[str, str]:
    """Every form of every secret, each with what stands for the secret in print.

    Longer forms come first, so that none is found inside another; the secrets themselves come last, so
    that they are what a reader of the dictionary the other way round gets.
    """
    found = {form: shown for secret, shown in secrets.items() for form in forms(secret) if form}
    return dict(sorted(found.items(), key=lambda item: (item[0] in secrets, -len(item[0]))))


def hidden(text: str, veil: Mapping[str, str]) -> str:
    """The text with what stands for each secret in its place; what is put there is not looked at again."""
    if not veil:
        return text
    secrets = re.compile("|".join(re.escape(secret) for secret in veil if secret))
    return secrets.sub(lambda found: veil[found[0]], text)


def forms(secret: str) -> Iterator[str]:
    """The secret and everything that it commonly turns into."""
    raw = secret.encode()
    yield secret
    yield html.escape(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    for encoded in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield encoded
        yield encoded.replace("%", "%25")
        yield _with_small_digits(encoded)
    if len(raw) >= _LONG_ENOUGH:
        yield raw.hex()
        yield raw.hex().upper()
        yield from _in_base64(raw)


def _in_base64(raw: bytes) -> Iterator[str]:
    """The characters that depend on nothing but the secret, wherever it begins in what is encoded."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw).rstrip(b"=").decode()
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        yield whole[first:last]
        yield whole[first:last].replace("+", "-").replace("/", "_")


def _with_small_digits(encoded: str) -> str:
    """Percent-encoding with small letters: %2f."""
    parts = encoded.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])
