"""Predicates, tags and conditions for one contact, as of one instant. Sections 4.3, 5 and 6."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from oracle_bursts import bursts
from oracle_ignored import action_of, in_sequence, is_named, with_patterns
from oracle_words import (
    WHITE_SPACE,
    after,
    before,
    comparable,
    fixed_length,
    fold,
    in_window,
    is_bare_date,
    local_day,
    present,
    read_boolean,
    read_instant,
    read_number,
    ten_thousandths,
    trim,
)

Row = Mapping[str, Any]
Files = Mapping[str, Mapping[str | None, Sequence[str | None]]]
"""List files by path: the cells of each column, or the lines of a text file under None."""

_TEXT_OPERATORS = frozenset(("contains", "not_contains", "starts_with", "ends_with"))
_ORDERINGS = frozenset(("at_least", "at_most", "more_than", "less_than"))
_LARGEST_AMOUNT = 10**9 * 10_000
_OPPOSITES = {"not_equals": "equals", "not_in": "in", "not_contains": "contains"}


@dataclass(frozen=True)
class Event:
    """One row of the events: its index in the export, type, instant and properties."""

    index: int
    type: str
    at: datetime
    properties: Row


@dataclass(frozen=True)
class TagEntry:
    """One row of the tag history; `index` is its position there."""

    index: int
    tag: str
    at: datetime
    applied: bool


class World:
    """Everything known as of one instant, without events that are ignored or later.

    `standing` (measures by score and contact) and `labels` are empty until all contacts are scored.
    """

    def __init__(
        self,
        book: Mapping[str, Any],
        contacts: Iterable[Row],
        events: Iterable[Row],
        tag_history: Iterable[Row],
        as_of: datetime,
        *,
        files: Files | None = None,
    ) -> None:
        """Group the rows by contact; rows of unknown contacts are dropped."""
        self.files = files or {}
        self.separator = ";"  # of every column tested with `has`, `has_all` or `has_none`
        self.as_of = as_of.astimezone(UTC)
        self.zone = ZoneInfo(book.get("timezone", "UTC"))
        self.contacts: dict[str, Row] = {row["contact_id"]: with_email_domain(row) for row in contacts}
        self.events: dict[str, list[Event]] = {contact_id: [] for contact_id in self.contacts}
        self.history: dict[str, list[TagEntry]] = {contact_id: [] for contact_id in self.contacts}
        self.standing: dict[tuple[str, str], Row] = {}
        self.labels: dict[tuple[str, str], str | None] = {}
        entries = (with_patterns(book) if action_of(book) == "remove" else book).get("ignore", [])
        for index, row in enumerate(events):
            self._add_event(index, row, [entry for entry in entries if not in_sequence(entry)])
        self._take_out([entry for entry in entries if in_sequence(entry)])
        for index, row in enumerate(tag_history):
            self._add_tag_entry(index, row)

    def _add_event(self, index: int, row: Row, ignored: Sequence[Row]) -> None:
        event = Event(index, fold(row["event"]), row["at"].astimezone(UTC), row)
        if row["contact_id"] not in self.contacts or event.at > self.as_of:
            return
        if not any(event_matches(spec, event, self) for spec in ignored):
            self.events[row["contact_id"]].append(event)

    def _take_out(self, entries: Sequence[Row]) -> None:
        """Remove the events that entries in sequence name; no entry sees the removals of another."""
        for contact_id, there in self.events.items():
            self.events[contact_id] = [
                event for event in there if not any(is_named(entry, event, there, self) for entry in entries)
            ]

    def matches(self, spec: Row, event: Event) -> bool:
        """Return whether an event matches a mapping with `event` and `where`."""
        return event_matches(spec, event, self)

    def types(self, spec: Row) -> set[str]:
        """Return the folded types that a mapping with `event` names."""
        return event_types(spec["event"])

    def _add_tag_entry(self, index: int, row: Row) -> None:
        if row["contact_id"] in self.contacts:
            applied = row["action"] == "applied"
            entry = TagEntry(index, fold(row["tag"]), row["at"].astimezone(UTC), applied)
            self.history[row["contact_id"]].append(entry)

    def operands(self, operand: Any) -> list[Any]:
        """Return operands as a list: a list unchanged, a single value, or the values of a file as texts."""
        if not isinstance(operand, Mapping):
            return as_list(operand)
        cells = self.files[operand["file"]][operand.get("column")]
        return [text for cell in cells if (text := present(cell)) is not None]

    def holds(self, condition: Row, contact_id: str) -> bool:
        """Return whether a condition of section 6 holds for a contact."""
        return holds(condition, contact_id, self)


def as_list(value: Any) -> list[Any]:
    """Return a list unchanged, and anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def event_types(event: str | list[str]) -> set[str]:
    """Return the folded types that `event:` names."""
    return {fold(word) for word in as_list(event)}


def event_matches(spec: Row, event: Event, world: World) -> bool:
    """Return whether an event is of one of the types and every predicate of `where` holds."""
    if event.type not in event_types(spec["event"]):
        return False
    return all_match(spec.get("where", {}), event.properties, world)


def all_match(predicates: Row, row: Row, world: World) -> bool:
    """Return whether every named column of the row fits its predicate."""
    return all(fits(predicate, row.get(column), world) for column, predicate in predicates.items())


def fits(predicate: Any, cell: str | None, world: World) -> bool:
    """Return whether a cell fits a predicate: a bare value, a bare list or a mapping of operators."""
    if isinstance(predicate, list):
        predicate = {"in": predicate}
    elif not isinstance(predicate, Mapping):
        predicate = {"equals": predicate}
    sensitive = bool(predicate.get("case_sensitive", False))
    operators = [(word, operand) for word, operand in predicate.items() if word != "case_sensitive"]
    return all(_operator_holds(word, operand, cell, sensitive, world) for word, operand in operators)


def _operator_holds(word: str, operand: Any, cell: str | None, sensitive: bool, world: World) -> bool:
    text = present(cell)
    if word in ("has", "has_all", "has_none"):
        return _holds_items(word, operand, text, sensitive, world)
    if word == "empty":
        return (text is None) is operand
    if text is None:
        return False
    if word in _OPPOSITES:
        return not _present_cell_fits(_OPPOSITES[word], operand, text, sensitive, world)
    return _present_cell_fits(word, operand, text, sensitive, world)


def _holds_items(word: str, operand: Any, text: str | None, sensitive: bool, world: World) -> bool:
    items = [] if text is None else items_of(text, world.separator)
    wanted = world.operands(operand)
    fitting = [[_equals(item, value, sensitive) for item in items] for value in wanted]
    if word == "has_all":
        return bool(items) and all(any(each) for each in fitting)
    found = any(any(each) for each in fitting)
    return found if word == "has" else bool(items) and not found


def items_of(text: str, separator: str) -> list[str]:
    """Split a cell into items: trimmed, unquoted, empty ones dropped; a JSON list of texts is that list."""
    try:
        listed = json.loads(text) if text.startswith("[") else None
    except ValueError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        listed, rest = [], text
        while rest:
            quoted = re.match(r'\s*"([^"]*)"\s*', rest)
            cut = quoted.end() if quoted else (rest + separator).index(separator)
            listed.append(quoted[1] if quoted else rest[:cut])
            rest = rest[cut:].removeprefix(separator)
    return [item for each in listed if (item := present(each)) is not None]


def _present_cell_fits(word: str, operand: Any, text: str, sensitive: bool, world: World) -> bool:
    if word in ("equals", "in"):
        return any(_equals(text, value, sensitive) for value in world.operands(operand))
    if word in _TEXT_OPERATORS:
        return any(_text_holds(word, text, part, sensitive) for part in world.operands(operand))
    if word == "matches":
        return re.search(operand, text, 0 if sensitive else re.IGNORECASE) is not None
    if word in _ORDERINGS:
        return _ordering_holds(word, operand, text, world)
    if word == "between":
        low, high = operand
        return _ordering_holds("at_least", low, text, world) and _ordering_holds("at_most", high, text, world)
    return _within(word, operand, text, world)


def _equals(text: str, value: Any, sensitive: bool) -> bool:
    if isinstance(value, bool):
        return read_boolean(text) is value
    if isinstance(value, int | Decimal):
        number = read_number(text)
        return number is not None and number == Fraction(value)
    return comparable(text, case_sensitive=sensitive) == comparable(trim(value), case_sensitive=sensitive)


def _text_holds(word: str, text: str, part: str, sensitive: bool) -> bool:
    cell = comparable(text, case_sensitive=sensitive)
    wanted = comparable(part, case_sensitive=sensitive)
    if word == "starts_with":
        return cell.startswith(wanted)
    return cell.endswith(wanted) if word == "ends_with" else wanted in cell


def _ordering_holds(word: str, operand: Any, text: str, world: World) -> bool:
    if not isinstance(operand, str):
        number = read_number(text)
        return number is not None and _ordered(word, number, Fraction(operand))
    cell, wanted = read_instant(text, world.zone), read_instant(trim(operand), world.zone)
    if wanted is None:
        raise ValueError(f"not a date: {operand!r}")
    if cell is None:
        return False
    if is_bare_date(trim(operand)):
        return _ordered(word, local_day(cell, world.zone), date.fromisoformat(trim(operand)))
    return _ordered(word, cell, wanted)


def _ordered(word: str, left: Any, right: Any) -> bool:
    if word == "at_least":
        return bool(left >= right)
    if word == "at_most":
        return bool(left <= right)
    return bool(left > right) if word == "more_than" else bool(left < right)


def _within(word: str, period: str, text: str, world: World) -> bool:
    cell = read_instant(text, world.zone)
    if cell is None:
        return False
    day, today = local_day(cell, world.zone), local_day(world.as_of, world.zone)
    if word == "within_last":
        return local_day(before(world.as_of, period, world.zone), world.zone) < day <= today
    if word == "within_next":
        return today <= day <= local_day(after(world.as_of, period, world.zone), world.zone)
    raise ValueError(f"no such operator: {word}")


def held_tags(contact_id: str, world: World) -> dict[str, datetime | None]:
    """Return the folded tags that a contact has, each with its latest application, or None if unknown."""
    listed = {fold(tag) for tag in world.contacts[contact_id].get("tags") or [] if trim(tag)}
    entries: dict[str, list[TagEntry]] = {}
    for entry in world.history[contact_id]:
        entries.setdefault(entry.tag, []).append(entry)
    held: dict[str, datetime | None] = {tag: None for tag in listed if tag not in entries}
    for tag, all_of_tag in entries.items():
        known = [entry for entry in all_of_tag if entry.at <= world.as_of]
        latest = max(known, key=lambda entry: (entry.at, entry.index), default=None)
        if latest is not None and latest.applied:
            held[tag] = latest.at
    return held


def matching_tags(form: Any, contact_id: str, world: World) -> dict[str, datetime | None]:
    """Return the held tags that a tag form matches; empty if the form as a whole does not hold."""
    held = held_tags(contact_id, world)
    if isinstance(form, Mapping) and "like" in form:
        patterns = [_pattern(pattern) for pattern in as_list(form["like"])]
        return {tag: at for tag, at in held.items() if any(pattern.fullmatch(tag) for pattern in patterns)}
    needs_all = isinstance(form, Mapping) and "all" in form
    listed = form["all"] if needs_all else form["in"] if isinstance(form, Mapping) else form
    wanted = {fold(tag) for tag in world.operands(listed)}
    if needs_all and not wanted <= held.keys():
        return {}
    return {tag: at for tag, at in held.items() if tag in wanted}


def _pattern(pattern: str) -> re.Pattern[str]:
    special = {"*": ".*", "?": "."}
    return re.compile("".join(special.get(char, re.escape(char)) for char in fold(pattern)), re.DOTALL)


def holds(condition: Row, contact_id: str, world: World) -> bool:
    """Return whether a condition of section 6 holds for a contact."""
    if "all" in condition:
        return all(holds(part, contact_id, world) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, contact_id, world) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], contact_id, world)
    return _leaf_holds(condition, contact_id, world)


def _leaf_holds(condition: Row, contact_id: str, world: World) -> bool:
    if "tag" in condition:
        return bool(matching_tags(condition["tag"], contact_id, world))
    if "field" in condition:
        return all_match(condition["field"], world.contacts[contact_id], world)
    if "score" in condition:
        return _stands(condition, world.standing.get((condition["score"], contact_id)))
    if "label" in condition:
        asked = condition["label"].items()
        return all(
            world.labels[name, contact_id] in [str(text) for text in as_list(texts)] for name, texts in asked
        )
    return _enough_events(condition, contact_id, world)


def _stands(condition: Row, measures: Row | None) -> bool:
    """Return whether a contact's measures under a score match; without a row there, nothing matches."""
    asked = {word: wanted for word, wanted in condition.items() if word != "score"}
    return measures is not None and all(_measures(measures[word], wanted) for word, wanted in asked.items())


def _measures(number: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return all(_ordered(word, Fraction(number), Fraction(bound)) for word, bound in wanted.items())
    return Fraction(number) in [Fraction(each) for each in as_list(wanted)]


def with_email_domain(contact: Row) -> Row:
    """Add `email_domain`, the part after the last `@` of `email`; None if malformed.

    A contact that has no `email` column, or already has `email_domain`, is returned unchanged.
    """
    if "email_domain" in contact or "email" not in contact:
        return contact
    before, at, rest = trim(contact["email"] or "").rpartition("@")
    parts = rest.lower().rstrip(".").split(".")
    odd = any(char in "@<>,;()" or char in WHITE_SPACE for char in rest)
    sound = before and at and len(parts) > 1 and all(parts) and not odd
    return {**contact, "email_domain": ".".join(parts) if sound else None}


def _enough_events(condition: Row, contact_id: str, world: World) -> bool:
    window = condition.get("last", "never")
    found = [event for event in world.events[contact_id] if event_matches(condition, event, world)]
    found = after_reset(condition.get("since", "none"), found, contact_id, world)
    found = [event for event in found if followers_hold(condition, event, contact_id, world)]
    found = completions(condition, found, world)
    found = [event for event in found if in_window(event.at, window, world.as_of, world.zone)]
    per = condition.get("per")
    number = len(found) if per is None else len({per_value(per, event, world) for event in found})
    if not times_hold(condition.get("times", 1), number):
        return False
    return all(
        _sum_holds(bounds, _sum(column, per, found, world))
        for column, bounds in condition.get("sum", {}).items()
    )


def times_hold(times: Any, number: int) -> bool:
    """Return whether a number is enough, or within both bounds; without `at_least`, 0 is within them."""
    if not isinstance(times, Mapping):
        return number >= int(times)
    return times.get("at_least", 0) <= number <= times.get("at_most", number)


def _sum_holds(bounds: Row, total: int) -> bool:
    return all(_ordered(word, total, ten_thousandths(operand)) for word, operand in bounds.items())


def _sum(column: str, per: Any, found: list[Event], world: World) -> int:
    """Sum a column's numbers; under `per` only that of each value's latest event, the largest among ties."""
    if per is None:
        return sum(amount_of(column, event) for event in found)
    best: dict[object, tuple[datetime, int]] = {}
    for event in found:
        value, given = per_value(per, event, world), (event.at, amount_of(column, event))
        best[value] = max(best.get(value, given), given)
    return sum(amount for _, amount in best.values())


def amount_of(column: str, event: Event) -> int:
    """Return a property's number in ten-thousandths; 0 if it has none or its size exceeds a billion (1e9)."""
    cell = present(event.properties.get(column))
    number = None if cell is None else read_number(cell)
    if number is None:
        return 0
    return 0 if abs(ten_thousandths(number)) > _LARGEST_AMOUNT else ten_thousandths(number)


def after_reset(since: Any, found: list[Event], contact_id: str, world: World) -> list[Event]:
    """Return the events after the contact's reset, or all of them without a reset."""
    reset = reset_of(since, contact_id, world)
    return found if reset is None else [event for event in found if event.at > reset]


def reset_of(since: Any, contact_id: str, world: World) -> datetime | None:
    """Return the instant of the latest event that `since` names, at or before the instant of scoring."""
    if since == "none":
        return None
    specs = as_list(since)
    times = (
        event.at
        for event in world.events[contact_id]
        if any(event_matches(spec, event, world) for spec in specs)
    )
    return max(times, default=None)


def followers_hold(spec: Row, event: Event, contact_id: str, world: World) -> bool:
    """Return whether an event is followed, or not followed, as a rule or condition requires."""
    wanted, unwanted = spec.get("followed_by"), spec.get("unless_followed_by")
    if wanted is not None and not _is_followed(spec, wanted, event, contact_id, world):
        return False
    if unwanted is None:
        return True
    known = event.at + fixed_length(unwanted["within"]) <= world.as_of
    return known and not _is_followed(spec, unwanted, event, contact_id, world)


def _is_followed(spec: Row, follower: Row, event: Event, contact_id: str, world: World) -> bool:
    strictly_later = bool(event_types(spec["event"]) & event_types(follower["event"]))
    start = event.at + fixed_length(follower["after"]) if "after" in follower else event.at
    end = event.at + fixed_length(follower["within"])
    for other in world.events[contact_id]:
        if other.index == event.index or not event_matches(follower, other, world):
            continue
        if "same" in follower and not _same(follower["same"], event, other):
            continue
        late_enough = event.at < other.at if strictly_later else event.at <= other.at
        if late_enough and start <= other.at <= end:
            return True
    return False


def _same(column: str, event: Event, other: Event) -> bool:
    """Return whether both events have a property, with exactly the same value."""
    cell = event.properties.get(column)
    return present(cell) is not None and cell == other.properties.get(column)


def completions(spec: Row, found: list[Event], world: World) -> list[Event]:
    """Return the event that completes each burst (the first row among ties), or all without `burst`."""
    if "burst" not in spec:
        return found
    burst = spec["burst"]
    occurrences = [(e.at, per_value(burst["per"], e, world) if "per" in burst else None) for e in found]
    within = fixed_length(burst["within"])
    ends = [end for _, end in bursts(occurrences, burst["times"], within, distinct="per" in burst)]
    return [min((e for e in found if e.at == end), key=lambda e: e.index) for end in ends]


def per_value(per: Any, event: Event, world: World) -> object:
    """Return what `per` groups by: a calendar day, week or month, or a property's value unchanged."""
    day = local_day(event.at, world.zone)
    if per == "day":
        return day
    if per == "week":
        return day.isocalendar()[:2]
    if per == "month":
        return day.year, day.month
    cell = event.properties.get(per["property"] if isinstance(per, Mapping) else per)
    return None if present(cell) is None else cell
