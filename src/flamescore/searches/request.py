"""A search, as typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.changes import COOLED_OFF, DOWN, NEW, NEWLY_HOT, UP

if TYPE_CHECKING:
    from flamescore.runs import EarlierRun

WAYS: Final = {
    "up": (NEWLY_HOT, UP),
    "down": (COOLED_OFF, DOWN),
    "newly-hot": (NEWLY_HOT,),
    "cooled-off": (COOLED_OFF,),
    "new": (NEW,),
}
"""The ways in which contacts change, each with its kinds of `changes.KINDS`.

A new contact that is hot is newly hot too.
"""


class SearchRequest(Struct, frozen=True):
    """A search, as typed. All conditions must hold."""

    flames: str | None = None
    """`5`, `3-5` or `3+`: the flames of the first score."""

    scores: tuple[str, ...] = ()
    """`NAME`, or `NAME:3+`; by default the first of the run. The first determines ranking and bounds."""

    min_score: float | None = None
    max_score: float | None = None
    min_percentile: float | None = None
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    """Predicates as in rule files, or in short form: see `rules.short_where`."""

    words: tuple[str, ...] = ()
    text: str | None = None
    """`words` and `text` must both be found: each word in name, company, e-mail or phone, or as the id."""

    columns: tuple[str, ...] | None = None
    sort: tuple[str, ...] = ()
    """`-last_activity,name`: see `sorting.KEYS`; by default by rank."""

    everyone: bool = False
    changed: tuple[str, ...] = ()
    """Only contacts that changed in one of these ways (`WAYS`) since the previous run."""

    against: EarlierRun | None = None
    """The earlier run to compare with, instead of the previous run."""

    labels: tuple[str, ...] = ()
    """`grade=A1`: only contacts with this label; `grade=` means contacts without it."""

    hot: bool = False
    held_out: bool = False
    """Only contacts that are held out; `everyone` includes them along with all others."""

    segments: tuple[str, ...] = ()
    """Only contacts that are in all of these segments."""
