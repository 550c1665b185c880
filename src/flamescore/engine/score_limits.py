"""Scores that are too large to be stored: they stop a scoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flamescore.engine.exact import MAX_SCORE
from flamescore.errors import InputError, Problem
from flamescore.input_errors import TOO_LARGE
from flamescore.text import printable, shape
from flamescore.units import POINT, show_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flamescore.engine.ledger import Entry, LedgerBuilder, LedgerSummary


class ScoreTooLargeError(InputError):
    """A contact's score exceeds `exact.MAX_SCORE`."""


def check_score_size(
    builder: LedgerBuilder,
    summary: LedgerSummary,
    entries: Sequence[Entry],
    *,
    as_of: datetime,
    id_of: Callable[[int], str],
) -> None:
    """Check that every score fits in 64 bits; `id_of` returns a contact's id by its index in the summary.

    Raises:
        ScoreTooLargeError: one doesn't. The error names the first contact and score, and the rule that gave
            most.
    """
    if summary.totals.dtype != object:
        return
    totals = summary.population_totals()
    passed = np.argwhere((np.abs(totals) > MAX_SCORE).T)
    if len(passed):
        contact, number = passed[0].tolist()
        names = list(dict.fromkeys(entry.score_name for entry in entries))
        score, total = names[number], int(totals[number, contact])
        rule, points = _largest_rule(builder, entries, score, contact, gave=total > 0)
        raise ScoreTooLargeError(
            Problem(
                TOO_LARGE,
                f"The score `{printable(score)}` of contact `{_shown(id_of(contact))}` is {_points(total)} "
                f"as of {as_of:%Y-%m-%d}; the most is {MAX_SCORE // POINT:,} points, either way. "
                f"The rule `{printable(rule)}` {'gave' if total > 0 else 'took'} most: "
                f"{_points(abs(points))}.",
                hint="Give fewer points for each event, or bound the rule: `limits: {max: 1000}`.",
            )
        )


def _largest_rule(
    builder: LedgerBuilder, entries: Sequence[Entry], score: str, contact: int, *, gave: bool
) -> tuple[str, int]:
    """Return the rule of a score that gave a contact the most, or took the most, with its ten-thousandths."""
    rows = builder.rows().of(np.array([contact]))
    given = [
        (entries[number].name, points)
        for number, points in zip(rows.entry.tolist(), rows.points.tolist(), strict=True)
        if (entries[number].score_name, entries[number].entry) == (score, "rule")
    ]
    return (max if gave else min)(given, key=lambda each: each[1])


def _points(ten_thousandths: int) -> str:
    whole, dot, part = show_points(ten_thousandths).partition(".")
    return f"{int(whole):,}{dot}{part} points"


def _shown(contact_id: str) -> str:
    """Return an id on one line; an e-mail address, which identifies a person, is reduced to its shape."""
    if "@" in contact_id:
        return shape(contact_id)
    return printable(contact_id)
