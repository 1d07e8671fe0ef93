"""One request's wish for an answer: `Prefer: code=429`, `Prefer: example=NAME` (RFC 7240)."""

from __future__ import annotations

import re

from mockserver.core.answers import Answers
from mockserver.core.call import Call
from mockserver.core.refusals import Refusals
from mockserver.core.replies import Refusal, Reply

_PREFERENCE = re.compile(r'\s*(code|example)\s*=\s*"?([^",;]*?)"?\s*(?:;[^,]*)?\Z', re.IGNORECASE)


class UnknownWish(Exception):
    """The spec documents no such answer for this operation; the text names those that it does."""


def wished(header: str, answers: Answers, refusals: Refusals, call: Call) -> Reply | Refusal | None:
    """The answer wished for, or None where the request should simply be served; raises UnknownWish.

    A status that the operation documents as a refusal gives that refusal; a documented success is
    left to behaviour. Preferences that are not ours are ignored, as RFC 7240 asks.
    """
    found = filter(None, map(_PREFERENCE.match, header.split(",")))
    wish = {one.group(1).lower(): one.group(2) for one in found}
    if "example" in wish:
        return _example(wish["example"], answers)
    return _status(wish["code"], answers, refusals, call) if "code" in wish else None


def _example(name: str, answers: Answers) -> Reply:
    if name not in answers.examples:
        raise UnknownWish(
            f"Prefer: example={name[:80]} is not documented here; there is: {', '.join(answers.examples)}"
        )
    status, body = answers.examples[name]
    return Reply(status, body, {"Preference-Applied": f"example={name}"})


def _status(code: str, answers: Answers, refusals: Refusals, call: Call) -> Refusal | None:
    status = int(code) if re.fullmatch(r"[1-9][0-9]{2}", code) else 0
    if status not in answers.statuses:
        known = ", ".join(map(str, answers.statuses))
        raise UnknownWish(f"Prefer: code={code[:80]} is not documented here; there is: {known}")
    return refusals.of_status(status, call.path_params)
