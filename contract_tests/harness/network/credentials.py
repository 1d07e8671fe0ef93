"""What the suite shows at a vendor's door: good credentials, wrong ones and none."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.harness.network.disguise import disguised
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.fixtures import Fixtures
from contract_tests.harness.spec.operation import Operation

_TELLING = re.compile(r'("[^"]*(?:token|password|secret|senha|session)[^"]*"\s*:\s*)"[^"]*"', re.IGNORECASE)
_SECRETS = ("bearer", "login", "password", "key")
NONE, WRONG, DEFAULT = "none", "wrong", "default"
WRONG_CREDENTIAL = "wrong-credential"


class MissingCredential(Exception):
    """No credential for a target; `str()` names the environment variables to set."""


@dataclass(frozen=True)
class Scheme:
    """How one operation wants to be asked: OpenAPI's security scheme."""

    kind: str  # bearer, basic or apiKey
    header: str = "Authorization"

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the secrets it takes, as fixtures have them."""
        return {"bearer": ("bearer",), "basic": ("login", "password")}.get(self.kind, ("key",))

    def headers(self, secrets: Mapping[str, str]) -> dict[str, str]:
        """The header that carries these secrets."""
        values = [str(secrets[name]) for name in self.fields]
        if self.kind == "bearer":
            return {self.header: f"Bearer {values[0]}"}
        if self.kind == "basic":
            pair = base64.b64encode(":".join(values).encode()).decode()
            return {self.header: f"Basic {pair}"}
        return {self.header: values[0]}


@dataclass(frozen=True)
class Keyring:
    """The credentials of one vendor at one target, by name."""

    contract: Contract
    named: Mapping[str, Mapping[str, str]] = field(repr=False)
    secret: bool
    """Whether the values come from the environment and must never be shown."""
    holders: Mapping[str, str] = field(default_factory=dict)
    """The environment variable of each secret."""

    def headers(self, operation: Operation, name: str = DEFAULT) -> dict[str, str]:
        """The headers for a credential: `none`, `wrong`, one of the fixtures, or a token as it is."""
        scheme = scheme_of(self.contract, operation)
        if name == NONE or scheme is None:
            return {}
        if name == WRONG:
            return scheme.headers(dict.fromkeys(scheme.fields, WRONG_CREDENTIAL))
        known = self.named.get(name, {})
        if set(scheme.fields) <= known.keys():
            return scheme.headers(known)
        return scheme.headers(dict.fromkeys(scheme.fields, name))

    @property
    def veil(self) -> dict[str, str]:
        """Header values and secrets, each with the shell variable that stands for it in print.

        What comes of the environment, or of a login there, is veiled in every form that it may take.
        """
        veil: dict[str, str] = {}
        default = self.named.get(DEFAULT, {})
        for scheme in _schemes(self.contract):
            if not set(scheme.fields) <= default.keys():
                continue
            if scheme.kind == "basic":
                pair = scheme.headers(default)[scheme.header].removeprefix("Basic ")
                veil[pair] = _encoded([self.holder(name) for name in scheme.fields])
            else:
                veil[str(default[scheme.fields[0]])] = "$" + self.holder(scheme.fields[0])
        if not self.secret:
            return veil
        return disguised({value: f"${self.holder(name)}" for name, value in default.items()} | veil)

    def holder(self, name: str) -> str:
        """The environment variable of a secret."""
        return self.holders.get(name) or variable(self.contract.vendor, name)

    def holding(self, token: str) -> Keyring:
        """The same with a token, or a session, that a login gave."""
        default = {**self.named.get(DEFAULT, {}), "bearer": token, "key": token}
        return replace(self, named={**self.named, DEFAULT: default})

    @property
    def told(self) -> str:
        """Where the default credential comes from, for people."""
        names = {self.holder(name) for scheme in _schemes(self.contract) for name in scheme.fields}
        return " and ".join(sorted(names)) if self.secret else "the credential of the fixtures"

    def veiled(self, text: str) -> str:
        """The text fit to be shown: no secret of the environment, no token that a real server gave."""
        if not self.secret:
            return text
        for secret, name in self.veil.items():
            text = text.replace(secret, name)
        return _TELLING.sub(r'\1"***"', text)


def keyring(
    contract: Contract,
    fixtures: Fixtures,
    *,
    is_double: bool,
    variables: Mapping[str, str] | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Keyring:
    """The fixtures' credentials for a double, the environment's for any other server.

    `variables` are the environment variables that a target names, by what they hold. MissingCredential
    where a server that is not ours needs a credential and the environment has none.
    """
    named_here = variables or {}
    holders = {name: named_here.get(_public(name)) or variable(contract.vendor, name) for name in _SECRETS}
    given = {name: environment[holder] for name, holder in holders.items() if environment.get(holder)}
    seeded = {name: _flat(said) for name, said in fixtures.credentials.items()} if is_double else {}
    if not is_double:
        _demand(contract, given, holders)
    named = {**seeded, **({DEFAULT: given} if given else {})}
    return Keyring(contract, named, secret=bool(given), holders=holders)


def _flat(said: Mapping[str, Any]) -> dict[str, str]:
    """A credential of the fixtures by the names that schemes use."""
    flat = {name: value for name, value in said.items() if isinstance(value, str)}
    if "basic" in said:
        flat["login"], flat["password"] = said["basic"]
    for value in said.get("header", {}).values():
        flat["key"] = value
    return flat


def variable(vendor: str, name: str) -> str:
    """The environment variable of a secret: DUBLE_ACME_TOKEN, _LOGIN or _PASSWORD."""
    return f"DUBLE_{vendor}_{_public(name)}".upper()


def _public(name: str) -> str:
    """What people call a secret."""
    return "token" if name in ("bearer", "key") else name


def scheme_of(contract: Contract, operation: Operation) -> Scheme | None:
    """The first security scheme of an operation, None for a public one."""
    said = operation.definition.get("security", contract.document.get("security", []))
    for requirement in said:
        for name in requirement:
            return _scheme(contract.at(f"/components/securitySchemes/{name}"))
    return None


def _schemes(contract: Contract) -> list[Scheme]:
    found = (scheme_of(contract, operation) for operation in contract.operations.values())
    return list(dict.fromkeys(scheme for scheme in found if scheme is not None))


def _scheme(said: Mapping[str, Any]) -> Scheme:
    if said["type"] == "http":
        return Scheme(said["scheme"].lower())
    return Scheme("apiKey", said.get("name", "Authorization"))


def _demand(contract: Contract, given: Mapping[str, str], holders: Mapping[str, str]) -> None:
    """MissingCredential unless every scheme has its secrets, or a login may get them (`x-login`)."""
    login = contract.document.get("x-login")
    if login is not None and {"login", "password"} <= given.keys():
        return
    wanted = [scheme.fields for scheme in _schemes(contract)] or ([("bearer",)] if login else [])
    for fields in wanted:
        missing = [name for name in fields if name not in given]
        if missing:
            names = " and ".join(holders[name] for name in missing)
            other = f", or {holders['login']} and {holders['password']}" if login else ""
            raise MissingCredential(f"{contract.vendor}: no credential. Set {names}{other}")


def _encoded(holders: Iterable[str]) -> str:
    pair = ":".join(f"${holder}" for holder in holders)
    return f'$(printf %s "{pair}" | base64)'
