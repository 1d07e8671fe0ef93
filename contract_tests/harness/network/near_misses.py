"""Credentials that are almost good: a good one with one slip in it, which lets nobody in."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

WRONG_CREDENTIAL = "wrong-credential"
_SWAPPED = str.maketrans(
    string.ascii_letters, string.ascii_uppercase + string.ascii_lowercase
)  # as tr does it, so that a shell line can repeat it


@dataclass(frozen=True)
class Slip:
    """One way to get a text almost right."""

    name: str
    made: Callable[[str], str]
    shown: str
    """What makes it in a shell of the variable whose name goes into the braces."""


LONGER = Slip("and one more character", lambda secret: secret + "x", "${{{}}}x")
SHORTER = Slip("without its last character", lambda secret: secret[:-1], "${{{}%?}}")
OTHER_CASE = Slip(
    "in the other case", lambda secret: secret.translate(_SWAPPED), '$(printf %s "${}" | tr a-zA-Z A-Za-z)'
)
SLIPS = (LONGER, SHORTER, OTHER_CASE)
BLANKS = (
    Slip("and a blank", lambda secret: f"{secret} ", "${{{}}} "),
    Slip("after a blank", lambda secret: f" {secret}", " ${{{}}}"),
)
"""Those that tell in a body only: around a header HTTP itself takes blanks away."""
FEW = (LONGER, OTHER_CASE)
"""Those that are tried with a login of a server that is not ours, where accounts get locked."""


@dataclass(frozen=True)
class NearMiss:
    """A credential that is almost good, by what it is made of: key, bearer, or login and password."""

    name: str
    secrets: Mapping[str, str] = field(repr=False)
    shown: Mapping[str, str]
    """What stands in print for each of them."""


def near_misses(
    good: Mapping[str, str], holders: Mapping[str, str], *, few: bool = False, in_body: bool = False
) -> Iterator[NearMiss]:
    """Every near miss of one secret, or of a login and its password; `few` gives at most two of a login.

    `in_body` brings those that do not show in a header.

    `holders` are the shell variables of the secrets.
    """
    slipping = "password" if "password" in good else next(iter(good))
    shown = {name: f"${holders[name]}" for name in good}
    for slip in FEW if few and "login" in good else SLIPS:
        made = slip.made(good[slipping])
        if made.strip() not in ("", good[slipping].strip()):
            said = slip.shown.format(holders[slipping])
            yield NearMiss(f"{slipping} {slip.name}", {**good, slipping: made}, {**shown, slipping: said})
    for slip, name in product(BLANKS, good) if in_body and not few else ():
        said = slip.shown.format(holders[name])
        yield NearMiss(f"{name} {slip.name}", {**good, name: slip.made(good[name])}, {**shown, name: said})
    for name in good if "login" in good and not few else ():
        wrong = {name: WRONG_CREDENTIAL}
        yield NearMiss(f"wrong {name}", {**good, **wrong}, {**shown, **wrong})
