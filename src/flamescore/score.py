"""Score frames: resolved rules and clean exports in, a result out. Nothing here reads or writes a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl

    from flamescore.bind.resolved import RuleBook
    from flamescore.frames import SourceRecord


class Ledger(Protocol):
    """The ledger of a scoring: summed entries, by contact id, score, and order of the rule file."""

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the ledger in pieces of bounded size, in order (`frames.POINTS`)."""
        ...

    def frame(self) -> pl.DataFrame:
        """Return the whole ledger (`frames.POINTS`)."""
        ...

    def of(self, contact_ids: pl.Series) -> pl.DataFrame:
        """Return the entries of some contacts, in order (`frames.POINTS`)."""
        ...


@dataclass(frozen=True, slots=True)
class Observations:
    """What a scoring noticed beside the scores; it goes into the run's record.

    `rules`: one row a rule or limit: `score_name, entry, rule_id, name, contacts, occurrences, points`
    (String, String, String, String, Int64, Int64, Float64), zeros included, in order.
    `unread`: (kind, column, cells) of present cells that did not read as the number or date needed.
    `unvalued`: (score, rule id, occurrences) of `points: {from}` that gave 0 for want of a number.
    `unseen`: event types that rules name and no event in the windows has.
    """

    sources: tuple[SourceRecord, ...]
    rules: pl.DataFrame
    unread: tuple[tuple[str, str, int], ...] = ()
    unvalued: tuple[tuple[str, str, int], ...] = ()
    undated: int = 0
    tags_disagree: int = 0
    unseen: tuple[str, ...] = ()
    ambiguous_contacts: int = 0
    seconds: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """The result. `contacts` are all contacts by contact id; `scores` is `frames.SCORES`, ranked, score by score.

    `excluded` holds the `contact_id` of contacts whom the call list leaves out (one String column).
    """

    book: RuleBook
    as_of: datetime
    contacts: pl.DataFrame
    scores: pl.DataFrame
    ledger: Ledger
    excluded: pl.DataFrame
    observed: Observations
