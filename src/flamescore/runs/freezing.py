"""Freezing flames by percentile: the line of a rule file that fixes the thresholds of a run."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from flamescore.errors import InputError, Problem, UsageError
from flamescore.runs.changes import score_meant
from flamescore.runs.lists import rules_of_run
from flamescore.units import POINT, count, nearest_points, show_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.rules import Score
    from flamescore.runs.catalog import Run
    from flamescore.runs.record import ScoreEntry

NOT_RISING: Final = "U020"
NO_PERCENTILES: Final = "U021"


def frozen_flames(run: Run, score: str | None = None) -> str:
    """Return two lines for each score with flames by percentile: a comment on the source, and thresholds.

    With `score`, return only the lines of that score.

    Raises:
        UsageError: the run has no such score, or no score with percentiles.
        InputError: the thresholds are not five rising numbers; it lists every reason.
    """
    book = rules_of_run(run).book
    meant = None if score is None else score_meant(run.record, score)
    chosen = [each for each in book.scores if meant in (None, each.name)]
    with_percentiles = [each for each in chosen if each.percentiles is not None]
    if not with_percentiles:
        name = "No score of this run" if score is None else score
        verb = "has percentiles to freeze" if score is None else "has no percentiles to freeze"
        raise UsageError(Problem(NO_PERCENTILES, f"{name} {verb}."))
    entries = {each.name: each for each in run.record.scores}
    faults = [
        Problem(NOT_RISING, f"{each.name} can't be frozen: {'; '.join(found)}.")
        for each in with_percentiles
        if (found := list(_faults(each, entries[each.name].flames_from or ())))
    ]
    if faults:
        raise InputError(faults)
    return "".join(_lines(each, entries[each.name], run) for each in with_percentiles)


def _lines(score: Score, entry: ScoreEntry, run: Run) -> str:
    percents = ", ".join(show_points(each) for each in score.percentiles or ())
    at = run.record.as_of.isoformat().replace("+00:00", "Z")
    bounds = ", ".join(_shown(each) for each in entry.flames_from or ())
    head = f"# {score.name}: percentiles {percents} of {at}, {count(entry.contacts, 'contact')}"
    return f"{head}\nflames: [{bounds}]\n"


def _faults(score: Score, bounds: Sequence[float | None]) -> Iterator[str]:
    """Yield why thresholds are not five rising numbers: two are equal, or no contact reaches one."""
    percents = [f"{show_points(each)}%" for each in score.percentiles or ()]
    for (low, first), (high, second) in pairwise(zip(percents, bounds, strict=True)):
        if first is not None and first == second:
            points = "1 point" if nearest_points(first) == POINT else f"{_shown(first)} points"
            yield f"{low} and {high} both begin at {points}"
    for percent, bound in zip(percents, bounds, strict=True):
        if bound is None:
            yield f"nobody reaches {percent}"


def _shown(points: float | None) -> str:
    return show_points(nearest_points(points or 0))
