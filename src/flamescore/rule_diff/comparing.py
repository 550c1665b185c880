"""Two rule books compared on the same exports: whose flames change, who becomes hot, and because of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.labels import judged
from flamescore.points import difference_type, ten_thousandths
from flamescore.rule_diff.books import matched
from flamescore.rules import label_conditions
from flamescore.scoring import score_exports
from flamescore.units import nearest_points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flamescore.frames import Exports
    from flamescore.rules import Condition, Hot, RuleBook, Score
    from flamescore.scoring import Scored

NOT_SCORED: Final = 6
"""Row and column of the matrix for contacts whom one of the books does not score."""

BOUNDS: Final = "the bounds of the flames"
POPULATION: Final = "the population of the score"
_MARK: Final = "\x00old "
_LIMITS: Final = {
    "rule_limit": "limit of the rule",
    "group_limit": "limit of the group",
    "score_limit": "limit of the score",
    "group_idle": "silence, in the group",
    "score_idle": "silence",
}


class Lists(Struct, frozen=True):
    """A list of contacts under both books: its sizes, and the ids of contacts who entered or left it.

    The ids of a hot list are in order of id; those of the first N contacts are in ranked order.
    """

    before: int
    after: int
    entered: tuple[str, ...]
    left: tuple[str, ...]


class Mover(Struct, frozen=True):
    """A contact whose score or flames changed; None where it is not scored. Points are in ten-thousandths.

    `entry` is the name of the rule or limit that changed the score most, and `moved` is by how much.
    `changes` are the changes by all entries; they add up to the change of the score.
    """

    contact_id: str
    old_score: int | None
    new_score: int | None
    old_flames: int | None
    new_flames: int | None
    entry: str = ""
    moved: int = 0
    changes: tuple[tuple[str, int], ...] = ()


class ScoreDiff(Struct, frozen=True):
    """A score under both books. `matrix` counts contacts by old and new flames; `NOT_SCORED` comes last.

    The other counts are of contacts: `contacts` whom either book scores, `changed` of those with a different
    score, `both` whom both books score, and `flames_changed` of those with different flames.
    """

    name: str
    title: str
    contacts: int
    changed: int
    both: int
    flames_changed: int
    matrix: tuple[tuple[int, ...], ...]
    hot: Lists
    capacity: Lists | None
    movers: tuple[Mover, ...]


def compare(
    old: RuleBook,
    new: RuleBook,
    exports: Exports,
    *,
    as_of: datetime,
    hot: Hot,
    exclude: Condition | None = None,
    capacity: int | None = None,
    limit: int | None = None,
) -> tuple[tuple[ScoreDiff, ...], Scored]:
    """Score the exports under both books, and compare the scores of the same name.

    This takes one pass over the events if both books ignore the same events and have the same time zone.
    `limit` is the maximum number of movers (None: all). Also return the scoring under the new book.

    Raises:
        InputError: as `score_exports`.
    """
    before, after = _both((old, new), exports, as_of, hot, exclude)
    names = {score.name for score in old.scores}
    diffs = tuple(
        _of_score(score, (before, after), hot, capacity, limit) for score in new.scores if score.name in names
    )
    return diffs, after.scored


class _Side(Struct, frozen=True):
    """A scoring under one book; `mark` is the prefix of the names of its scores in the ledger."""

    book: RuleBook
    scored: Scored
    mark: str = ""

    def rows(self, name: str) -> pl.DataFrame:
        """Return `contact_id`, `score` (ten-thousandths) and `flames` of a score, in ranked order."""
        rows = self.scored.scores.filter(pl.col("score_name") == name)
        whole = ten_thousandths(pl.col("score"), difference_type(rows["score"]))
        return rows.select("contact_id", whole.cast(pl.Int64).alias("score"), "flames")

    def listed(self, name: str, hot: Hot) -> tuple[list[str], list[str]]:
        """Return the hot contacts of a score and all its contacts, without excluded ones, in ranked order."""
        rows = self.rows(name).filter(
            ~pl.col("contact_id").is_in(self.scored.excluded["contact_id"].implode())
        )
        is_hot = (
            pl.col("flames") >= hot.flames
            if hot.condition is None
            else pl.col("contact_id").is_in(self.scored.hot["contact_id"].implode())
        )
        return rows.filter(is_hot)["contact_id"].to_list(), rows["contact_id"].to_list()

    def entries(self, name: str, ids: Sequence[str]) -> pl.DataFrame:
        """Return the ledger entries of a score for some contacts."""
        found = self.scored.ledger.of(pl.Series(ids, dtype=pl.String))
        return found.filter(pl.col("score_name") == self.mark + name)


def _both(
    books: tuple[RuleBook, RuleBook],
    exports: Exports,
    as_of: datetime,
    hot: Hot,
    exclude: Condition | None,
) -> tuple[_Side, _Side]:
    shared = tuple(each for each in (hot.condition, exclude) if each is not None)
    old, new = (replace(book.without_bots, accounts=None) for book in books)
    if old.zone.key != new.zone.key or frozenset(old.ignore) != frozenset(new.ignore):
        sides = (score_exports(book, exports, as_of=as_of, conditions=shared) for book in (old, new))
        first, second = (judged(each, hot=hot, exclude=exclude) for each in sides)
        return _Side(old, first), _Side(new, second)
    marked = tuple(replace(score, name=_MARK + score.name) for score in old.scores)
    together = replace(new, scores=(*new.scores, *marked))
    conditions = (*shared, *label_conditions(old))
    done = score_exports(together, exports, as_of=as_of, conditions=conditions)
    first, second = _part(done, old, _MARK), _part(done, new, "")
    return (
        _Side(old, judged(first, hot=hot, exclude=exclude), _MARK),
        _Side(new, judged(second, hot=hot, exclude=exclude)),
    )


def _part(done: Scored, book: RuleBook, mark: str) -> Scored:
    """Return the scoring under one of two books that were scored together, with its own score names."""
    names = {mark + score.name: score.name for score in book.scores}
    mine = done.scores["score_name"].is_in(list(names))
    return replace(
        done,
        book=book,
        scores=done.scores.filter(mine).with_columns(pl.col("score_name").replace_strict(names)),
        places=done.places.filter(mine),
        totals={name: done.totals[long] for long, name in names.items() if long in done.totals},
    )


def _of_score(
    score: Score, sides: tuple[_Side, _Side], hot: Hot, capacity: int | None, limit: int | None
) -> ScoreDiff:
    name, (before, after) = score.name, sides
    old, new = before.rows(name), after.rows(name)
    rows = old.rename({"score": "old", "flames": "old_flames"}).join(
        new.rename({"score": "new", "flames": "new_flames"}), on="contact_id", how="full", coalesce=True
    )
    both = rows.drop_nulls(["old", "new"])
    lists = [side.listed(name, hot) for side in (before, after)]
    moved = rows.filter(
        pl.col("old").ne_missing(pl.col("new")) | pl.col("old_flames").ne_missing(pl.col("new_flames"))
    )
    return ScoreDiff(
        name=name,
        title=score.title,
        contacts=rows.height,
        changed=rows.filter(pl.col("old").ne_missing(pl.col("new"))).height,
        both=both.height,
        flames_changed=both.filter(pl.col("old_flames") != pl.col("new_flames")).height,
        matrix=_matrix(rows),
        hot=_lists(sorted(lists[0][0]), sorted(lists[1][0])),
        capacity=None if capacity is None else _lists(lists[0][1][:capacity], lists[1][1][:capacity]),
        movers=_movers(moved, name, before, after, limit),
    )


def _matrix(rows: pl.DataFrame) -> tuple[tuple[int, ...], ...]:
    flames = rows.select(pl.col("old_flames", "new_flames").fill_null(NOT_SCORED)).to_dict(as_series=False)
    counts = [[0] * (NOT_SCORED + 1) for _ in range(NOT_SCORED + 1)]
    for old, new in zip(flames["old_flames"], flames["new_flames"], strict=True):
        counts[old][new] += 1
    return tuple(map(tuple, counts))


def _lists(old: list[str], new: list[str]) -> Lists:
    before, after = set(old), set(new)
    entered = tuple(each for each in new if each not in before)
    return Lists(len(old), len(new), entered, tuple(each for each in old if each not in after))


# --- movers ------------------------------------------------------------------------------------------


def _movers(
    moved: pl.DataFrame, name: str, before: _Side, after: _Side, limit: int | None
) -> tuple[Mover, ...]:
    """Return the movers in order of change of flames, then of points, then id; not scored counts as 0."""
    flames = (pl.col("new_flames").fill_null(0) - pl.col("old_flames").fill_null(0)).abs()
    points = (pl.col("new").fill_null(0) - pl.col("old").fill_null(0)).abs()
    order = [flames.alias("\x00flames"), points.alias("\x00points")]
    shown = moved.with_columns(order).sort(
        ["\x00flames", "\x00points", "contact_id"], descending=[True, True, False]
    )
    rows = shown.head(shown.height if limit is None else limit)
    changes = _entry_changes(name, before, after, rows["contact_id"].to_list())
    return tuple(
        _mover(
            Mover(row["contact_id"], row["old"], row["new"], row["old_flames"], row["new_flames"]),
            changes.get(row["contact_id"], ()),
        )
        for row in rows.iter_rows(named=True)
    )


def _mover(mover: Mover, changes: tuple[tuple[str, int], ...]) -> Mover:
    """Add the entry that moved a contact most in the direction of its score; of ties, the first."""
    mover = replace(mover, changes=changes)
    difference = (mover.new_score or 0) - (mover.old_score or 0)
    if difference == 0:
        one_side = mover.old_score is None or mover.new_score is None
        return replace(mover, entry=POPULATION if one_side else BOUNDS)
    along = [each for each in changes if each[1] * difference > 0]
    entry, moved = max(along, key=lambda each: abs(each[1]), default=(POPULATION, difference))
    return replace(mover, entry=entry, moved=moved)


def _entry_changes(
    name: str, before: _Side, after: _Side, ids: Sequence[str]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return, by contact, the name of each ledger entry and its change in ten-thousandths.

    The changes add up to the change of the score. Entries are in order of the new file, then removed ones.
    """
    old = next(score for score in before.book.scores if score.name == name)
    new = next(score for score in after.book.scores if score.name == name)
    was = {then: now for now, then in matched(old, new)}
    words = {**_words(old), **_words(new)}
    keys = [*_words(new), *(key for key in _words(old) if _now(key, was) not in _words(new))]
    found: dict[str, dict[tuple[str, str], int]] = {}
    for side, sign in ((before, -1), (after, 1)):
        for row in side.entries(name, ids).iter_rows(named=True):
            key = row["entry"], row["rule_id"]
            if row["entry"].startswith("score_"):
                key = row["entry"], name
            key = _now(key, was) if sign < 0 else key
            of = found.setdefault(row["contact_id"], {})
            of[key] = of.get(key, 0) + sign * nearest_points(row["points"])
    return {id_: tuple((words[key], of[key]) for key in keys if of.get(key)) for id_, of in found.items()}


def _now(key: tuple[str, str], was: dict[str, str]) -> tuple[str, str]:
    """Return the key of an entry of the old book, with the id that its rule has in the new one."""
    kind, id_ = key
    return (kind, was.get(id_, id_)) if kind in ("rule", "rule_limit") else key


def _words(score: Score) -> dict[tuple[str, str], str]:
    """Return the names of all entries that a score can have, in order of the file."""
    found: dict[tuple[str, str], str] = {}
    for rule in score.rules:
        found["rule", rule.id] = rule.name
        found["rule_limit", rule.id] = f"{rule.name}: {_LIMITS['rule_limit']}"
    for group in score.groups:
        for kind in ("group_limit", "group_idle"):
            found[kind, group.name] = f"{group.name}: {_LIMITS[kind]}"
    for kind in ("score_limit", "score_idle"):
        found[kind, score.name] = f"{score.title}: {_LIMITS[kind]}"
    return found
