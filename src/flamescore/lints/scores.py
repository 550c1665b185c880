"""Lints that need a scoring: rules that fire for everyone, unused flames, limits that many contacts reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.lints.places import finding, subject_of
from flamescore.rules import rule_paths
from flamescore.units import POINT, count, show_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from flamescore.findings import Finding
    from flamescore.lints.firing import Firing
    from flamescore.rules import Limits, Score
    from flamescore.scoring import Scored
    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath

EVERYONE, TWINS, FIVE, GAP, HELD = "L201", "L202", "L205", "L206", "L210"
_ENOUGH: Final = 100
"""Minimum number of contacts of a score for L201 and L205 to apply."""

_NEARLY_ALL: Final = (99, 100)
_TWINS_EACH: Final = 20
_TWINS_SHARE: Final = 0.98
_FLAMES: Final = 5
_FEW: Final = 20
"""One contact in this many should have five flames: 5%."""


def lints_of_scores(document: Document, scored: Scored, firing: Firing) -> Iterator[Finding]:
    """Yield the lints L201, L202, L205, L206 and L210, score by score."""
    twins = list(firing.together(_TWINS_EACH, _TWINS_SHARE))
    for score in scored.book.scores:
        flames = flames_of(scored, score)
        paths = dict(zip((rule.id for rule in score.rules), rule_paths(document, score), strict=True))
        yield from _for_everyone(document, score, firing, sum(flames), paths)
        for (name, one), (_, other), both, either in twins:
            if name == score.name and not _share_a_limit(score, one, other):
                yield _twin(document, score, (one, other), (both, either), paths)
        yield from _five_flames(document, score, flames, scored.whole_points(score.name))
        yield from _gaps(document, score, flames)
        yield from _held(document, score, firing)


def flames_of(scored: Scored, score: Score) -> tuple[int, ...]:
    """Return how many contacts have 0, 1, 2, 3, 4 and 5 flames under a score."""
    rows = scored.scores.filter(pl.col("score_name") == score.name)["flames"].value_counts()
    many = dict(rows.iter_rows())
    return tuple(many.get(flame, 0) for flame in range(_FLAMES + 1))


def _for_everyone(
    document: Document, score: Score, firing: Firing, contacts: int, paths: dict[str, NodePath]
) -> Iterator[Finding]:
    share, whole = _NEARLY_ALL
    for rule in score.rules if contacts >= _ENOUGH else ():
        many = firing.rules[score.name, rule.id].contacts
        if many * whole >= contacts * share:
            yield finding(
                EVERYONE,
                subject_of(score, rule),
                f'"{rule.name}" fires for {many:,} of {count(contacts, "contact")}, so it sets nobody apart.',
                document,
                paths[rule.id],
                do="require more, or drop the rule",
                count=many,
                of=contacts,
            )


def _share_a_limit(score: Score, one: str, other: str) -> bool:
    """Return whether two rules are in the same group, and that group has a `max`."""
    groups = {rule.group for rule in score.rules if rule.id in (one, other)}
    return any(groups == {each.name} and each.limits.high is not None for each in score.groups)


def _twin(
    document: Document,
    score: Score,
    ids: tuple[str, str],
    many: tuple[int, int],
    paths: dict[str, NodePath],
) -> Finding:
    one, other = (next(rule for rule in score.rules if rule.id == each) for each in ids)
    both, either = many
    line = document.where(paths[one.id]).line
    return finding(
        TWINS,
        subject_of(score, other),
        f'"{other.name}" fires for the same contacts as "{one.name}" on line {line}: '
        f"both for {both:,} of the {either:,} for whom either does.",
        document,
        paths[other.id],
        do="keep one of them, or put both into a group with `limits: {max: ...}`",
        count=both,
        of=either,
    )


def points_for_few(points: NDArray[np.int64]) -> int:
    """Return the smallest whole number of points, from 1, that at most 5% of the contacts reach.

    `points` are the scores in ten-thousandths. If no contact reaches that number, the result is the highest
    score, rounded down, or 5 if the highest score is under 1. For example, of a hundred scores 9, 9, 8, 8, 8,
    7, 7, 1, 0, ... five are 8 or more, and seven are 7 or more, so the result is 8.
    """
    ordered = np.sort(points)[::-1]
    allowed = len(points) // _FEW
    found = max(1, int(ordered[allowed]) // POINT + 1 if allowed < len(points) else 1)
    highest = int(ordered[0]) if len(points) else 0
    if highest >= found * POINT:
        return found
    return highest // POINT if highest >= POINT else _FLAMES


def _five_flames(
    document: Document, score: Score, flames: tuple[int, ...], points: NDArray[np.int64]
) -> Iterator[Finding]:
    contacts, five = sum(flames), flames[_FLAMES]
    if score.percentiles is not None or contacts < _ENOUGH or 0 < five * 2 < contacts:
        return
    if five == 0:
        text = f"{score.title}: none of {count(contacts, 'contact')} has five flames"
    else:
        text = f"{score.title}: {five:,} of {count(contacts, 'contact')} have five flames"
    few = points_for_few(points)
    reach = int((points >= few * POINT).sum())
    yield finding(
        FIVE,
        score.name,
        f"{text}; {reach:,} have {few} points or more.",
        document,
        ("scores", score.name, "five_flames" if score.bounds is None else "flames"),
        cure=f"five_flames: {few}",
        count=five,
        of=contacts,
    )


def _gaps(document: Document, score: Score, flames: tuple[int, ...]) -> Iterator[Finding]:
    there = [flame for flame, many in enumerate(flames) if many]
    empty = [flame for flame in range(there[0], there[-1]) if not flames[flame]] if there else []
    if empty:
        *before, last = (str(flame) for flame in empty)
        named = f"{', '.join(before)} or {last}" if before else last
        key = "five_flames" if score.bounds is None and score.percentiles is None else "flames"
        yield finding(
            GAP,
            score.name,
            f"{score.title}: nobody has {named} flame{'' if named == '1' else 's'}, "
            "though others have fewer or more.",
            document,
            ("scores", score.name, key),
        )


def _held(document: Document, score: Score, firing: Firing) -> Iterator[Finding]:
    owners: list[tuple[str, Limits, str, tuple[str, ...]]] = [
        *((each.name, each.limits, "group_limit", ("groups", each.name)) for each in score.groups),
        (score.name, score.limits, "score_limit", ()),
    ]
    for name, limits, entry, below in owners:
        held = firing.clamped.get((score.name, entry, name))
        if held is None or not held.lifted or limits.low is None:
            continue
        whose = f"group `{name}`" if below else f"score `{name}`"
        verb = "is" if held.lifted == 1 else "are"
        text = f"{count(held.lifted, 'contact')} {verb} raised to the `min` of {whose}, "
        text += show_points(limits.low)
        if held.cut and limits.high is not None:
            text += f"; {held.cut:,} {'is' if held.cut == 1 else 'are'} capped at {show_points(limits.high)}"
        yield finding(
            HELD,
            "/".join((score.name, *below)),
            f"{text}.",
            document,
            ("scores", score.name, *below, "limits"),
            count=held.lifted,
        )
