"""Columns by name: what the exports offer to rules, and what rules and the project file ask of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Columns:
    """What the exports' headers offer to rules, in order, under mapped names; read before any row."""

    contacts: tuple[str, ...]
    events: tuple[str, ...] = ()
    has_tags: bool = False
    has_events: bool = False


@dataclass(frozen=True, slots=True)
class DateColumns:
    """The columns that rules read as dates: only these need companions (`ISO_SUFFIX`)."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NumberColumns:
    """The columns that rules read as numbers: only these may need companions (`NUMBER_SUFFIX`)."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NamedColumns:
    """The columns that rules and the project file ask something of."""

    contacts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
