"""Explain a contact's scores with the engine itself, with every occurrence, and compare them with a run."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec.structs import replace

from flamescore.engine import (
    Clock,
    ConditionEvaluator,
    ScoreTooLargeError,
    check_score_size,
    flame_bounds,
    prepare,
    ranked,
    trace,
)
from flamescore.explanations.as_if import frozen, single
from flamescore.explanations.explanation import (
    Explanation,
    LabelExplained,
    LikeScanner,
    Outlook,
    ScoreExplained,
)
from flamescore.explanations.labels import (
    explained_labels,
    extra_conditions,
    kept_evidence,
    labels_and_hot,
    places_in,
)
from flamescore.explanations.next_flame import flames_of, needed, ways
from flamescore.explanations.reasons import EntryLines
from flamescore.labels import judged
from flamescore.rules import Hot
from flamescore.scoring import score_exports
from flamescore.units import POINT, nearest_points, show_points

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flamescore.engine import LedgerSummary, Prepared, Traced
    from flamescore.explanations.labels import Place
    from flamescore.explanations.next_flame import Bounds
    from flamescore.frames import Exports
    from flamescore.rules import RuleBook, Score
    from flamescore.scoring import Scored

_BY_FLAMES: Final = Hot()
AHEAD: Final = (7, 30)
"""The numbers of days ahead for which the outlook is given."""

CHANGED: Final = "The exports have changed since the run"
_LAST: Final = datetime.max.replace(tzinfo=UTC)


def explain(
    book: RuleBook,
    exports: Exports,
    contact_id: str,
    *,
    as_of: datetime,
    everything: bool = False,
    most: int | None = None,
    flames_from: Mapping[str, Sequence[float | None]] | None = None,
    given_to: Mapping[tuple[str, str], int] | None = None,
    places: Mapping[str, Place] | None = None,
    hot: Hot = _BY_FLAMES,
) -> Explanation:
    """Explain every score of a contact as of an instant.

    `everything` adds the rules that gave nothing and the occurrences that don't count, each with the reason.
    `most` limits the counted occurrences of each rule to the latest ones.

    Rank and percentile are left out because they depend on all contacts. Labels that depend on them need
    `places`: by score, the contact's place in the whole list. Flames by percentile need `flames_from`: by
    score, the points from which there are 1 to 5 flames in the whole list. `given_to` is the number of
    contacts in the list that each rule, by score and id, gave something; it decides which rules are offered
    as ways to the next flame. A condition in `hot` is explained too.

    Raises:
        ScoreTooLargeError: a score does not fit into 64 bits.
    """
    mine = single(exports, contact_id)
    clock = Clock(as_of, book.zone)
    ready = prepare(book, mine, clock, extra_conditions=extra_conditions(book, hot))
    traced = trace(ready, mine.events)
    evaluator = ConditionEvaluator(ready.facts, 0, 1, traced.sums)
    builder, summary = ready.ledger_writer.write(evaluator)
    check_score_size(builder, summary, ready.ledger_writer.entries, as_of=as_of, id_of=lambda _: contact_id)
    rows = [_ranked(score, summary, number, clock) for number, score in enumerate(book.scores)]
    bounds = {score.name: _bounds(score, flames_from or {}) for score in book.scores}
    lines = EntryLines(
        ready, traced, evaluator, builder.rows(), mine.tag_history, everything=everything, most=most
    )
    flames = {
        score.name: flames_of(bounds[score.name], int(summary.totals[number][0]))
        for number, score in enumerate(book.scores)
    }
    labelling = labels_and_hot(book, hot, lines.conditions, summary, flames=flames, places=places or {})
    later = {days: _later(book, mine, as_of, days, bounds) for days in AHEAD}
    entries = [lines.entries(score) for score in book.scores]
    ahead = ways(ready, traced, evaluator, bounds, given_to)
    bots = _like_scanners(ready, traced, summary)
    scores = tuple(
        ScoreExplained(
            score_name=score.name,
            title=score.title,
            in_population=True,
            score=int(summary.totals[number][0]) / POINT,
            flames=flames[score.name],
            percent_of_ideal=rows[number]["percent_of_ideal"],
            last_activity_at=rows[number]["last_activity_at"],
            entries=entries[number],
            silent=lines.silent(score, entries[number]) if everything else (),
            outlook=tuple(later[days][score.name] for days in AHEAD if score.name in later[days]),
            next_flame_needs=needed(bounds[score.name], int(summary.totals[number][0])),
            next_flame=ahead[number],
            by_percentile=score.percentiles is not None,
            bots=bots[number],
        )
        if bool(summary.in_population[number][0])
        else ScoreExplained(
            score.name,
            score.title,
            in_population=False,
            bots=bots[number],
            failed=lines.conditions.failing(score.population) if everything and score.population else None,
        )
        for number, score in enumerate(book.scores)
    )
    return Explanation(
        contact_id=contact_id,
        name=_cell(mine, "name"),
        email=_cell(mine, "email"),
        as_of=as_of,
        timezone=book.zone.key,
        scores=scores,
        labels=labelling.labels,
        hot=labelling.hot,
        hot_evidence=labelling.hot_evidence,
        hot_failed=labelling.hot_failed,
        company=_cell(mine, "company"),
        owner=_cell(mine, "owner"),
    )


def given_to(scored: Scored) -> dict[tuple[str, str], int]:
    """Return the number of contacts that each rule, by score and id, gave something."""
    rules = scored.observed.rules.filter(pl.col("entry") == "rule")
    return {
        (score, rule): many
        for score, rule, many in rules.select("score_name", "rule_id", "contacts").iter_rows()
    }


def everyone(book: RuleBook, exports: Exports, *, as_of: datetime, hot: Hot = _BY_FLAMES) -> Scored:
    """Score all contacts, and determine their labels and which of them are hot."""
    conditions = () if hot.condition is None else (hot.condition,)
    return judged(score_exports(book.without_bots, exports, as_of=as_of, conditions=conditions), hot=hot)


def places_among(scored: Scored, contact_id: str) -> dict[str, Place]:
    """Return the contact's place among all scored contacts, by score."""
    mine = scored.scores.filter(pl.col("contact_id") == contact_id)
    return places_in(mine, _scored_by(scored))


def _scored_by(scored: Scored) -> dict[str, int]:
    return dict(scored.scores["score_name"].value_counts().iter_rows())


def flames_of_list(scored: Scored) -> dict[str, tuple[float | None, ...]]:
    """Return the points from which there are 1 to 5 flames, by score."""
    return {score.name: scored.flames_from(score) for score in scored.book.scores}


def with_population_results(explanation: Explanation, done: Scored, *, hot: Hot = _BY_FLAMES) -> Explanation:
    """Add what depends on all scored contacts: rank, percentile, labels, and `hot` if it is a condition."""
    book, mine = done.book, pl.col("contact_id") == explanation.contact_id
    rows = done.scores.filter(mine).to_dicts()
    places = {row["score_name"]: (row["rank"], row["percentile"]) for row in rows}
    with_ranks = _with_ranks(explanation, places, _scored_by(done))
    texts = () if done.labels is None else done.labels.filter(mine).drop("contact_id").row(0)
    named = dict(zip((label.name for label in book.labels), texts, strict=True))
    labels = tuple(kept_evidence(label, explanation.labels) for label in explained_labels(book, named))
    is_hot = None if hot.condition is None else not done.hot.filter(mine).is_empty()
    return _with_hot(dataclasses.replace(with_ranks, labels=labels), is_hot=is_hot)


def _with_hot(explanation: Explanation, *, is_hot: bool | None) -> Explanation:
    """Set whether the contact is hot; the condition's evidence is kept if the result is unchanged."""
    if is_hot == explanation.hot:
        return explanation
    return dataclasses.replace(explanation, hot=is_hot, hot_evidence=(), hot_failed=None)


def _with_ranks(
    explanation: Explanation, places: Mapping[str, tuple[int, float]], contacts: Mapping[str, int]
) -> Explanation:
    """Add rank, percentile and the number of scored contacts, by score."""
    scores = tuple(
        replace(
            s,
            rank=places[s.score_name][0],
            percentile=places[s.score_name][1],
            of=contacts.get(s.score_name),
        )
        if s.score_name in places
        else s
        for s in explanation.scores
    )
    return dataclasses.replace(explanation, scores=scores)


def compared_with_run(
    explanation: Explanation,
    run_id: str,
    scores: pl.LazyFrame,
    *,
    contacts: Mapping[str, int] | None = None,
    labels: pl.LazyFrame | None = None,
    hot: pl.LazyFrame | None = None,
) -> Explanation:
    """Take rank and percentile from a run's `scores`, and add a note for each score that differs in the run.

    `contacts` is the number of contacts that the run scored, by score. Labels are the ones that the run gave.
    `hot` has the contacts that were hot under the run's condition (None if it had no condition).
    """
    rows = scores.filter(pl.col("contact_id") == explanation.contact_id).collect().to_dicts()
    places = {row["score_name"]: (row["rank"], row["percentile"]) for row in rows}
    scores_now = {s.score_name: s.score for s in explanation.scores if s.in_population}
    then = {row["score_name"]: row["score"] for row in rows}
    notes = list(explanation.notes)
    for name in dict.fromkeys((*scores_now, *then)):
        if scores_now.get(name) != then.get(name):
            was = "is not in it" if name not in then else f"has {_points(then[name])} there"
            now = "is not scored now" if name not in scores_now else f"{_points(scores_now[name])} now"
            notes.append(f"{CHANGED}: under {name} the contact {was}, and {now}.")
    with_ranks = _with_ranks(explanation, places, contacts or {})
    mine = pl.col("contact_id") == explanation.contact_id
    is_hot = None if hot is None else not hot.filter(mine).collect().is_empty()
    labels_then = explanation.labels if labels is None else _labels_of_run(explanation, labels.filter(mine))
    return _with_hot(
        dataclasses.replace(with_ranks, run_id=run_id, notes=tuple(notes), labels=labels_then), is_hot=is_hot
    )


def _labels_of_run(explanation: Explanation, mine: pl.LazyFrame) -> tuple[LabelExplained, ...]:
    """Return the labels with their texts from a run; unchanged if the contact was not in the run."""
    rows = mine.drop("contact_id").collect().rows()
    if not rows or len(rows[0]) != len(explanation.labels):
        return explanation.labels
    texts = dict(zip((label.name for label in explanation.labels), rows[0], strict=True))
    labels_then = (
        replace(
            label,
            text=texts[label.name],
            parts=tuple((part, texts.get(part)) for part, _ in label.parts),
            known=True,
        )
        for label in explanation.labels
    )
    return tuple(kept_evidence(label, explanation.labels) for label in labels_then)


def _ranked(score: Score, summary: LedgerSummary, number: int, clock: Clock) -> dict[str, Any]:
    """Return the row of `scores` for a list of this contact alone; empty outside the population."""
    me = pl.Series("contact_id", [""])
    of = (summary.totals[number], summary.last_activity_age[number], summary.in_population[number])
    return next(ranked(score, *of, ids=me, clock=clock)[0].iter_rows(named=True), {})


def _like_scanners(ready: Prepared, traced: Traced, mine: LedgerSummary) -> tuple[LikeScanner | None, ...]:
    """Return, by score, the scanner-like events; None without any, or if the score never has a row."""
    scores = ready.book.scores
    if not traced.scanner:
        return (None,) * len(scores)
    _, other = ready.ledger_writer.write(ConditionEvaluator(ready.facts, 0, 1, traced.other_sums))
    before, after = (other, mine) if ready.streams.judgements.remove else (mine, other)
    lost = [
        int(then) - int(now)
        for then, now in zip(before.population_totals()[:, 0], after.population_totals()[:, 0], strict=True)
    ]
    has_row = before.in_population[:, 0] | after.in_population[:, 0]
    return tuple(
        LikeScanner(len(traced.scanner), points / POINT) if row else None
        for points, row in zip(lost, has_row.tolist(), strict=True)
    )


def _bounds(score: Score, flames_from: Mapping[str, Sequence[float | None]]) -> Bounds | None:
    """Return the totals from which there are flames: as set in the rules, else as found in the whole list."""
    fixed, known = flame_bounds(score), flames_from.get(score.name)
    if fixed is not None or known is None:
        return fixed
    return tuple(None if each is None else round(each * POINT) for each in known)


def _later(
    book: RuleBook, mine: Exports, as_of: datetime, days: int, bounds: Mapping[str, Bounds | None]
) -> dict[str, Outlook]:
    """Return the outlook by score; empty if it is past the last possible year or a score is too large."""
    if as_of > _LAST - timedelta(days=days):
        return {}
    later = as_of + timedelta(days=days)
    book = replace(book, labels=())
    try:
        then = score_exports(book.without_bots, frozen(mine, as_of, later), as_of=later)
    except ScoreTooLargeError:
        return {}
    names, scores = then.scores["score_name"].to_list(), then.scores["score"].to_list()
    return {
        name: Outlook(days, score, flames_of(bounds[name], nearest_points(score)))
        for name, score in zip(names, scores, strict=True)
    }


def _cell(exports: Exports, column: str) -> str | None:
    if column not in exports.contacts.columns:
        return None
    value = exports.contacts[column][0]
    return None if value is None else str(value)


def _points(score: float) -> str:
    return show_points(nearest_points(score))
