"""The scores and flames of a search, parsed from the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.errors import Problem, UsageError
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST: Final = 5
_RANGE: Final = re.compile(r"([0-5])(?:-([0-5])|(\+))?")
_FORMS: Final = tuple(
    form for low in range(MOST + 1) for form in (f"{low}", f"{low}+", *(f"{low}-{n}" for n in range(low, 6)))
)


class Term(Struct, frozen=True):
    """A score, and the range of flames to match (inclusive)."""

    score_name: str
    low: int = 0
    high: int = MOST


def flames_of(text: str, flag: str = "--flames") -> tuple[int, int]:
    """Parse a number of flames, `5`, or a range of them, `3-5` or `3+`, both inclusive.

    Raises:
        UsageError: it is not a number or range of flames.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is not None:
        low = int(match[1])
        high = MOST if match[3] else int(match[2] or low)
        if low <= high:
            return low, high
    near = nearest(text, _FORMS) if match is None else f"{match[2]}-{match[1]}"
    there = "Use 0 to 5, a range such as 4-5, or 4+."
    hint = f"Did you mean `{near}`? {there}" if near else there
    raise UsageError(Problem("U006", f"{flag} `{text}` is not a number of flames.", hint=hint))


def terms_of(flames: str | None, scores: Sequence[str], names: Sequence[str]) -> tuple[Term, ...]:
    """Parse `--flames` and `--score` for a run with scores of these names.

    Flames apply to the first score; without a score that is the first of `names`. `NAME:3+` is a score with
    flames of its own; the first score must match both.

    Raises:
        UsageError: a score is unknown, or a number of flames is malformed.
    """
    low, high = (0, MOST) if flames is None else flames_of(flames)
    if not scores:
        return (Term(names[0], low, high),)
    terms = [_term(text, names) for text in scores]
    if flames is not None:
        terms[0] = Term(terms[0].score_name, max(low, terms[0].low), min(high, terms[0].high))
    return tuple(terms)


def _term(text: str, names: Sequence[str]) -> Term:
    name, colon, flames = text.rpartition(":") if ":" in text and text not in names else (text, "", "")
    if name not in names:
        near = nearest(name, names)
        hint = f"Did you mean `{near}`?" if near else f"Scores in this run: {', '.join(names)}."
        raise UsageError(Problem("U005", f"This run has no score `{name}`.", hint=hint))
    return Term(name, *(flames_of(flames, "--score") if colon else (0, MOST)))
