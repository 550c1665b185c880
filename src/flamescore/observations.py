"""What a scoring observes besides the scores: for some contacts, summed over all, and as recorded."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import polars as pl
from msgspec import Struct, field
from msgspec.structs import replace

from flamescore.engine import EVENT, Held, entry_table, types_of
from flamescore.frames import Counts
from flamescore.steps import Step
from flamescore.units import show_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from flamescore.engine import Entry, Past, Run
    from flamescore.frames import Exports, SourceRecord
    from flamescore.rules import Predicate

T = TypeVar("T")

TOTAL: Final = pl.Decimal(38, 4)
"""The points of all contacts together: the sum over a million of them can exceed 64 bits or a float."""


class SourceSpan(Struct, frozen=True):
    """How far back a source of events goes: the age of its oldest event in seconds, None without events.

    `named` are those lists of event types, as rules name them, that the source has events of.
    """

    path: str
    oldest: int | None
    named: frozenset[tuple[str, ...]] = frozenset()


class Observations(Struct, frozen=True):
    """What a scoring observed besides the scores, for the run's record.

    `rules`: one row per rule or limit: `score_name, entry, rule_id, name, contacts, occurrences, points`
    (String, String, String, String, Int64, Int64, `TOTAL`), zeros included, in order.

    `unread`: (kind, column, cells) for non-missing cells that did not parse as the required number or date.
    `unvalued`: (score, rule id, occurrences) for `points: {from}` that gave 0 for lack of a number.
    `undated`: contacts with a matching tag without a date under a rule that needs one. `unseen`: event types
    that rules name and that no event in the windows has. `types`: the types of the events in the windows.
    `pasts`: how far back each source of events goes. `ambiguous_contacts`: contacts that share their e-mail
    (or other key) with an earlier contact, which gets their events.
    """

    sources: tuple[SourceRecord, ...]
    rules: pl.DataFrame
    unread: tuple[tuple[str, str, int], ...] = ()
    unvalued: tuple[tuple[str, str, int], ...] = ()
    undated: int = 0
    tags_disagree: int = 0
    unseen: tuple[str, ...] = ()
    ambiguous_contacts: int = 0
    types: tuple[str, ...] = ()
    pasts: tuple[SourceSpan, ...] = ()
    held: Held = field(default_factory=Held)
    """The predicates and operands on events that matched at least one event of the types they apply to."""

    taken: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    """By score and rule id, for rules with branches: how many contacts took each branch."""

    steps: tuple[Step, ...] = ()


class PartialObservations(Struct, frozen=True):
    """What was observed for some contacts and their rows; results for disjoint contacts can be added.

    `entry_totals` (Python integers: contacts, occurrences and points, one column per entry), `unvalued` and
    `taken` are indexed by the number of an entry of the rules. `missing` are the predicates on event types
    that matched no event. The rest is as in `Observations`.

    For example, if two shares of three contacts have 2 and 1 orphans among the rows of a source, the sum has
    3.
    """

    sources: tuple[SourceRecord, ...]
    entry_totals: NDArray[np.object_]
    unvalued: NDArray[np.int64]
    unread: Mapping[tuple[str, str], int] = field(default_factory=dict)
    undated: int = 0
    tags_disagree: int = 0
    missing: tuple[Predicate, ...] = ()
    ambiguous_contacts: int = 0
    types: frozenset[str] = frozenset()
    pasts: tuple[SourceSpan, ...] = ()
    held: Held = field(default_factory=Held)
    taken: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    @classmethod
    def of(cls, done: Run, exports: Exports) -> PartialObservations:
        """Collect what the engine observed in one pass."""
        unvalued = np.zeros(len(done.prepared.ledger_writer.entries), np.int64)
        keys = {source.key for source in exports.events if source.key != "contact_id"}
        return cls(
            sources=(*exports.records, *done.scanned.records),
            entry_totals=reduce(np.add, (result.summary.entry_totals for result in done.results)),
            unvalued=sum((result.summary.unvalued for result in done.results), unvalued),
            unread={
                **{("contacts", column): cells for column, cells in done.prepared.unread},
                **{("events", column): cells for column, cells in done.scanned.unread},
            },
            undated=sum(result.summary.undated for result in done.results),
            tags_disagree=done.prepared.tags.disagree,
            missing=_missing(done) if exports.events else (),
            ambiguous_contacts=sum(done.prepared.contacts.shared(key) for key in keys),
            types=frozenset(done.scanned.types),
            pasts=tuple(_past(past, done) for past in done.scanned.pasts),
            held=done.scanned.held,
            taken=reduce(_each_way, (result.summary.taken for result in done.results), {}),
            steps=done.steps,
        )

    def __add__(self, other: PartialObservations) -> PartialObservations:
        """Add what was observed for other contacts, by the same rules, in the same sources."""
        return PartialObservations(
            sources=tuple(
                _source(mine, theirs) for mine, theirs in zip(self.sources, other.sources, strict=True)
            ),
            entry_totals=self.entry_totals + other.entry_totals,
            unvalued=self.unvalued + other.unvalued,
            unread=dict(Counter(self.unread) + Counter(other.unread)),
            undated=self.undated + other.undated,
            tags_disagree=self.tags_disagree + other.tags_disagree,
            missing=tuple(each for each in self.missing if each in other.missing),
            ambiguous_contacts=self.ambiguous_contacts + other.ambiguous_contacts,
            types=self.types | other.types,
            pasts=tuple(
                _both_pasts(mine, theirs) for mine, theirs in zip(self.pasts, other.pasts, strict=True)
            ),
            held=_both_held(self.held, other.held),
            taken=_each_way(self.taken, other.taken),
            steps=tuple(
                Step(mine.name, mine.seconds + theirs.seconds, mine.rows + theirs.rows)
                for mine, theirs in zip(self.steps, other.steps, strict=True)
            ),
        )

    def to_observations(self, entries: tuple[Entry, ...]) -> Observations:
        """Convert to the observations of a scoring; `entries` are those of the rules."""
        contacts, occurrences, points = self.entry_totals
        return Observations(
            sources=self.sources,
            rules=entry_table(entries).with_columns(
                contacts=pl.Series(contacts.astype(np.int64)),
                occurrences=pl.Series(occurrences.astype(np.int64)),
                points=pl.Series([Decimal(show_points(each)) for each in points], dtype=TOTAL),
            ),
            unread=tuple((*place, cells) for place, cells in self.unread.items()),
            unvalued=tuple(
                (entry.score_name, entry.id, int(many))
                for entry, many in zip(entries, self.unvalued, strict=True)
                if many
            ),
            undated=self.undated,
            tags_disagree=self.tags_disagree,
            unseen=tuple(dict.fromkeys(text for each in self.missing for text in types_of(each))),
            ambiguous_contacts=self.ambiguous_contacts,
            types=tuple(sorted(self.types)),
            pasts=self.pasts,
            held=self.held,
            taken={(entries[n].score_name, entries[n].id): many for n, many in self.taken.items()},
            steps=self.steps,
        )


def _missing(done: Run) -> tuple[Predicate, ...]:
    """Return the predicates on event types named by rules that matched no event."""
    place = {p: i for i, p in enumerate(done.prepared.streams.predicates)}
    kinds = dict.fromkeys(stream.where[0] for stream in done.prepared.streams.counted)
    return tuple(each for each in kinds if not done.scanned.seen >> place[each] & 1)


def _past(past: Past, done: Run) -> SourceSpan:
    streams = done.prepared.streams
    seen = {p for i, p in enumerate(streams.predicates) if past.holds >> i & 1}
    types = (predicate for predicate in seen if predicate.column == EVENT)
    return SourceSpan(past.path, past.oldest, frozenset(types_of(each) for each in types))


def _both_pasts(mine: SourceSpan, theirs: SourceSpan) -> SourceSpan:
    known = [each for each in (mine.oldest, theirs.oldest) if each is not None]
    return SourceSpan(mine.path, max(known, default=None), mine.named | theirs.named)


def _source(mine: SourceRecord, theirs: SourceRecord) -> SourceRecord:
    """Add up the rows of a source, and keep one copy of notes and findings that both have."""
    counts = Counts(*(getattr(mine.counts, name) + getattr(theirs.counts, name) for name in _COUNTS))
    return replace(
        mine,
        files=_once(mine.files, theirs.files),
        counts=counts,
        notes=_once(mine.notes, theirs.notes),
        findings=_once(mine.findings, theirs.findings),
        newest=max((each for each in (mine.newest, theirs.newest) if each is not None), default=None),
    )


_COUNTS: Final = Counts.__struct_fields__


def _once(mine: tuple[T, ...], theirs: tuple[T, ...]) -> tuple[T, ...]:
    return (*mine, *(each for each in theirs if each not in mine))


def _both_held(mine: Held, theirs: Held) -> Held:
    kinds = dict.fromkeys((*mine.by_type, *theirs.by_type))
    none: frozenset[Predicate] = frozenset()
    return Held({kind: mine.by_type.get(kind, none) | theirs.by_type.get(kind, none) for kind in kinds})


def _each_way(
    mine: Mapping[int, tuple[int, ...]], theirs: Mapping[int, tuple[int, ...]]
) -> dict[int, tuple[int, ...]]:
    """Add up, per entry, how many contacts took each branch."""
    added = {n: tuple(map(sum, zip(many, theirs[n], strict=True))) for n, many in mine.items() if n in theirs}
    return {**theirs, **mine, **added}
