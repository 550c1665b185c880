"""Columns by name: those the exports offer, and those that rules and the project file refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

EMAIL: Final = "email"
DOMAIN: Final = "email_domain"
"""A column derived for contacts with an e-mail, unless they have a column of this name (`email_domain`)."""


REASONS: Final = ("reason_1", "reason_2", "reason_3")
"""The columns of a list of contacts that give the reasons."""

MEASURES: Final = ("score", "flames", "percentile", "rank")
"""The measures of each score in a table, as `<score>_<measure>`."""

OF_DEFAULT: Final = ("flames", "score", "percentile", "last_activity_at", "since")
"""The columns of a segment's list for the default score, and since when the contact is a member."""

ROUTED_TO, HELD_OUT = "routed_to", "held_out"
"""Further columns that such a list may have."""


def columns_of_lists(scores: Collection[str]) -> tuple[str, ...]:
    """Return the columns that a segment's list may have, besides those of contacts; scores are names."""
    measures = (f"{score}_{measure}" for score in scores for measure in MEASURES)
    return ("contact_id", *OF_DEFAULT, *measures, *REASONS, ROUTED_TO, HELD_OUT)


def is_derived(columns: Collection[str]) -> bool:
    """Return whether contacts with these columns have a derived domain, without such a column."""
    return EMAIL in columns and DOMAIN not in columns


def with_derived(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the names that rules may use for contacts with these columns."""
    return (*columns, DOMAIN) if is_derived(columns) else tuple(columns)


class ListColumns(Struct, frozen=True):
    """Columns that rules test for the items in their cells (`has`), or whose cells have several values."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    def of(self, kind: str) -> frozenset[str]:
        """Return the columns of a kind of exports."""
        return self.contacts if kind == "contacts" else self.events


NO_LISTS: Final = ListColumns()


class Columns(Struct, frozen=True):
    """What the exports' headers offer to rules, in order, by mapped names; read before any row."""

    contacts: tuple[str, ...]
    events: tuple[str, ...] = ()
    has_tags: bool = False
    has_events: bool = False
    lists: ListColumns = NO_LISTS
    """Columns whose cells have several values in at least one source."""

    paths: ListColumns = NO_LISTS
    """What is nested in columns and can be addressed by its path."""


class DateColumns(Struct, frozen=True):
    """The columns that rules read as dates: only these need companions (`ISO_SUFFIX`)."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


class NumberColumns(Struct, frozen=True):
    """The columns that rules read as numbers: only these may need companions (`NUMBER_SUFFIX`)."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


class NamedColumns(Struct, frozen=True):
    """The columns that rules and the project file refer to."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
