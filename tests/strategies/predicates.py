"""Strategies for predicates, tag forms and conditions (sections 4.3, 5 and 6)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from oracle_conditions import as_list, event_types
from oracle_words import fixed_length, fold, read_instant
from strategies.words import (
    AFTER_PERIODS,
    BOOLEAN_CELLS,
    BURST_PERIODS,
    CODE_CELLS,
    DAY_OFFSETS,
    DAY_PERIODS,
    DOMAIN_OPERANDS,
    DOMAIN_PARTS,
    EMAIL_CELLS,
    EVENT_COLUMNS,
    EVENT_TYPES,
    FIELD_COLUMNS,
    FOLLOWER_PERIODS,
    ITEMS,
    LIST_CELLS,
    NUMBER_CELLS,
    NUMBERS,
    PARTS,
    PATTERNS,
    SUMS,
    TAG_PATTERNS,
    TAGS,
    TEXT_CELLS,
    TEXT_LISTS,
    TEXT_OPERANDS,
    chance,
    one_of,
    one_or_list,
    periods,
    some_of,
)

Predicate = Any
Operators = dict[str, Any]
_CELLS = {
    "email": EMAIL_CELLS,
    "list": LIST_CELLS,
    "text": TEXT_CELLS,
    "number": NUMBER_CELLS,
    "code": CODE_CELLS,
    "boolean": BOOLEAN_CELLS,
}
_ORDERINGS = ("at_least", "at_most", "more_than", "less_than")
_PART_OPERATORS = ("contains", "not_contains", "starts_with", "ends_with")
_SHORTEST_DAYS = {"mo": 28, "y": 365}
CALENDAR = ("day", "week", "month")


class Clock:
    """The instant and time zone around which date operands and cells are drawn."""

    def __init__(self, as_of: datetime, zone: ZoneInfo) -> None:
        self.as_of = as_of
        self.zone = zone

    def date_text(self, dice: Random) -> str:
        """Draw a bare date near today."""
        day = self.as_of.astimezone(self.zone).date() + timedelta(days=one_of(dice, DAY_OFFSETS))
        return day.isoformat()

    def instant_text(self, dice: Random) -> str:
        """Draw an instant near the edge of a day, in one of the notations."""
        local = datetime.fromisoformat(self.date_text(dice)).replace(tzinfo=self.zone)
        instant = local + timedelta(seconds=one_of(dice, (0, -1, 1, 5400, 9000)))
        notation = one_of(dice, ("Z", "offset", "naive", "short", "fraction"))
        if notation == "Z":
            return _utc(instant).strftime("%Y-%m-%dT%H:%M:%SZ")
        if notation == "offset":
            return (_utc(instant) - timedelta(minutes=210)).strftime("%Y-%m-%d %H:%M:%S-03:30")
        if notation == "naive":
            return instant.strftime("%Y-%m-%dT%H:%M:%S")
        return instant.strftime("%Y-%m-%d %H:%M" if notation == "short" else "%Y-%m-%d %H:%M:%S.999")

    def range(self, dice: Random, kind: str) -> list[str]:
        """Draw two dates, two instants, or one of each, the earlier one first."""
        draw = self.date_text if kind == "date" else self.instant_text
        ends = [draw(dice), (self.instant_text if chance(dice, 2) else draw)(dice)]
        low, high = (read_instant(end, self.zone) for end in ends)
        assert low is not None
        assert high is not None
        return ends if low <= high else ends[::-1]

    def cell(self, dice: Random) -> str | None:
        """Draw a cell of a date column."""
        kind = one_of(dice, ("date", "date", "instant", "junk"))
        if kind == "junk":
            return one_of(dice, (None, "", "2026-02-30", "21.11.2026", "soon", "5"))
        return self.date_text(dice) if kind == "date" else self.instant_text(dice)


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo("UTC"))


def cells(dice: Random, kind: str, clock: Clock) -> str | None:
    """Draw a cell for a column of a kind."""
    if kind == "date":
        return clock.cell(dice)
    return one_of(dice, _CELLS[kind])


def _text_operator(dice: Random, _: Clock) -> Operators:
    word = one_of(dice, ("equals", "not_equals", "in", "not_in", "matches", "not_contains", *_PART_OPERATORS))
    if word in (*_PART_OPERATORS, "in", "not_in") and chance(dice, 4):
        return {word: one_of(dice, TEXT_LISTS)}
    if word in _PART_OPERATORS:
        return {word: one_or_list(dice, PARTS)}
    if word == "matches":
        return {word: one_of(dice, PATTERNS)}
    if word in ("in", "not_in"):
        return {word: some_of(dice, (*TEXT_OPERANDS, 5), 3)}
    return {word: one_of(dice, (*TEXT_OPERANDS, 5))}


def _list_operator(dice: Random, _: Clock) -> Operators:
    word = one_of(dice, ("has", "has_all", "has_none", "has_none", "contains"))
    if word == "contains":
        return {word: one_of(dice, ("CRM", ";", "mail"))}
    if chance(dice, 2):
        return {word: {"file": "lists/products.txt"}}
    return {word: some_of(dice, ITEMS, 2) if chance(dice, 10) else one_of(dice, ITEMS)}


def _domain_operator(dice: Random, _: Clock) -> Operators:
    word = one_of(dice, ("equals", "not_equals", "in", "in", "not_in", "ends_with", "not_contains"))
    if word in ("ends_with", "not_contains"):
        return {word: one_or_list(dice, DOMAIN_PARTS)}
    if word in ("in", "not_in"):
        listed = {"file": "lists/targets.csv", "column": "domain"}
        return {word: listed if chance(dice, 8) else some_of(dice, DOMAIN_OPERANDS, 3)}
    return {word: one_of(dice, DOMAIN_OPERANDS)}


def _number_operator(dice: Random, _: Clock) -> Operators:
    word = one_of(dice, ("equals", "not_equals", "in", "not_in", "between", *_ORDERINGS, *_ORDERINGS))
    if word in ("in", "not_in"):
        return {word: some_of(dice, (*NUMBERS, "many", "1,000", "5"), 3)}
    if word == "between":
        return {word: sorted((one_of(dice, NUMBERS), one_of(dice, NUMBERS)))}
    return {word: one_of(dice, NUMBERS)}


def _boolean_operator(dice: Random, _: Clock) -> Operators:
    word = one_of(dice, ("equals", "equals", "not_equals", "in", "not_in"))
    if word in ("in", "not_in"):
        return {word: some_of(dice, (True, False, "maybe"), 2)}
    return {word: one_of(dice, (True, False))}


def _date_operator(dice: Random, clock: Clock) -> Operators:
    kind = one_of(dice, ("within_last", "within_next", "date", "instant"))
    if kind.startswith("within"):
        return {kind: one_of(dice, DAY_PERIODS)}
    word = one_of(dice, ("between", *_ORDERINGS))
    if word == "between":
        return {word: clock.range(dice, kind)}
    operand = clock.date_text(dice) if kind == "date" else clock.instant_text(dice)
    return {word: operand}


_OPERATORS: Mapping[str, Callable[[Random, Clock], Operators]] = {
    "text": _text_operator,
    "email": _domain_operator,
    "list": _list_operator,
    "domain": _domain_operator,
    "number": _number_operator,
    "code": _number_operator,
    "boolean": _boolean_operator,
    "date": _date_operator,
}


def predicate(dice: Random, kind: str, clock: Clock) -> Predicate:
    """Draw a predicate: one operator or several, or the short form of `equals` or `in`."""
    operators = dict(_OPERATORS[kind](dice, clock))
    if kind in ("text", "list") and chance(dice, 8 if kind == "text" else 3):
        return operators | {"case_sensitive": True}
    if chance(dice, 3):
        operators = {"empty": one_of(dice, (True, False))}
    elif chance(dice, 3):
        operators |= _OPERATORS[kind](dice, clock)
    elif chance(dice, 2):
        operators |= {"empty": False}
    if chance(dice, 10) and len(operators) == 1:
        [(word, operand)] = operators.items()
        return operand if word in ("equals", "in") and not isinstance(operand, Mapping) else operators
    return operators


def predicates(dice: Random, columns: Mapping[str, str], clock: Clock) -> dict[str, Predicate]:
    """Draw a mapping of one column, rarely two, to predicates."""
    names = some_of(dice, tuple(columns), 2) if chance(dice, 3) else [one_of(dice, tuple(columns))]
    return {name: predicate(dice, columns[name], clock) for name in names}


def event_words(dice: Random) -> str | list[str]:
    """Draw the type or types that `event:` names."""
    return one_or_list(dice, EVENT_TYPES)


def with_where(dice: Random, spec: dict[str, Any], clock: Clock, odds: int = 8) -> dict[str, Any]:
    """Return an event's spec, with a `where` at the given odds (in twenty)."""
    return spec | {"where": predicates(dice, EVENT_COLUMNS, clock)} if chance(dice, odds) else spec


def per(dice: Random) -> Any:
    """Draw a `per`: a calendar period, a property, or the long form of a property."""
    return one_of(dice, (*CALENDAR, "asset", "asset", {"property": "day"}))


def burst(dice: Random) -> dict[str, Any]:
    """Draw a `burst`, with or without `per`."""
    made = {"times": one_of(dice, (2, 2, 3, 4)), "within": one_of(dice, BURST_PERIODS)}
    return made | {"per": per(dice)} if chance(dice, 10) else made


def tag_form(dice: Random) -> Any:
    """Draw a tag, a list of tags, or one of the long forms."""
    kind = one_of(dice, ("one", "list", "all", "like", "file"))
    if kind == "file":
        return {"in": {"file": "lists/tags.txt"}}
    if kind == "one":
        return one_of(dice, TAGS)
    if kind == "list":
        return some_of(dice, TAGS, 3)
    if kind == "all":
        return {"all": some_of(dice, TAGS, 2)}
    return {"like": one_or_list(dice, TAG_PATTERNS)}


def times(dice: Random, *, least: int) -> Any:
    """Draw `times`: a number, an upper bound of at least `least`, or both bounds."""
    kind = one_of(dice, ("number", "number", "most", "most", "both"))
    if kind == "number":
        return one_of(dice, (2, 1, 3))
    low, high = sorted((one_of(dice, (1, 2, 3)), one_of(dice, (1, 2, 4))))
    return (
        {"at_most": max(least, one_of(dice, (0, 1, 2)))}
        if kind == "most"
        else {"at_least": low, "at_most": high}
    )


def _sums(dice: Random) -> dict[str, Any]:
    """Draw bounds of `sum`, close to the sums of a few cells."""
    words = some_of(dice, _ORDERINGS, 2) if chance(dice, 5) else [one_of(dice, _ORDERINGS)]
    sums = {"seconds": {word: one_of(dice, SUMS) for word in words}}
    return sums | {"day": {one_of(dice, _ORDERINGS): one_of(dice, SUMS)}} if chance(dice, 3) else sums


def follower(dice: Random, spec: dict[str, Any], clock: Clock) -> dict[str, Any]:
    """Draw a follower of the events that a rule or condition names, sometimes with `after` or `same`."""
    event = spec["event"] if chance(dice, 6) else event_words(dice)
    made = with_where(dice, {"event": event}, clock, 8) | {"within": one_of(dice, FOLLOWER_PERIODS)}
    shorter = [period for period in AFTER_PERIODS if fixed_length(period) < fixed_length(made["within"])]
    if shorter and chance(dice, 16):
        made["after"] = one_of(dice, shorter)
    return made | {"same": one_of(dice, ("asset", "day"))} if chance(dice, 8) else made


def resets(dice: Random, spec: dict[str, Any], clock: Clock) -> Any:
    """Draw a `since` that leaves `spec` something to count: not all of its events are resets."""
    entries = []
    for _ in range(one_of(dice, (1, 1, 2))):
        made = with_where(dice, {"event": event_words(dice)}, clock, 9)
        if "where" not in made and {*map(fold, as_list(spec.get("event", [])))} & event_types(made["event"]):
            made["where"] = predicates(dice, EVENT_COLUMNS, clock)
        entries.append(made)
    return entries if len(entries) > 1 or chance(dice, 4) else entries[0]


def _event_condition(dice: Random, clock: Clock) -> dict[str, Any]:
    condition = with_where(dice, {"event": event_words(dice)}, clock, 6)
    if chance(dice, 8):
        condition["last"] = periods(dice)
    if chance(dice, 4):
        condition["burst"] = burst(dice)
    elif chance(dice, 11):
        condition["per"] = per(dice)
    if chance(dice, 4 if "burst" in condition else 8) or "per" in condition:
        condition["times"] = times(dice, least=0) if chance(dice, 14) else one_of(dice, (2, 3))
    if chance(dice, 5):
        condition["since"] = resets(dice, condition, clock) if chance(dice, 19) else "none"
    if chance(dice, 6):
        condition["followed_by"] = follower(dice, condition, clock)
    if chance(dice, 9):
        unless = follower(dice, condition, clock)
        if surely_longer(condition.get("last", "never"), unless["within"]):
            condition["unless_followed_by"] = unless
    if "burst" not in condition and chance(dice, 5):
        condition["sum"] = _sums(dice)
    return condition


def surely_longer(window: str, within: str) -> bool:
    """Return whether a window is longer than a fixed length, whatever its dates."""
    if window == "never":
        return True
    unit = window.lstrip("0123456789")
    amount = int(window.removesuffix(unit))
    days = _SHORTEST_DAYS.get(unit)
    length = fixed_length(window) if days is None else timedelta(days=days * amount)
    return length > fixed_length(within)


def condition(dice: Random, clock: Clock, depth: int = 2) -> dict[str, Any]:
    """Draw a condition, nested at most `depth` deep."""
    leaves = ("tag", "field", "event", "event")
    kind = one_of(dice, (*leaves, "all", "any", "not") if depth else leaves)
    if kind == "tag":
        return {"tag": tag_form(dice)}
    if kind == "field":
        return {"field": predicates(dice, FIELD_COLUMNS, clock)}
    if kind == "event":
        return _event_condition(dice, clock)
    if kind == "not":
        return {"not": condition(dice, clock, depth - 1)}
    return {kind: [condition(dice, clock, depth - 1) for _ in range(one_of(dice, (2, 1, 3)))]}
