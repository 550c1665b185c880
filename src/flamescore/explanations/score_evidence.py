"""Why a contact satisfies a condition on scores or labels, or why it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.explanations.evidence import Evidence
from flamescore.explanations.predicate_words import as_written, format_number, words_of
from flamescore.rules import Equals
from flamescore.units import POINT, show_points

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flamescore.labels import ConditionContext, Standing
    from flamescore.rules import LabelIs, Measure, ScoreIs


def of_score(everyone: ConditionContext, condition: ScoreIs, zone: ZoneInfo) -> list[Evidence]:
    """Return evidence for every test of a condition on a score; "not scored" if the contact has no row."""
    standing = everyone.standings[condition.score]
    if not len(standing.place):
        sentence = f"{condition.score}: not scored"
        return [
            Evidence(
                kind="score",
                subject=condition.score,
                operator="empty",
                operand=False,
                holds=False,
                sentence=sentence,
            )
        ]
    found = []
    for measure, tests in condition.measures:
        value, number = _measured(standing, measure)
        subject = f"{condition.score} {measure}"
        for test in tests:
            holds, words = bool(standing.fits(measure, test)[0]), words_of(test, zone)
            shown = "" if words.shown is None else f" ({words.shown})"
            operator, operand = as_written(test, zone)
            found.append(
                Evidence(
                    kind="score",
                    subject=subject,
                    value=value,
                    operator=operator,
                    operand=operand,
                    holds=holds,
                    sentence=f"{subject} {number}{shown if holds else words.failed}",
                )
            )
    return found


def _measured(standing: Standing, measure: Measure) -> tuple[int | float, str]:
    """Return a measure of the contact, and its text: a percentile is rounded down to four decimals."""
    if measure == "points":
        points = int(standing.points[0])
        return (points // POINT if points % POINT == 0 else points / POINT), format_number(
            show_points(points)
        )
    if measure == "percentile":
        hundredfold = 100 * int(standing.lower[0])
        whole, rest = divmod(hundredfold, standing.others)
        text = show_points(hundredfold * POINT // standing.others)
        return (whole if rest == 0 else hundredfold / standing.others), text
    number = int((standing.flames if measure == "flames" else standing.rank)[0])
    return number, f"{number:,}"


def of_labels(everyone: ConditionContext, condition: LabelIs, zone: ZoneInfo) -> list[Evidence]:
    """Return evidence for every test of a condition on labels."""
    found = []
    for name, texts in condition.labels:
        value, words = everyone.labels[name][0], words_of(Equals(texts=texts), zone)
        shown = "" if words.shown is None else f" ({words.shown})"
        description = "empty" if value is None else f'"{value}"{shown if value in texts else words.failed}'
        found.append(
            Evidence(
                kind="label",
                subject=name,
                value=value,
                operator="in",
                operand=list(texts),
                holds=value in texts,
                sentence=f"{name} is {description}",
            )
        )
    return found
