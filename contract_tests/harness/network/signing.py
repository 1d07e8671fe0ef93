"""Requests signed with an access key, as the securityScheme's `x-signature` has it: SDK-HMAC-SHA256.

The rules are those that the description of the scheme gives, with Huawei's own signer as their source.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation

ALGORITHM = "SDK-HMAC-SHA256"
DATE = "X-Sdk-Date"
SECURITY_TOKEN = "X-Security-Token"  # noqa: S105  # a header's name
_SIGNED = ("content-type", "host", DATE.lower(), SECURITY_TOKEN.lower())


@dataclass(frozen=True)
class AccessKey:
    """A pair of keys: the one that is shown, and the one that signs."""

    access_key: str
    secret_key: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    """What a temporary pair needs beside it, else None."""


@dataclass(frozen=True)
class Signature:
    """What a contract says of signed requests."""

    contract: Contract
    said: Mapping[str, Any]

    @property
    def credential(self) -> str:
        """The name under which the fixtures have a pair of keys."""
        return str(self.said["credential"])

    @property
    def temporary(self) -> str | None:
        """The name of a pair that needs a security token; None if the fixtures have none."""
        return self.said.get("temporary")

    @property
    def signs_for(self) -> Mapping[str, str]:
        """By the name of a credential, the name of the pair of the same person."""
        return dict(self.said.get("signs_for", {}))

    @property
    def tolerance(self) -> int:
        """How many seconds the time of signing may be off, before and after."""
        return int(self.said["tolerance"])

    @property
    def refusal(self) -> CatalogueError:
        """What a signature that does not fit meets."""
        return self.contract.errors[self.said["refusal"]]

    @property
    def values(self) -> dict[str, str]:
        """The placeholders of its message."""
        return dict(self.said.get("vars", {}))


def signature_of(contract: Contract, operation: Operation) -> Signature | None:
    """How an operation may be signed; None if none of its security schemes says so."""
    for requirement in operation.definition.get("security", contract.document.get("security", [])):
        for name in requirement:
            said = contract.at(f"/components/securitySchemes/{name}").get("x-signature")
            if said is not None:
                return Signature(contract, said)
    return None


def signed(request: Request, key: AccessKey, at: datetime) -> Request:
    """The request with the time of signing and the signature; its headers name the Host, with the port.

    Signed are Content-Type, Host, X-Sdk-Date and X-Security-Token, as far as they are there, and the query
    in sorted order.
    """
    token = {} if key.security_token is None else {SECURITY_TOKEN: key.security_token}
    request = replace(request, headers={**request.headers, **token, DATE: dated(at)})
    names = ";".join(_signed_names(request))
    digest = hashlib.sha256(canonical_request(request).encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{request.headers[DATE]}\n{digest}"
    made = hmac.new(key.secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    said = f"{ALGORITHM} Access={key.access_key}, SignedHeaders={names}, Signature={made}"
    return replace(request, headers={**request.headers, "Authorization": said})


def dated(at: datetime) -> str:
    """A time, which is in UTC, as X-Sdk-Date has it."""
    return f"{at:%Y%m%dT%H%M%SZ}"


def canonical_request(request: Request) -> str:
    """What of a dated request is signed: six parts, each on a line of its own."""
    path, _, query = request.path.partition("?")
    pairs = sorted(_pair(text) for text in query.split("&") if text)
    headers = {name.lower(): text.strip() for name, text in request.headers.items()}
    names = _signed_names(request)
    return "\n".join(
        [
            request.method.upper(),
            _path(path),
            "&".join("=".join(pair) for pair in pairs),
            "".join(f"{name}:{headers[name]}\n" for name in names),
            ";".join(names),
            hashlib.sha256(request.body or b"").hexdigest(),
        ]
    )


def _signed_names(request: Request) -> list[str]:
    known = set(map(str.lower, request.headers))
    return [name for name in _SIGNED if name in known]


def _path(path: str) -> str:
    """Decoded whole before it is split, so that an encoded slash becomes a border; a slash ends it."""
    pieces = "/".join(map(_encoded, unquote(path).split("/")))
    return pieces if pieces.endswith("/") else f"{pieces}/"


def _pair(text: str) -> tuple[str, str]:
    """Name and value, each as RFC 3986 encodes it; `+` is what urlencode makes of a space."""
    name, _, value = text.replace("+", "%20").partition("=")
    return _encoded(unquote(name)), _encoded(unquote(value))


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")
