"""Columns by name: what the exports offer to rules, and what rules and the project file ask of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

EMAIL: Final = "email"
DOMAIN: Final = "email_domain"
"""A column that contacts with an e-mail have too, unless one of their own has that name (`email_domain`)."""


REASONS: Final = ("reason_1", "reason_2", "reason_3")
"""The columns of a list of contacts that say why."""

MEASURES: Final = ("score", "flames", "percentile", "rank")
"""What a table tells of each score, as `<score>_<measure>`."""

OF_DEFAULT: Final = ("flames", "score", "percentile", "last_activity_at", "since")
"""What the list of a segment tells of the default score, and since when the contact is in it."""

ROUTED_TO, HELD_OUT = "routed_to", "held_out"
"""What else such a list may tell."""


def columns_of_lists(scores: Collection[str]) -> tuple[str, ...]:
    """Return the columns that the list of a segment may have, beside those of contacts; scores are names."""
    measures = (f"{score}_{measure}" for score in scores for measure in MEASURES)
    return ("contact_id", *OF_DEFAULT, *measures, *REASONS, ROUTED_TO, HELD_OUT)


def is_derived(columns: Collection[str]) -> bool:
    """Say whether contacts with these columns have the domain, though none of the columns is it."""
    return EMAIL in columns and DOMAIN not in columns


def with_derived(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the names by which rules may ask of contacts that have these columns."""
    return (*columns, DOMAIN) if is_derived(columns) else tuple(columns)


class ListColumns(Struct, frozen=True):
    """Columns of which rules ask what their cells hold (`has`), or whose cells hold several values."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    def of(self, kind: str) -> frozenset[str]:
        """Return those of a kind of exports."""
        return self.contacts if kind == "contacts" else self.events


NO_LISTS: Final = ListColumns()


class Columns(Struct, frozen=True):
    """What the exports' headers offer to rules, in order, under mapped names; read before any row."""

    contacts: tuple[str, ...]
    events: tuple[str, ...] = ()
    has_tags: bool = False
    has_events: bool = False
    lists: ListColumns = NO_LISTS
    """Those whose cells hold several values, in one source at least."""

    paths: ListColumns = NO_LISTS
    """What lies inside of columns and can be named by its path."""


class DateColumns(Struct, frozen=True):
    """The columns that rules read as dates: only these need companions (`ISO_SUFFIX`)."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


class NumberColumns(Struct, frozen=True):
    """The columns that rules read as numbers: only these may need companions (`NUMBER_SUFFIX`)."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


class NamedColumns(Struct, frozen=True):
    """The columns that rules and the project file ask something of."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
