"""A loaded rule file and the existing columns -> the rule book, or every mismatch between the two."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.columns import with_derived
from flamescore.errors import Problem, RuleFileError
from flamescore.rules.reading import RuleReading, in_order
from flamescore.yaml_tree import nearest, use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from flamescore.columns import Columns
    from flamescore.rules.condition_book import Bots, Condition, Predicate
    from flamescore.rules.load import LoadedCondition, LoadedPredicates, LoadedRules
    from flamescore.rules.reading import Need
    from flamescore.rules.rulebook import EventRule, RuleBook
    from flamescore.rules.subscribed import LoadedEvents
    from flamescore.schema_reader import ProblemText
    from flamescore.yaml_tree import Document

EVENT_COLUMNS: Final = ("contact_id", "event", "at")
"""The columns of every event, regardless of the headers of its export."""

_LOOK_AROUND = re.compile(r"(?<!\\)(?:\\\\)*\(\?<?[=!]")
_BACK_REFERENCE = re.compile(r"(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)")


class Bound(Struct, frozen=True):
    """A rule book that fits the exports, and warnings about it."""

    book: RuleBook
    warnings: tuple[Problem, ...] = ()


def bind_rules(loaded: LoadedRules, columns: Columns) -> Bound:
    """Check every enabled score and rule against the columns; without an events export, drop `ignore`.

    Raises:
        RuleFileError: with every column, export and pattern that is missing or wrong, in order.
    """
    _raise(_problems(loaded.document, loaded.needs, columns))
    ignore = loaded.book.ignore if columns.has_events else ()
    return Bound(replace(loaded.book, ignore=ignore, bots=_bots(loaded.book.bots, columns)), loaded.warnings)


def _bots(bots: Bots | None, columns: Columns) -> Bots | None:
    """Drop the standard patterns that compare a property that no events export has."""
    if bots is None or not bots.standard:
        return bots if bots is None or columns.has_events else replace(bots, patterns=())
    known = set(columns.events) if columns.has_events else set()
    return replace(bots, patterns=tuple(each for each in bots.patterns if known.issuperset(each.properties)))


def bind_condition(loaded: LoadedCondition, columns: Columns, zone: ZoneInfo) -> Condition:
    """Check a condition of another file against the columns; `zone` is that of its naive times.

    Raises:
        RuleFileError: as `bind_rules`.
    """
    _raise(_problems(loaded.document, loaded.needs, columns))
    return loaded.condition(zone)


def bind_events(loaded: LoadedEvents, columns: Columns, zone: ZoneInfo) -> EventRule:
    """Check the events that an alert waits for against the columns; `zone` is that of their naive times.

    Raises:
        RuleFileError: as `bind_rules`.
    """
    _raise(_problems(loaded.document, loaded.needs, columns))
    return loaded.rule(zone)


def bind_predicates(loaded: LoadedPredicates, columns: Columns, zone: ZoneInfo) -> tuple[Predicate, ...]:
    """Check predicates on contacts against the columns; `zone` is that of their naive times.

    Raises:
        RuleFileError: as `bind_rules`.
    """
    _raise(problem for part in loaded.parts for problem in _problems(part.document, part.needs, columns))
    return tuple(predicate for part in loaded.parts for predicate in part.predicates(zone))


def _raise(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise RuleFileError(found)


def _problems(document: Document, needs: Iterable[Need], columns: Columns) -> tuple[Problem, ...]:
    reading = RuleReading(document)
    for need in needs:
        check = _CHECKS.get(need.what)  # scores and labels don't depend on the exports
        if check is not None and (columns.has_events or not _is_about_events(need)):
            for problem in check(need, columns):
                reading.at(need.path).report(*problem, key=need.key)
    return in_order(reading.problems)


def _is_about_events(need: Need) -> bool:
    """Return whether a need is moot without an events export, whose absence is reported once per rule."""
    return need.kind == "events" and need.what != "events"


# --- unmet needs -------------------------------------------------------------------------------------


def _column(need: Need, columns: Columns) -> Iterator[ProblemText]:
    known = columns.contacts if need.kind == "contacts" else (*columns.events, *EVENT_COLUMNS)
    if need.kind == "contacts" and need.name == "tags" and columns.has_tags:
        yield "R093", "`tags` is a list; `field` can't ask it.", "Use `tag: ...`."
        return
    there = with_derived(known) if need.kind == "contacts" else known
    there = (*there, *sorted(columns.paths.of(need.kind)))
    if need.name not in there:
        meant = nearest(need.name, dict.fromkeys(there))
        code = "R090" if need.kind == "contacts" else "R091"
        hint = f"Did you mean `{meant}`?" if meant else _offer(known)
        yield code, f"No {need.kind} export has a column `{need.name}`.", hint
    elif need.listed and need.name not in columns.lists.of(need.kind):
        hint = f'Say what separates its values, in the project file: `lists: {{{need.name}: ";"}}`.'
        yield "R166", f"Column `{need.name}` has no lists.", hint


def _offer(known: tuple[str, ...]) -> str | None:
    return use(known) if known else None


def _events(_need: Need, columns: Columns) -> Iterator[ProblemText]:
    if not columns.has_events:
        hint = "Give the project an `events:` source, or disable the rule."
        yield "R092", "It needs events, but there is no events export.", hint


def _tags(_need: Need, columns: Columns) -> Iterator[ProblemText]:
    if not columns.has_tags:
        hint = "Map the contacts' `tags` column, or give the project a `tag_history:` source."
        yield "R094", "It needs tags, but no export has any.", hint


def _pattern(need: Need, _columns: Columns) -> Iterator[ProblemText]:
    reason = _regex_fault(need.name)
    if reason is None:
        return
    if "look-around" in reason or _LOOK_AROUND.search(need.name):
        message = "This regular expression looks ahead or behind, which is not supported."
        yield "R075", message, "Say it with a second operator, such as `not_contains`."
    elif "backreferences" in reason or _BACK_REFERENCE.search(need.name):
        message = "This regular expression refers back to a group, which is not supported."
        yield "R075", message, "Write out what may be repeated."
    elif "size limit" in reason:
        yield "R074", "This regular expression is too large to run.", "Let it repeat less."
    else:
        hint = "A character meant as itself takes a `\\` before it: `\\?`. For plain text use `contains`."
        yield "R074", f"Not a valid regular expression: {reason}.", hint


def _regex_fault(pattern: str) -> str | None:
    """Return why the engine that runs patterns (Polars) can't compile one; None if it can."""
    import polars as pl  # noqa: PLC0415 - only needed for `matches`
    from polars.exceptions import ComputeError  # noqa: PLC0415

    try:
        pl.Series([""]).str.contains(f"(?i){pattern}")
    except ComputeError as error:
        lines = str(error).splitlines()
        reason = next((line for line in lines if line.startswith("error: ")), lines[0])
        return reason.removeprefix("error: ").removeprefix("regex error: ").rstrip(".")
    return None


_CHECKS: Final[Mapping[str, Callable[[Need, Columns], Iterator[ProblemText]]]] = {
    "column": _column,
    "events": _events,
    "tags": _tags,
    "pattern": _pattern,
}
