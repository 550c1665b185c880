"""A first project file and a first rule file, guessed from the exports.

First the kind of each export is guessed (`sources`), then what is worth points (`rule_file`). Finally all
contacts are scored by the result to find the points for five flames.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.errors import InputError, Problem
from flamescore.first_guess.looking import loaded
from flamescore.first_guess.project_file import project_text, report_lines
from flamescore.first_guess.rule_file import as_text, chosen_rules
from flamescore.first_guess.sources import guessed_sources
from flamescore.inputs import read_inputs
from flamescore.lints import points_for_few
from flamescore.project import project_of
from flamescore.rules import load_rules_text
from flamescore.sanity_checks import ORPHANS, check_plausible
from flamescore.scoring import score_exports
from flamescore.units import POINT, count, iso_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from flamescore.first_guess.guess import Sources, TargetPaths
    from flamescore.first_guess.rule_file import FirstRule
    from flamescore.scoring import Scored

NOTHING: Final = "G003"
_FRESH: Final = timedelta(days=7)
_SPAN: Final = timedelta(weeks=8)
_NOBODY: Final = 5
"""Placeholder for the points of five flames in the trial rules."""


class FirstGuess(Struct, frozen=True):
    """Both files, and the report on the guesses, line by line."""

    project: str
    rules: str
    report: tuple[str, ...]


def first_guess(
    paths: Sequence[str], places: TargetPaths, *, contacts: str | None, zone: str | None, now: datetime
) -> FirstGuess:
    """Guess both files from exports; `paths` are files and folders, by default the project file's folder.

    `contacts` is the path of the export with the contacts, `zone` the time zone of the rules; None means that
    it is guessed.

    Raises:
        InputError: there are no exports, none can be the contacts, or nothing in them can be scored.
    """
    sources = guessed_sources(paths, places, contacts=contacts, now=now)
    while True:
        guess, scored = _guessed(sources, places, zone, now)
        # A source may have rows of contacts, but none that any rule refers to.
        orphaned = [each for each in check_plausible(scored, None) if each.code == ORPHANS]
        if not orphaned:
            return guess
        for each in orphaned:
            assert each.source is not None
            sources = sources.without(each.source.path, each.count or 0)


def _guessed(
    sources: Sources, places: TargetPaths, zone: str | None, now: datetime
) -> tuple[FirstGuess, Scored]:
    """Return both files, and the scores of all contacts by them as of the newest event."""
    newest = sources.newest
    as_of = "now" if newest is None or now - newest <= _FRESH else iso_instant(newest)
    project = project_text(sources, places, as_of)
    with loaded(project, places.project) as (exports, _):
        rules = chosen_rules(sources.events, exports)
    if all(each.off for each in rules):
        text = (
            "The contacts have no events that give points, no tags, and no column with few different values."
        )
        hint = "Export what they do, such as clicks, visits or orders, too."
        raise InputError(Problem(NOTHING, f"Nothing can be scored. {text}", hint=hint))
    writing = partial(
        as_text,
        rules,
        zone=zone or sources.zone or "UTC",
        guess="as given" if zone else "that of the preset" if sources.zone else "",
        never=sources.span is not None and sources.span < _SPAN,
    )
    trial = load_rules_text(writing(_NOBODY, ""), str(places.rule_file))
    moment = now if newest is None else min(newest, now)
    with read_inputs(project_of(project.encode(), places.project), rules=trial, as_of=moment) as inputs:
        scored = score_exports(inputs.bound.book, inputs.exports, as_of=inputs.as_of)
    five, many = _five_flames(scored.whole_points("interest"))
    reach = f"{many:,} of {sources.people:,} {'reaches' if many == 1 else 'reach'} this"
    lines = (
        *report_lines(sources, places, as_of),
        _of_rules(rules, places, five, f"{many:,} of {sources.people:,}"),
    )
    return FirstGuess(project, writing(five, reach), lines), scored


def _five_flames(points: NDArray[np.int64]) -> tuple[int, int]:
    """Return the points for five flames, and the number of contacts that reach them."""
    five = points_for_few(points)
    return five, int((points >= five * POINT).sum())


def _of_rules(rules: Sequence[FirstRule], places: TargetPaths, five: int, reach: str) -> str:
    on = sum(not each.off for each in rules)
    more = f", {len(rules) - on:,} more as comments" if on < len(rules) else ""
    flames = f"five flames from {count(five, 'point')}, which {reach} contacts reach"
    return f"{places.rules}: {count(on, 'rule')}{more}; {flames}"
