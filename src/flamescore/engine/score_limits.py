"""Scores that are too large to be held: they stop a scoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flamescore.engine.exact import MOST
from flamescore.errors import InputError, Problem
from flamescore.input_errors import TOO_LARGE
from flamescore.text import printable, shape
from flamescore.units import POINT, show_points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from flamescore.engine.ledger import Draft, Entry, Share


class ScoreTooLargeError(InputError):
    """A contact's score is past `exact.MOST`."""


def check(
    draft: Draft, share: Share, entries: Sequence[Entry], *, as_of: datetime, id_of: Callable[[int], str]
) -> None:
    """See that 64 bits hold every score. `id_of` gives a contact's id by its place in the share.

    Raises:
        ScoreTooLargeError: they don't. The first contact and score are named, and the rule that gave most.
    """
    if share.totals.dtype != object:
        return
    inside = share.inside()
    passed = np.argwhere((np.abs(inside) > MOST).T)
    if len(passed):
        contact, number = passed[0].tolist()
        names = list(dict.fromkeys(entry.score_name for entry in entries))
        score, total = names[number], int(inside[number, contact])
        rule, points = _most(draft, entries, score, contact, gave=total > 0)
        raise ScoreTooLargeError(
            Problem(
                TOO_LARGE,
                f"The score `{printable(score)}` of contact `{_shown(id_of(contact))}` is {_points(total)} "
                f"as of {as_of:%Y-%m-%d}, and a score can be {MOST // POINT:,} points at most, either way. "
                f"The rule `{printable(rule)}` {'gave' if total > 0 else 'took'} most: "
                f"{_points(abs(points))}.",
                hint="Give fewer points for each event, or bound the rule: `limits: {max: 1000}`.",
            )
        )


def _most(draft: Draft, entries: Sequence[Entry], score: str, contact: int, *, gave: bool) -> tuple[str, int]:
    """Return the rule of a score that gave a contact most, or took most, and how many ten-thousandths."""
    rows = draft.rows().of(np.array([contact]))
    told = [
        (entries[number].name, points)
        for number, points in zip(rows.entry.tolist(), rows.points.tolist(), strict=True)
        if (entries[number].score_name, entries[number].entry) == (score, "rule")
    ]
    return (max if gave else min)(told, key=lambda each: each[1])


def _points(ten_thousandths: int) -> str:
    whole, dot, part = show_points(ten_thousandths).partition(".")
    return f"{int(whole):,}{dot}{part} points"


def _shown(contact_id: str) -> str:
    """Return an id on one line; of one that is an address, which says who somebody is, the shape alone."""
    if "@" in contact_id:
        return shape(contact_id)
    return printable(contact_id)
