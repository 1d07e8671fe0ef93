"""What the suite shows at a vendor's door: good credentials, wrong ones and none."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.harness.network.disguise import disguised, hidden
from contract_tests.harness.network.near_misses import WRONG_CREDENTIAL, NearMiss, near_misses
from contract_tests.harness.network.signing import AccessKey
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.fixtures import Fixtures
from contract_tests.harness.spec.operation import Operation

_TELLING = re.compile(r'("[^"]*(?:token|password|secret|senha|session)[^"]*"\s*:\s*)"[^"]*"', re.IGNORECASE)
_SECRETS = ("bearer", "login", "password", "key")
NONE, WRONG, DEFAULT = "none", "wrong", "default"


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
    may_lock: bool = False
    """Whether the server is not ours, and may lock an account after some failed logins."""
    sessions: list[str] = field(default_factory=list, repr=False, compare=False)
    """What logins have given since the run began, in order; the first of them is the default credential."""

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
    def alike(self) -> list[str]:
        """The credentials of the fixtures whose persons may do what the default one may."""
        return [name for name, said in self.named.items() if said.get("as") == DEFAULT]

    def access_key(self, name: str) -> AccessKey:
        """The pair of keys that the fixtures have under a name."""
        pair = self.named[name]
        return AccessKey(pair["access_key"], pair["secret_key"], pair.get("security_token"))

    def almost(self, operation: Operation) -> dict[str, dict[str, str]]:
        """The headers of every credential that is almost the default one, by what is wrong with it."""
        scheme = scheme_of(self.contract, operation)
        if scheme is None or not set(scheme.fields) <= self._now.keys():
            return {}
        good = {name: self._now[name] for name in scheme.fields}
        return {miss.name: scheme.headers(miss.secrets) for miss in self.near_misses(good)}

    def misread(self, operation: Operation) -> dict[str, dict[str, str]]:
        """Headers that only a careless reader takes for good ones; none where accounts get locked."""
        scheme = scheme_of(self.contract, operation)
        if self.may_lock or scheme is None or not set(scheme.fields) <= self._now.keys():
            return {}
        return dict(_misread(scheme, {name: self._now[name] for name in scheme.fields}))

    def near_misses(self, good: Mapping[str, str], *, in_body: bool = False) -> Iterator[NearMiss]:
        """What is almost these secrets; only few where failed logins may lock an account."""
        holders = {name: self.holder(name) for name in good}
        return near_misses(good, holders, few=self.may_lock, in_body=in_body and not self.may_lock)

    @property
    def _now(self) -> dict[str, str]:
        """The default credential, with the session that was given last."""
        session = dict.fromkeys(("bearer", "key"), self.sessions[-1]) if self.sessions else {}
        return {**self.named.get(DEFAULT, {}), **session}

    @property
    def veil(self) -> dict[str, str]:
        """Header values and secrets, each with the shell variable that stands for it in print.

        What comes of the environment, or of a login there, is veiled in every form that it may take.
        """
        default = self.named.get(DEFAULT, {})
        veil: dict[str, str] = {}
        for scheme in _schemes(self.contract):
            if set(scheme.fields) <= default.keys():
                good = {name: default[name] for name in scheme.fields}
                for miss in self.near_misses(good):
                    veil |= _in_print(scheme, miss.secrets, miss.shown if self.secret else miss.secrets)
                veil |= _in_print(scheme, good, {name: f"${self.holder(name)}" for name in good})
        if not self.secret:  # the longest first, so that none is found inside another
            return dict(sorted(veil.items(), key=lambda item: -len(item[0])))
        given = {value: f"${self.holder(name)}" for name, value in default.items()}
        sessions = dict.fromkeys(self.sessions, f"${self.holder('bearer')}")
        return disguised(self._almost_secret | given | veil | sessions)

    @property
    def _almost_secret(self) -> dict[str, str]:
        """Every text that a near miss shows of a secret, with what stands for it in print."""
        default = self.named.get(DEFAULT, {})
        tokens = [*self.sessions, *(default[name] for name in ("bearer", "key") if name in default)]
        alone = [{"bearer": text} for text in dict.fromkeys(tokens)]
        pairs = [{name: default[name] for name in ("login", "password")}] if "password" in default else []
        found: dict[str, str] = {}
        for good in (*alone, *pairs):
            for miss in self.near_misses(good):
                found |= {text: miss.shown[name] for name, text in miss.secrets.items() if text != good[name]}
        return found

    def holder(self, name: str) -> str:
        """The environment variable of a secret."""
        return self.holders.get(name) or variable(self.contract.vendor, name)

    def holding(self, token: str) -> Keyring:
        """The same with a token, or a session, that a login gave."""
        default = {**self.named.get(DEFAULT, {}), "bearer": token, "key": token}
        return replace(self, named={**self.named, DEFAULT: default}, sessions=[token])

    @property
    def told(self) -> str:
        """Where the default credential comes from, for people."""
        fields = {name for scheme in _schemes(self.contract) for name in scheme.fields}
        names = {self.holder(name) for name in (("login", "password") if self.sessions else fields)}
        return " and ".join(sorted(names)) if self.secret else "the credential of the fixtures"

    def veiled(self, text: str) -> str:
        """The text fit to be shown: no secret of the environment, no token that a real server gave."""
        if not self.secret:
            return text
        return _TELLING.sub(r'\1"***"', hidden(text, self.veil))


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
    return Keyring(contract, named, secret=bool(given), holders=holders, may_lock=not is_double)


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


def _misread(scheme: Scheme, good: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The secret in another scheme, or in none, and a password that has to be trimmed, or not looked at."""
    said = scheme.headers(good)[scheme.header]
    secret = said.rpartition(" ")[2]
    for other in ("Basic", "Bearer", "Token"):
        if not said.startswith(f"{other} "):
            yield f"the secret after {other}", {scheme.header: f"{other} {secret}"}
    if secret != said:
        yield "the secret alone", {scheme.header: secret}
    if "password" in good:
        for name, password in (("no password", ""), ("a password and a blank", good["password"] + " ")):
            yield name, scheme.headers({**good, "password": password})


def _in_print(scheme: Scheme, secrets: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """What a header shows of these secrets, and what stands for it in print, a shell's words for a pair."""
    values = [secrets[name] for name in scheme.fields]
    if scheme.kind != "basic":
        return {values[0]: shown[scheme.fields[0]]}
    pair = scheme.headers(secrets)[scheme.header].removeprefix("Basic ")
    said = ":".join(shown[name] for name in scheme.fields)
    return {pair: pair if shown == secrets else f'$(printf %s "{said}" | base64)'}
