"""What contacts who ever had the outcome have in common, as exported today and regardless of time order.

Fields, tags and event types are compared one by one. The p-values are corrected for the number of
comparisons: with forty traits of pure noise, an uncorrected table would call one significant in most files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.backtest.past import TAGS
from flamescore.backtest.scoring_cuts import score_of
from flamescore.backtest.statistics import LIKELY, Comparison, Estimate, compare, holm, rate
from flamescore.cells import present
from flamescore.labels import condition_context
from flamescore.rules import (
    EventMatch,
    Happened,
    HasTag,
    RuleBook,
    TagMatch,
    leaves,
)
from flamescore.scoring import score_exports
from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from flamescore.frames import Exports
    from flamescore.rules import Condition

    Marks = NDArray[np.bool_]

_VALUES: Final = range(2, 51)
"""The allowed numbers of distinct values in a column."""

_LEAST: Final = 20
"""The minimum number of contacts with a trait, and of contacts without it."""

_MOST: Final = 20
_PERSONAL: Final = frozenset({"contact_id", "email", "name", "phone"})


class Trait(Struct, frozen=True):
    """A trait of contacts: a value of a column (`kind` is its name), a `tag`, or an `event`."""

    kind: str
    value: str
    contacts: int
    with_it: Estimate
    without_it: Estimate
    ratio: Comparison


class Profile(Struct, frozen=True):
    """The number of traits compared, and those associated with the outcome beyond chance, strongest first."""

    looked_at: int
    found: tuple[Trait, ...]


def profile(
    outcome: Condition,
    exports: Exports,
    book: RuleBook,
    as_of: datetime,
    *,
    types: Sequence[str],
    without: Collection[str],
) -> Profile:
    """Compare contacts who ever had the outcome with all others; `without` has the columns to leave out."""
    itself = {fold(kind) for kind in _types_of(outcome)}
    events = {kind: Happened(EventMatch((kind,))) for kind in types if fold(kind) not in itself}
    tags = {tag: HasTag(TagMatch("any", (tag,))) for tag in _tags(exports) if TAGS not in without}
    scored = score_exports(
        RuleBook(book.zone, (score_of(outcome),), ignore=book.ignore),
        exports,
        as_of=as_of,
        conditions=list(dict.fromkeys((outcome, *events.values(), *tags.values()))),
    )
    everyone = condition_context(scored)
    had = everyone.fitting(outcome)
    marks: list[tuple[str, str, Marks]] = [
        *_fields(scored.contacts, without),
        *(("tag", tag, everyone.fitting(condition)) for tag, condition in tags.items()),
        *(("event", kind, everyone.fitting(condition)) for kind, condition in events.items()),
    ]
    kept = [each for each in marks if each[2].sum() >= _LEAST and (~each[2]).sum() >= _LEAST]
    return Profile(len(kept), tuple(_strongest(_traits(kept, had))))


def _types_of(outcome: Condition) -> Iterator[str]:
    for leaf in leaves(outcome):
        if isinstance(leaf, Happened):
            yield from leaf.match.types


def _tags(exports: Exports) -> list[str]:
    found = pl.Series(dtype=pl.String())
    if TAGS in exports.contacts.columns:
        found = exports.contacts[TAGS].explode()
    if exports.tag_history is not None:
        found = pl.concat([found, exports.tag_history["tag"]])
    return sorted(found.drop_nulls().unique().to_list())


def _fields(contacts: pl.DataFrame, without: Collection[str]) -> Iterator[tuple[str, str, Marks]]:
    for name, dtype in contacts.schema.items():
        if dtype != pl.String or name in _PERSONAL or name in without:
            continue
        cells = contacts.select(present(pl.col(name)).alias("cell"))["cell"]
        values = cells.drop_nulls().unique().sort()
        if len(values) in _VALUES:
            for value in values:
                yield name, value, (cells == value).fill_null(value=False).to_numpy()


def _traits(kept: Sequence[tuple[str, str, Marks]], had: Marks) -> list[Trait]:
    people, one = np.arange(len(had)), np.zeros(len(had), np.int64)
    found = [
        Trait(
            kind,
            value,
            int(has.sum()),
            rate(had[has], people[has]),
            rate(had[~has], people[~has]),
            compare(has, had, one, people, listed=True),
        )
        for kind, value, has in kept
    ]
    adjusted = holm([each.ratio.p for each in found])
    return [replace(each, ratio=replace(each.ratio, holm=p)) for each, p in zip(found, adjusted, strict=True)]


def _strongest(traits: Sequence[Trait]) -> list[Trait]:
    """Return the traits beyond chance, by the ratio or its inverse in descending order, then by name."""
    sure = [each for each in traits if each.ratio.holm is not None and each.ratio.holm < LIKELY]

    def strength(trait: Trait) -> float:
        value = trait.ratio.ratio.value
        return float("inf") if not value else max(value, 1 / value)

    return sorted(sure, key=lambda each: (-strength(each), each.kind, each.value))[:_MOST]
