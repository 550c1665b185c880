"""What a report is made from: a scoring that was just done, or the tables of a run, brought to one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flamescore.report.input_problems import problems
from flamescore.tables import list_file, summaries
from flamescore.units import POINT, to_local

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    import polars as pl

    from flamescore.scoring import Scored
    from flamescore.tables import Flames, Summary

PERSON: Final = ("name", "company", "phone", "email", "owner")
"""The canonical contact columns that a report shows, those of them that are kept."""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What a rule or limit gave or took over all contacts, in points, exactly."""

    id: str
    name: str
    entry: str
    contacts: int
    occurrences: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """One score, summed up. `bounds` are the points from which there are 1 to 5 flames, None if unknown."""

    name: str
    title: str
    contacts: int
    flames: Flames
    percentiles: tuple[tuple[int, float | None], ...]
    bounds: tuple[float, ...] | None
    file: str
    rules: tuple[RuleFacts, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since an earlier run; `rows` has one for each contact and score that changed, or for all.

    Its columns are `contact_id, score_name, change, previous_score, previous_flames, score, flames`, and of
    the parts `by_activity, by_time, by_data, by_rules` those there are; `change` is `newly_hot`,
    `cooled_off`, `up`, `down`, `new`, `vanished` or `same`.
    """

    run_id: str
    as_of: datetime
    rows: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Material:
    """All that a report needs. `scores` is `frames.SCORES`; `people` has `contact_id` and the kept `PERSON`.

    `ledger` gives the `frames.POINTS` of some contacts, in order; `excluded` are those not to be called.
    """

    run_id: str
    as_of: datetime
    zone: ZoneInfo
    rules_hash: str
    hot_flames: int
    contacts: int
    facts: tuple[ScoreFacts, ...]
    scores: pl.DataFrame
    people: pl.DataFrame
    ledger: Callable[[pl.Series], pl.DataFrame]
    excluded: pl.DataFrame
    problems: tuple[str, ...] = ()
    changes: Changes | None = None
    redacted: bool = False


def of_scored(
    scored: Scored,
    *,
    run_id: str,
    rules_hash: str = "",
    keep: Sequence[str] = PERSON,
    hot_flames: int = 5,
    warnings: Sequence[str] = (),
    changes: Changes | None = None,
) -> Material:
    """Take what a scoring just gave; only kept columns of a person."""
    kept = tuple(name for name in PERSON if name in keep and name in scored.contacts.columns)
    return Material(
        run_id=run_id,
        as_of=to_local(scored.as_of, scored.book.zone),
        zone=scored.book.zone,
        rules_hash=rules_hash,
        hot_flames=hot_flames,
        contacts=scored.contacts.height,
        facts=tuple(_facts(scored, number, summary) for number, summary in enumerate(summaries(scored))),
        scores=scored.scores,
        people=scored.contacts.select("contact_id", *kept),
        ledger=scored.ledger.of,
        excluded=scored.excluded,
        problems=problems(scored.observed, warnings),
        changes=changes,
    )


def bounds_of(ideal: int, flames: Sequence[int] | None) -> tuple[float, ...]:
    """Return the points from which there are 1 to 5 flames; the arguments are ten-thousandths."""
    fifths = (-(-flame * ideal // 5) for flame in range(1, 6))
    return tuple(bound / POINT for bound in flames or fifths)


def _facts(scored: Scored, number: int, summary: Summary) -> ScoreFacts:
    score = scored.book.scores[number]
    rules = scored.observed.rules.filter(scored.observed.rules["score_name"] == score.name)
    columns = ("rule_id", "name", "entry", "contacts", "occurrences", "points")
    return ScoreFacts(
        name=score.name,
        title=summary.title,
        contacts=summary.contacts,
        flames=summary.flames,
        percentiles=summary.percentiles,
        bounds=bounds_of(score.ideal, score.flames),
        file=list_file(score.name, default=number == 0),
        rules=tuple(RuleFacts(*row) for row in rules.select(columns).iter_rows()),
    )
