"""What a mock does that no vendor does: named, with the page that says so, and told from its findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from contract_tests.harness.judging.finding import Finding
from contract_tests.harness.running.run import Run

_ABOUT_DATA = ("schema-violating request accepted", "refuses valid data")
_TELLING = ("code", "message", "status")
_BEYOND_EXACT = re.compile(r"\d{16,}")
_BLANK = re.compile(r"=(&|'|\"|\s|$)|: '(\s|$)")  # in a curl line: a key, or a header, without a value
_SUCCESS = re.compile(r"2\d\d ")
_REFUSAL = re.compile(r"4\d\d ")
_BAD_REQUEST = re.compile(r"(400|422) ")


@dataclass(frozen=True)
class Trait:
    """One deviation of a server that we did not write; the suite must find it, and calls it this."""

    name: str
    source: str
    shows_in: Callable[[Finding], bool]


def unexplained(run: Run, traits: Iterable[Trait]) -> list[str]:
    """Findings that no trait accounts for: there the spec, or the suite, is wrong."""
    known = tuple(traits)
    return [_line(finding) for finding in run.findings if not any(t.shows_in(finding) for t in known)]


def met(run: Run, traits: Iterable[Trait]) -> set[str]:
    """Names of the traits that the suite has found."""
    return {trait.name for trait in traits if any(map(trait.shows_in, run.findings))}


def _line(finding: Finding) -> str:
    return "\n  ".join(
        (
            f"{finding.vendor} {finding.operation}: {finding.kind} ({finding.place})",
            f"contract {finding.said}",
            f"got      {finding.got}",
            f"answer   {finding.answer}",
            _last(finding),
        )
    )


def _last(finding: Finding) -> str:
    return finding.curl[-1] if finding.curl else "-"


def _knows_no_record(finding: Finding) -> bool:
    """A refusal that rests on more than the schema; what breaks the schema is compared elsewhere."""
    return finding.part == "refusals" and finding.kind == "accepted"


def _has_one_refusal(finding: Finding) -> bool:
    of_refusals = (
        finding.part in ("refusals", "authentication") and _REFUSAL.match(finding.answer) is not None
    )
    return of_refusals and finding.kind in ("code", "message", "status")


def _problem(error: str) -> Callable[[Finding], bool]:
    """One of Prism's own refusals, by its name."""
    return lambda finding: f"stoplight.io/prism/errors#{error}" in finding.answer


def _own_problem(finding: Finding) -> bool:
    return "application/problem+json" in finding.answer


def _lets_in(finding: Finding) -> bool:
    about_credentials = finding.part == "authentication" or "authentication" in finding.kind
    return about_credentials and _SUCCESS.match(finding.answer) is not None


def _takes_credential_for_a_field(finding: Finding) -> bool:
    return finding.part == "authentication" and _BAD_REQUEST.match(finding.answer) is not None


def _takes_blank_for_absent(finding: Finding) -> bool:
    return finding.kind in _ABOUT_DATA and _BLANK.search(_last(finding)) is not None


def _cannot_count(finding: Finding) -> bool:
    return finding.kind in _ABOUT_DATA and _BEYOND_EXACT.search(_last(finding)) is not None


def _lacks_header(finding: Finding) -> bool:
    return "missing" in finding.kind and "header" in finding.kind and "X-Request-Id" in finding.got


# A mock has no records: nothing of it agrees from one answer to the next, and no page follows another.
STATELESS = ("examples", "conformance", "refusals", "authentication")

GUIDE = "Prism, docs/guides"
NO_RECORDS = "no record is ever missing"
ANY_CREDENTIAL = "any credential opens"
FIELD = "a credential in the body is a field like any other"
NO_SUCH_PATH = "an unknown path meets a problem document"
NO_SUCH_METHOD = "an unknown method meets a problem document"
NO_SUCH_STATUS = "a refusal without a documented status meets a problem document"
NO_SUCH_MEDIA_TYPE = "an unknown content type meets a problem document"
PROBLEM = "every refusal is a problem document"

PRISM: Sequence[Trait] = (
    Trait(NO_SUCH_PATH, f"{GUIDE}/06-errors.md: NO_PATH_MATCHED_ERROR", _problem("NO_PATH_MATCHED_ERROR")),
    Trait(
        NO_SUCH_METHOD,
        f"{GUIDE}/06-errors.md: NO_METHOD_MATCHED_ERROR",
        _problem("NO_METHOD_MATCHED_ERROR"),
    ),
    Trait(
        NO_SUCH_STATUS,
        f"{GUIDE}/06-errors.md: UNPROCESSABLE_ENTITY",
        _problem("UNPROCESSABLE_ENTITY"),
    ),
    Trait(
        NO_SUCH_MEDIA_TYPE,
        f"{GUIDE}/06-errors.md: INVALID_CONTENT_TYPE",
        _problem("INVALID_CONTENT_TYPE"),
    ),
    Trait(
        "broken JSON meets a form of Prism's own",
        "Prism's HTTP server, which answers before the document is asked",
        lambda finding: '"invalid_json"' in finding.answer,
    ),
    Trait(
        ANY_CREDENTIAL, f"{GUIDE}/06-errors.md: UNAUTHORIZED is about the scheme, not the secret", _lets_in
    ),
    Trait(
        FIELD,
        "OpenAPI 3.0.3 knows no security scheme for bodies",
        _takes_credential_for_a_field,
    ),
    Trait(
        NO_RECORDS,
        f"{GUIDE}/01-mocking.md: a valid request meets the lowest 2XX",
        _knows_no_record,
    ),
    Trait(
        "every mistake meets the first example of a status",
        f"{GUIDE}/01-mocking.md, decision engine: 401, 415, 422, 400, whichever the document has",
        _has_one_refusal,
    ),
    Trait("an empty parameter is an absent one", "see quirks.py", _takes_blank_for_absent),
    Trait("integers beyond 2^53 are no integers", "JavaScript's numbers", _cannot_count),
)

CONNEXION: Sequence[Trait] = (
    Trait(
        PROBLEM,
        "Connexion, Exception Handling: errors are rendered as application/problem+json",
        _own_problem,
    ),
    Trait(NO_RECORDS, "Connexion's mock: every valid request meets the example", _knows_no_record),
    Trait(
        "answers carry no header of the spec", "Connexion's mock: example_response is a body", _lacks_header
    ),
    Trait(
        FIELD,
        "OpenAPI 3.0.3 knows no security scheme for bodies",
        _takes_credential_for_a_field,
    ),
    Trait(ANY_CREDENTIAL, "one good credential is enough where schemes are alternatives", _lets_in),
)
