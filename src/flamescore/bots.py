"""Events that look like a mail scanner's: how many each contact has, and the points they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct, field

from flamescore.engine import flames_of_all
from flamescore.frames import BOTS
from flamescore.points import in_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.engine import BotsPart
    from flamescore.rules import RuleBook, Score

_FIVE: Final = 5


class BotsOfScore(Struct, frozen=True):
    """What a score loses: the contacts with points lost other than 0, and the points (ten-thousandths).

    `flames_lost[n]` counts the contacts with at least `n` flames without `bots`, and fewer under `remove`.
    """

    name: str
    contacts: int
    points_lost: int
    flames_lost: tuple[int, ...]


class BotsFound(Struct, frozen=True):
    """What the patterns of `bots` match after `ignore` has been applied, the same for both actions.

    `table` is `frames.BOTS`: score by score, largest loss first, then by contact id. `patterns` are the
    entries as JSON with the number of events each matches; an event may match several.
    """

    action: str
    contacts: int = 0
    events: int = 0
    patterns: tuple[tuple[str, int], ...] = ()
    scores: tuple[BotsOfScore, ...] = ()
    table: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BOTS))


def bots_of(
    book: RuleBook,
    parts: Sequence[BotsPart],
    columns: Sequence[tuple[NDArray[np.int64], NDArray[np.bool_]]],
    ids: pl.Series,
) -> BotsFound:
    """Combine what was found in partitions of the contacts, whose `ids` are in order.

    `columns` has, for each score, the totals of all contacts and who is in the population.
    """
    key, scores = book.bots, book.scores
    assert key is not None
    many = [sum(part.patterns[n] for part in parts) for n in range(len(key.patterns))]
    patterns = tuple((each.written, count) for each, count in zip(key.patterns, many, strict=True))
    if not parts:
        nothing = tuple(BotsOfScore(score.name, 0, 0, (0,) * (_FIVE + 1)) for score in scores)
        return BotsFound(key.action, patterns=patterns, scores=nothing)
    hit = _Hit.of(parts)
    lost = [hit.lost(number) for number in range(len(scores))]
    return BotsFound(
        key.action,
        contacts=len(hit.contact),
        events=int(hit.events.sum()),
        patterns=patterns,
        scores=tuple(
            BotsOfScore(
                score.name,
                int(np.count_nonzero(lost[number])),
                sum(lost[number].tolist()),
                tuple(_flames_lost(score, *hit.worlds(number, *columns[number]))),
            )
            for number, score in enumerate(scores)
        ),
        table=pl.concat(_table(score, number, lost[number], hit, ids) for number, score in enumerate(scores)),
    )


class _Hit(Struct, frozen=True):
    """The parts of all partitions (`engine.BotsPart`), in the order of contacts."""

    contact: NDArray[np.int64]
    events: NDArray[np.int64]
    before: NDArray[np.int64]
    after: NDArray[np.int64]
    scored_before: NDArray[np.bool_]
    scored_after: NDArray[np.bool_]

    @classmethod
    def of(cls, parts: Sequence[BotsPart]) -> _Hit:
        contact = np.concatenate([part.contact for part in parts])
        order = np.argsort(contact)
        return cls(
            contact[order],
            np.concatenate([part.events for part in parts])[order],
            np.concatenate([part.before for part in parts], axis=1)[:, order],
            np.concatenate([part.after for part in parts], axis=1)[:, order],
            np.concatenate([part.scored_before for part in parts], axis=1)[:, order],
            np.concatenate([part.scored_after for part in parts], axis=1)[:, order],
        )

    def lost(self, number: int) -> NDArray[np.int64]:
        """Return the points each contact loses under a score; totals outside the population count as 0."""
        before = np.where(self.scored_before[number], self.before[number], 0)
        lost: NDArray[np.int64] = before - np.where(self.scored_after[number], self.after[number], 0)
        return lost

    def worlds(
        self, number: int, totals: NDArray[np.int64], scored: NDArray[np.bool_]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_]]]:
        """Yield the totals and the population of all contacts, without `bots` and with `remove`."""
        for mine, there in ((self.before, self.scored_before), (self.after, self.scored_after)):
            whole, everyone = totals.copy(), scored.copy()
            whole[self.contact], everyone[self.contact] = mine[number], there[number]
            yield whole, everyone


def _flames_lost(score: Score, *worlds: tuple[NDArray[np.int64], NDArray[np.bool_]]) -> Iterator[int]:
    before, after = (flames_of_all(score, totals, scored) for totals, scored in worlds)
    return (int(np.count_nonzero((before >= least) & (after < least))) for least in range(_FIVE + 1))


def _table(score: Score, number: int, lost: NDArray[np.int64], hit: _Hit, ids: pl.Series) -> pl.DataFrame:
    rows = np.flatnonzero(hit.scored_before[number] | hit.scored_after[number])
    rows = rows[np.argsort(-lost[rows], kind="stable")]
    return pl.DataFrame(
        {
            "contact_id": ids.gather(pl.Series(hit.contact[rows])),
            "score_name": pl.Series([score.name], dtype=pl.String).new_from_index(0, len(rows)),
            "events": hit.events[rows],
            "points_lost": in_points(pl.Series(lost[rows])),
        },
        schema=BOTS,
    )
