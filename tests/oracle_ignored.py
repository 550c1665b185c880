"""Which events entries in sequence name, and what looks like a mail scanner's. Additions, section 12."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any

from oracle_words import before, fixed_length, local_day, present

if TYPE_CHECKING:
    from oracle_conditions import Event, Row, World

STANDARD: list[dict[str, Any]] = [
    {"event": ["email_open", "link_click"], "at_once": {"times": 3, "within": "5s", "per": "url"}},
    {
        "event": ["email_open", "link_click"],
        "follows": {"event": "email_delivered", "within": "10s", "same": "asset"},
    },
]


def patterns_of(book: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the patterns of a book's `bots`, none where there is no such key."""
    bots = book.get("bots")
    if bots is None:
        return []
    return list(bots.get("patterns", STANDARD)) if isinstance(bots, Mapping) else STANDARD


def action_of(book: Mapping[str, Any]) -> str | None:
    """Give `show` or `remove`; None where the book says nothing of bots."""
    bots = book.get("bots")
    return bots.get("action", "show") if isinstance(bots, Mapping) else bots


def with_patterns(book: Mapping[str, Any]) -> dict[str, Any]:
    """Give the book with the patterns under `ignore`, and without `bots`."""
    return without_bots(book) | {"ignore": [*book.get("ignore", []), *patterns_of(book)]}


def without_bots(book: Mapping[str, Any]) -> dict[str, Any]:
    """Give the book without `bots`."""
    return {word: value for word, value in book.items() if word != "bots"}


def in_sequence(entry: "Row") -> bool:
    """Say whether an entry asks anything of events in sequence."""
    return "follows" in entry or "at_once" in entry


def is_named(entry: "Row", event: "Event", there: Sequence["Event"], world: "World") -> bool:
    """Say whether an entry names an event of a contact, among all that are there."""
    if not world.matches(entry, event):
        return False
    if "follows" in entry and not _follows(entry, event, there, world):
        return False
    return "at_once" not in entry or _at_once(entry, event, there, world)


def _follows(entry: "Row", event: "Event", there: Sequence["Event"], world: "World") -> bool:
    asked = entry["follows"]
    within = fixed_length(asked["within"])
    strictly = bool(world.types(entry) & world.types(asked))
    for other in there:
        if other.index == event.index or not world.matches(asked, other):
            continue
        if not (other.at < event.at if strictly else other.at <= event.at) or event.at > other.at + within:
            continue
        if "same" in asked and not _same(asked["same"], event, other):
            continue
        return True
    return False


def _same(column: str, event: "Event", other: "Event") -> bool:
    mine, its = event.properties.get(column), other.properties.get(column)
    return present(mine) is not None and mine == its


def _at_once(entry: "Row", event: "Event", there: Sequence["Event"], world: "World") -> bool:
    asked = entry["at_once"]
    within = fixed_length(asked["within"])
    alike = [other for other in there if world.matches(entry, other)]
    for start in {other.at for other in alike}:
        if start <= event.at <= start + within:
            window = [other for other in alike if start <= other.at <= start + within]
            values = {_value(asked.get("per"), other, world) for other in window}
            if len(values) >= asked["times"]:
                return True
    return False


def _value(per: Any, event: "Event", world: "World") -> object:
    """Give what tells events apart: the event itself, a calendar period, or a property."""
    if per is None:
        return event.index
    day = local_day(event.at, world.zone)
    if per == "day":
        return day
    if per == "week":
        return day - timedelta(days=day.weekday())
    if per == "month":
        return day.year, day.month
    cell = event.properties.get(per["property"] if isinstance(per, Mapping) else per)
    return None if present(cell) is None else cell


# --- what is old, section 15


Edge = datetime | None
"""An instant after which events are needed; None for those that are needed ever."""


class Needed:
    """Since when events are needed by rules and conditions, and by what entries look at.

    An entry in sequence looks at its events, and at those that they follow, for as long as any of its types
    is needed by anything but entries, and `within` longer; a plain one for as long as each type is needed.
    What nobody needs is looked at for as long as the longest window.
    """

    def __init__(self, book: Mapping[str, Any], world: "World") -> None:
        """Gather what rules and conditions of a book ask."""
        self._world = world
        self._since: dict[str, Edge] = {}
        self._widest: Edge = None
        for spec, window in _asked_of_book(book, world):
            edge = None if window == "never" else before(world.as_of, window, world.zone)
            if edge is not None:
                self._widest = edge if self._widest is None else min(edge, self._widest)
            for kind in world.types(spec):
                self._since[kind] = _earlier(self._since[kind], edge) if kind in self._since else edge

    def named(self, entry: "Row", there: Sequence["Event"]) -> set[int]:
        """Give the places of the events of a contact that an entry names."""
        if not in_sequence(entry):
            recent = [e for e in there if self._after(self._since.get(e.type, self._widest), e)]
            return {e.index for e in recent if self._world.matches(entry, e)}
        mine = [self._since[kind] for kind in self._world.types(entry) if kind in self._since]
        edge = reduce(_earlier, mine or [self._widest])
        found = {event.index for event in there}
        for test in ("follows", "at_once"):
            if test in entry:
                start = None if edge is None else edge - fixed_length(entry[test]["within"])
                recent = [event for event in there if self._after(start, event)]
                alone = {word: entry[word] for word in ("event", "where", test) if word in entry}
                found &= {e.index for e in recent if is_named(alone, e, recent, self._world)}
        return found

    def is_old(self, kind: str, at: datetime, entries: Sequence["Row"]) -> bool:
        """Say whether an event of a type is older than anything looks at."""
        kinds = self._world.types({"event": kind})
        edges = [self._since.get(each, self._widest) for each in kinds]
        for entry in filter(in_sequence, entries):
            mine = [self._since[each] for each in self._world.types(entry) if each in self._since]
            edge = reduce(_earlier, mine or [self._widest])
            tests = [entry[test] for test in ("follows", "at_once") if test in entry]
            longest = max(fixed_length(test["within"]) for test in tests)
            edges.append(None if edge is None else edge - longest)
        return all(edge is not None and at <= edge for edge in edges)

    @staticmethod
    def _after(edge: Edge, event: "Event") -> bool:
        return edge is None or event.at > edge


def _earlier(one: Edge, other: Edge) -> Edge:
    return None if one is None or other is None else min(one, other)


def _asked_of_book(book: Mapping[str, Any], world: "World") -> list[tuple[Any, str]]:
    """Give what rules and conditions ask of events, each with its window."""
    asked: list[tuple[Any, str]] = []
    for score in book["scores"].values():
        if score.get("enabled", True):
            asked += _asked_of(score.get("population"), world)
            for rule in (rule for rule in score["rules"] if rule.get("enabled", True)):
                asked += _asked_of_rule(rule, score, world)
    return asked


def _asked_of_rule(rule: "Row", score: "Row", world: "World") -> list[tuple[Any, str]]:
    asked = _asked_of(rule.get("if"), world)
    for branch in rule.get("first_of", []):
        asked += _asked_of(branch.get("if"), world)
    if "event" in rule:
        group = score.get("groups", {}).get(rule.get("group"), {})
        places = (rule, group, score.get("defaults", {}))
        window = next((place["expires"] for place in places if "expires" in place), "never")
        others = [rule[word] for word in ("followed_by", "unless_followed_by") if word in rule]
        asked += [(each, window) for each in (rule, *others)]
    return asked


def _asked_of(condition: Any, world: "World") -> list[tuple[Any, str]]:
    if condition is None:
        return []
    if "event" in condition:
        return [(condition, condition.get("last", "never"))]
    parts = [*condition.get("all", []), *condition.get("any", [])]
    parts += [condition["not"]] if "not" in condition else []
    return [each for part in parts for each in _asked_of(part, world)]
