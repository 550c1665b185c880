"""What a score would have been by other rules or at another time, for the parts and the trend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.changes.table import LATER, NEW_RULES, OLD_RULES, TREND
from flamescore.engine import Clock, run
from flamescore.points import as_published, difference_type, in_points, ten_thousandths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from flamescore.frames import Exports
    from flamescore.rules import Ignored, RuleBook, Score
    from flamescore.scoring import Scored
    from flamescore.units import Period

_MARK: Final = "\x00old "


class _Totals(Struct, frozen=True):
    """The total of every contact (ten-thousandths, 0 outside the population) per score, by contact id."""

    ids: pl.Series
    of: dict[str, NDArray[np.int64]]


def what_if(
    old: RuleBook,
    new: RuleBook,
    exports: Exports,
    *,
    then: datetime,
    now: datetime,
    names: Sequence[str],
    later: Mapping[str, NDArray[np.int64]] | None = None,
) -> pl.DataFrame:
    """Score the past again: `contact_id, score_name`, and three totals in ten-thousandths (Int64).

    `OLD_RULES` and `NEW_RULES` are by the old and the new book as of `then`, `LATER` is by the new book as of
    `now`, all without anything that happened after `then`. `names` are scores that both books have. A contact
    outside a score's population has 0.

    This takes one pass over the events. It takes another one if `LATER` is not known already (`later`, as
    `scoring.Scored.earlier`), and one if `ignore` or the time zone differ.
    """
    from flamescore.explanations import frozen  # noqa: PLC0415 - not needed for a first run

    past = frozen(exports, then, now)
    old, new = _only(old, names), _only(new, names)
    first, second = _two_books(old, new, past, then)
    last = _totals(new, past, now).of if later is None else later
    frames = [
        pl.DataFrame({OLD_RULES: first.of[name], NEW_RULES: second.of[name], LATER: last[name]}).select(
            first.ids.alias("contact_id"), pl.lit(name).alias("score_name"), OLD_RULES, NEW_RULES, LATER
        )
        for name in names
    ]
    return pl.concat(frames)


def totals_at(book: RuleBook, exports: Exports, as_of: datetime) -> pl.DataFrame:
    """Return `contact_id, score_name, total` (ten-thousandths) of all scored contacts at a point in time."""
    done = run(book.without_bots, exports, Clock(as_of, book.zone), ledger=False)
    ids = done.prepared.contacts.frame["contact_id"]
    scored = done.by_score(lambda result: result.summary.in_population)
    return pl.concat(
        pl.DataFrame({"contact_id": ids, "total": total})
        .filter(pl.Series(scored[name]))
        .select("contact_id", pl.lit(name).alias("score_name"), "total")
        for name, total in done.by_score(lambda result: result.summary.totals).items()
    )


def with_trend(scored: Scored, exports: Exports, ago: Period) -> Scored:
    """Add `TREND` (Float64, exact like scores) to the scores; null for contacts outside the population.

    It is the score by today's rules as of that time, from what today's exports contain of it: fields and
    undated tags are as exported.
    """
    then = ago.before(scored.as_of, scored.book.zone)
    past = totals_at(scored.book, exports, then).rename({"total": "then"})
    joined = scored.scores.join(past, on=["contact_id", "score_name"], how="left", maintain_order="left")
    was, score = joined["then"], joined["score"]
    kind = difference_type(was, score)
    now = joined.select(ten_thousandths(pl.col("score"), kind)).to_series()
    added = (in_points(was), in_points(now - as_published(was, kind)))
    named = (each.alias(name) for name, each in zip(TREND, added, strict=True))
    return replace(scored, scores=joined.with_columns(named).drop("then"))


def alike(old: RuleBook, new: RuleBook) -> bool:
    """Return whether two books give the same points, ignoring names, ids, titles, notes and flames."""
    return (
        old.zone.key == new.zone.key
        and _left_out(old) == _left_out(new)
        and [_essence(score) for score in old.scores] == [_essence(score) for score in new.scores]
    )


def _left_out(book: RuleBook) -> frozenset[Ignored]:
    return frozenset(book.without_bots.ignore)


def _essence(score: Score) -> Score:
    rules = tuple(replace(rule, id="", name="", note=None, line=0) for rule in score.rules)
    return replace(score, title="", ideal=None, bounds=None, percentiles=None, rules=rules)


def _only(book: RuleBook, names: Sequence[str]) -> RuleBook:
    by_name = {score.name: score for score in book.scores}
    return replace(book, scores=tuple(by_name[name] for name in names))


def _two_books(old: RuleBook, new: RuleBook, exports: Exports, as_of: datetime) -> tuple[_Totals, _Totals]:
    """Score two books, in a single pass over the events if they read events in the same way."""
    if alike(old, new):
        both = _totals(new, exports, as_of)
        return both, both
    if old.zone.key != new.zone.key or _left_out(old) != _left_out(new):
        return _totals(old, exports, as_of), _totals(new, exports, as_of)
    marked = tuple(replace(score, name=_MARK + score.name) for score in old.scores)
    done = _totals(replace(new, scores=(*new.scores, *marked)), exports, as_of)
    first = {score.name: done.of[_MARK + score.name] for score in old.scores}
    return _Totals(done.ids, first), done


def _totals(book: RuleBook, exports: Exports, as_of: datetime) -> _Totals:
    done = run(book.without_bots, exports, Clock(as_of, book.zone), ledger=False)
    totals = done.by_score(lambda result: result.summary.population_totals())
    return _Totals(done.prepared.contacts.frame["contact_id"], totals)
