"""Which columns rules and conditions name, and which of them they read as dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.columns import DateColumns, NamedColumns
from flamescore.rules.load import LoadedPredicates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flamescore.rules.load import LoadedCondition, LoadedRules
    from flamescore.rules.reader import ExportKind, Need


def named_columns(*loaded: LoadedRules | LoadedCondition, keep: frozenset[str] = frozenset()) -> NamedColumns:
    """Return the columns that enabled rules, and conditions from elsewhere, name.

    `keep` are columns of contacts that are wanted whether a rule asks of them or not.
    """
    return NamedColumns(
        contacts=keep | _names(loaded, "contacts", lambda _: True),
        events=_names(loaded, "events", lambda _: True),
    )


def date_columns(*loaded: LoadedRules | LoadedCondition | LoadedPredicates) -> DateColumns:
    """Return the columns with a date on the right or `within_*`, in what is enabled."""
    return DateColumns(
        contacts=_names(loaded, "contacts", lambda need: need.dated),
        events=_names(loaded, "events", lambda need: need.dated),
    )


def _names(
    loaded: Iterable[LoadedRules | LoadedCondition | LoadedPredicates],
    kind: ExportKind,
    wanted: Callable[[Need], bool],
) -> frozenset[str]:
    return frozenset(
        need.name
        for each in loaded
        for part in (each.parts if isinstance(each, LoadedPredicates) else (each,))
        for need in part.needs
        if need.what == "column" and need.kind == kind and wanted(need)
    )
