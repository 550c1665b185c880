"""What changed since the previous run, and why, in four parts that add up to the difference.

Let P be the published old score, A the score by the old rules from today's exports as of the old time, B the
same by today's rules, C the score by today's rules as of now without what happened since the old time, and N
the new score. Then data = A - P, rules = B - A, time = C - B, activity = N - C.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from msgspec import Struct
from polars.exceptions import PanicException

from flamescore.changes.parts import what_if
from flamescore.changes.table import KINDS, HotInBoth, compared, hot_not_compared
from flamescore.engine import ScoreTooLargeError
from flamescore.errors import FlamescoreError, RuleFileError
from flamescore.rules import bind_rules, load_rules_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from flamescore.columns import Columns
    from flamescore.frames import Exports
    from flamescore.rules import Hot, Lists, LoadedRules, RuleBook, Score
    from flamescore.scoring import Scored


class Before(Struct, frozen=True):
    """The previous run: its published `scores` (with kept columns), the names of its scores, and its rules.

    `rules` is None if their text no longer loads; `notes` then give the reason. `hot` has the ids of the hot
    contacts, None if the run does not record them. `hot_condition` is the condition for being hot, None if it
    was by flames.
    """

    run_id: str
    as_of: datetime
    scores: pl.DataFrame
    names: tuple[str, ...]
    rules: LoadedRules | None
    notes: tuple[str, ...] = ()
    hot: pl.Series | None = None
    hot_condition: Mapping[str, Any] | None = None

    @classmethod
    def of(
        cls,
        run_id: str,
        as_of: datetime,
        *,
        scores: pl.DataFrame,
        names: Sequence[str],
        text: str,
        path: str,
        hot: pl.Series | None = None,
        hot_condition: Mapping[str, Any] | None = None,
        lists: Lists | None = None,
        same: LoadedRules | None = None,
    ) -> Before:
        """Return a stored run for comparison; its rules are parsed again, with the lists of that time.

        `same` are rules that were already parsed from the same text and lists: parsing a hundred takes 0.1 s.
        """
        try:
            rules = load_rules_text(text, path, lists) if same is None else same
        except RuleFileError:
            note = f"the rules of the previous run ({path}) no longer load: {_UNKNOWN}"
            return cls(run_id, as_of, scores, tuple(names), None, (note,), hot, hot_condition)
        return cls(run_id, as_of, scores, tuple(names), rules, (), hot, hot_condition)


class Changes(Struct, frozen=True):
    """A run compared with the previous one, `run_id` of `as_of`.

    `rows` are `changes.CHANGES`, score by score, newly hot first; columns of the contacts may follow. `notes`
    describe what could not be determined. `hot_note`, one of them, explains why hot can't be compared.
    """

    run_id: str
    as_of: datetime
    rows: pl.DataFrame
    notes: tuple[str, ...] = ()
    hot_note: str | None = None

    def counts(self, score_name: str) -> dict[str, int]:
        """Return how many contacts changed in each way (`changes.KINDS`) under a score."""
        mine = self.rows.filter(pl.col("score_name") == score_name)
        found = dict(mine["change"].value_counts().iter_rows())
        return {kind: int(found.get(kind, 0)) for kind in KINDS}


def compare(
    before: Before, book: RuleBook, exports: Exports, columns: Columns, scored: Scored, *, hot: Hot
) -> Changes:
    """Compare a scoring with the previous run, score by score of the same name.

    `exports` and `columns` are those of the scoring. If the old rules don't match today's columns, the parts
    are null and a note reports it.
    """
    names = [score.name for score in book.scores if score.name in before.names]
    old, notes = _old_book(before, columns)
    usable = old is not None and {score.name for score in old.scores} >= set(names)
    totals = None
    if old is not None and usable and names:
        totals, failed = _totals(before, old, book, exports, scored=scored, names=names)
        notes += failed or _of_flames(old, book, names)
    both = HotInBoth(hot.by_flames, book.scores[0].name, scored.hot["contact_id"], before.hot)
    rows = compared(scored.scores, before.scores, totals, names=names, hot=both)
    hot_note = hot_not_compared(hot.written, before.hot, before.hot_condition)
    notes = (*before.notes, *notes, *_of_names(before, book), *(() if hot_note is None else (hot_note,)))
    return Changes(before.run_id, before.as_of, rows, notes, hot_note=hot_note)


_UNKNOWN = "score changes are shown without their causes"


def _totals(
    before: Before,
    old: RuleBook,
    book: RuleBook,
    exports: Exports,
    *,
    scored: Scored,
    names: Sequence[str],
) -> tuple[pl.DataFrame | None, tuple[str, ...]]:
    """Score the past again. The old rules are to blame if they fail and today's rules don't."""
    then, now, later = before.as_of, scored.as_of, scored.earlier
    try:
        return what_if(old, book, exports, then=then, now=now, names=names, later=later), ()
    except ScoreTooLargeError:
        return None, (f"a score of the previous run, or by its rules, is too large: {_UNKNOWN}",)
    except (Exception, PanicException):  # noqa: BLE001 - faults of the exports or the program are raised again
        what_if(book, book, exports, then=then, now=now, names=names, later=later)
        return None, (f"the rules of the previous run can't score today's exports: {_UNKNOWN}",)


def _old_book(before: Before, columns: Columns) -> tuple[RuleBook | None, tuple[str, ...]]:
    if before.rules is None:
        return None, ()
    try:
        return bind_rules(before.rules, columns).book, ()
    except FlamescoreError as error:
        first = error.problems[0].message
        return None, (f"the rules of the previous run don't fit today's exports ({first}): {_UNKNOWN}",)


def _of_names(before: Before, book: RuleBook) -> tuple[str, ...]:
    now = {score.name for score in book.scores}
    gone = [
        f"the previous run had a score {name}, which no longer exists"
        for name in before.names
        if name not in now
    ]
    came = [f"the score {score.name} is new" for score in book.scores if score.name not in before.names]
    return (*came, *gone)


def _of_flames(old: RuleBook, new: RuleBook, names: Sequence[str]) -> tuple[str, ...]:
    def bounds(book: RuleBook) -> dict[str, tuple[object, object]]:
        return {score.name: _bounds(score) for score in book.scores}

    then, now = bounds(old), bounds(new)
    return tuple(
        f"the flame limits of {name} have changed, so flames may change where points did not"
        for name in names
        if then[name] != now[name]
    )


def _bounds(score: Score) -> tuple[object, object]:
    return score.ideal, score.bounds or score.percentiles


def would_change(scored: Scored, previous: pl.DataFrame | None, *, unread: bool = False) -> tuple[str, ...]:
    """Return a line per score: how many contacts are new, gone, and up or down in flames.

    They are compared with `previous`. If it is None, `unread` is whether a previous run exists but can't be
    read.
    """
    if previous is None and unread:
        return ("The previous run can't be read, so nothing was compared. Nothing was written.",)
    if previous is None:
        return ("No earlier run to compare with. Nothing was written.",)
    lines = [_of_score(scored, previous, score.name) for score in scored.book.scores]
    return (*lines, "Nothing was written.")


def _of_score(scored: Scored, previous: pl.DataFrame, name: str) -> str:
    columns = ("contact_id", "flames", "score")
    now = scored.scores.filter(pl.col("score_name") == name).select(columns)
    then = previous.filter(pl.col("score_name") == name).select(columns)
    both = then.join(now, on="contact_id", suffix="_now")
    counts = {
        "scores differ": both.filter(pl.col("score") != pl.col("score_now")).height,
        "gain flames": both.filter(pl.col("flames") < pl.col("flames_now")).height,
        "lose flames": both.filter(pl.col("flames") > pl.col("flames_now")).height,
        "new": now.height - both.height,
        "gone": then.height - both.height,
    }
    return f"{name}, compared with the latest run: {', '.join(f'{n:,} {what}' for what, n in counts.items())}"
