"""What cannot be tried on a server that is not ours, because nobody said what it knows."""

from __future__ import annotations

from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.judging.validity import meets_valid_data
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, wording
from contract_tests.harness.spec.operation import ListedError, Operation


class Stuck(Exception):
    """A record cannot be made, or brought where it should be; `str()` says what stands in the way."""


def may_lack(subject: Subject, operation: Operation, answer: Answer) -> bool:
    """Whether a documented refusal of a request that fits its schemas: it may name what the server lacks."""
    return any(
        meets_valid_data(subject.responses, operation, listed)
        for listed in matching(subject, operation, answer)
    )


def matching(subject: Subject, operation: Operation, answer: Answer) -> list[ListedError]:
    """The refusals of an operation's list that an answer is: by its words, else by its code."""
    judgement = Judgement(subject, operation, answer)
    coded = [listed for listed in operation.errors if judgement.is_refusal(listed.error)]
    said = [told.message for told in outcome.told(subject.contract, answer)]
    worded = [
        listed for listed in coded if any(wording.says(text, listed.error.message, {}) for text in said)
    ]
    return worded or coded


def lacking(name: str, operation: Operation, answer: Answer) -> str:
    """Why nothing can be made, and what would allow it."""
    return (
        f"{operation.id} refuses the example ({answer.summary}): the server may not know what it names. "
        f"Give `values` for it, or resources.{name}, in duble.toml"
    )
