"""Prism and our double asked about the same requests: what they disagree on, and no rule explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import httpx

from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation
from mockserver.app import VENDORS
from tests.independent.hollow import Hollow
from tests.independent.quirks import as_prism_reads, is_decided
from tests.independent.verdicts import Verdict, of_double, of_prism, sent, shown

# Prism asks whether a credential is there, not whose it is; the hollow double lets everybody in.
CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "citsmart": {},
    "huawei_osm": {"X-Auth-Token": "anything"},
    "persat": {"Authorization": "Bearer anything"},
    "taf": {"Authorization": "Basic YTpi"},
    "zeev": {"Authorization": "Bearer anything"},
}


@dataclass(frozen=True)
class Comparison:
    """Both servers of one vendor."""

    contract: Contract
    prism: str
    hollow: Hollow
    double: str
    client: httpx.Client

    @property
    def credential(self) -> dict[str, str]:
        """The headers that let a request in."""
        return dict(CREDENTIALS[self.contract.vendor])

    def disagreements(
        self, operation: Operation, asked: Iterator[tuple[Request, httpx.Response | None]]
    ) -> Iterator[str]:
        """One text for each request on which the servers disagree for no known reason.

        Requests come with Prism's answer, or None where it is still to be asked.
        """
        for request, answer in asked:
            if self._has_credential(request):
                theirs = of_prism(answer or sent(self.client, self.prism, request))
                verdicts = theirs, self.of_double(request)
                if not self._agreed(operation, request, *verdicts):
                    yield shown(request, verdicts)

    def of_prism(self, request: Request) -> Verdict:
        """Prism's word on a request."""
        return of_prism(sent(self.client, self.prism, request))

    def of_double(self, request: Request) -> Verdict:
        """The double's word on a request."""
        return of_double(self.hollow, self.client, self.double, request)

    def _agreed(self, operation: Operation, request: Request, theirs: Verdict, ours: Verdict) -> bool:
        if ours.is_fault and operation.id not in VENDORS[self.contract.vendor].checks_itself:
            return False
        if theirs.accepted == ours.accepted or not is_decided(self.contract, operation, request):
            return True
        reading = as_prism_reads(self.contract, operation, request)
        if reading != request and self.of_double(reading).accepted == theirs.accepted:
            return True
        strict = self._as_vendor_forgives(request)
        return strict != request and self.of_prism(strict).accepted == ours.accepted

    def _as_vendor_forgives(self, request: Request) -> Request:
        """What the request would be, had it the Content-Type that the vendor does not insist on."""
        vendor = VENDORS[self.contract.vendor]
        others = {name: text for name, text in request.headers.items() if name.lower() != "content-type"}
        absent = others == request.headers
        if request.body and (vendor.any_content_type or (absent and not vendor.content_type_required)):
            return replace(request, headers={**others, "Content-Type": "application/json"})
        return request

    def _has_credential(self, request: Request) -> bool:
        sent_names = {name.lower() for name in request.headers}
        return all(name.lower() in sent_names for name in self.credential)
