"""How far back rules, conditions and entries of `ignore` need events. Additions, section 15."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from oracle_counting import fade_start
from oracle_ignored import in_sequence, is_named
from oracle_words import before, fixed_length

if TYPE_CHECKING:
    from oracle_conditions import Event, Row, World

Edge = datetime | None
"""An instant after which events are needed; None if they are always needed."""

Asked = tuple[Any, Edge]
"""A mapping with `event`, and the edge after which its events are needed."""


class Needed:
    """The edges after which rules, conditions and entries need events.

    The edge of a type is the earliest that any rule, condition or idleness sets for it. A plain entry
    examines each type back to its edge. An entry in sequence examines its events, and the events that they
    follow, back to the earliest edge of its types, and `within` further. Types that only entries name are
    examined back to the earliest edge of the book that is not None; if all are None, without limit.
    """

    def __init__(self, book: Mapping[str, Any], world: "World") -> None:
        """Collect the edges that rules and conditions of a book set."""
        self._world = world
        self._since: dict[str, Edge] = {}
        self._widest: Edge = None
        for spec, edge in _asked_of_book(book, world):
            if edge is not None:
                self._widest = edge if self._widest is None else min(edge, self._widest)
            for kind in world.types(spec):
                self._since[kind] = _earlier(self._since[kind], edge) if kind in self._since else edge

    def named(self, entry: "Row", there: Sequence["Event"]) -> set[int]:
        """Return the indexes of the events of a contact that an entry names."""
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

    def is_named(self, kind: str) -> bool:
        """Return whether a rule, a condition or idleness names a type."""
        return any(each in self._since for each in self._world.types({"event": kind}))

    def is_old(self, kind: str, at: datetime, entries: Sequence["Row"]) -> bool:
        """Return whether an event of a type is older than anything needs."""
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


def _asked_of_book(book: Mapping[str, Any], world: "World") -> list[Asked]:
    """Return the events that rules, conditions and idleness refer to, each with its edge."""
    asked: list[Asked] = []
    for score in book["scores"].values():
        if score.get("enabled", True):
            asked += _asked_of(score.get("population"), world)
            rules = [rule for rule in score["rules"] if rule.get("enabled", True)]
            for rule in rules:
                asked += _asked_of_rule(rule, score, world)
            asked += _quiet(score.get("idle"), rules, world)
            for name, group in score.get("groups", {}).items():
                asked += _quiet(group.get("idle"), [r for r in rules if r.get("group") == name], world)
    branches = [branch for label in book.get("labels", {}).values() for branch in label.get("first_of", [])]
    for spec in (*branches, *book.get("accounts", {}).get("roles", {}).values()):
        asked += _asked_of(spec.get("if"), world)
    return asked


def _quiet(idle: Any, rules: list["Row"], world: "World") -> list[Asked]:
    """Return the events that end idleness: those named, else those of rules that give points for events."""
    if idle is None:
        return []
    decay = idle if isinstance(idle, str) else {word: idle[word] for word in idle if word != "activity"}
    edge = fade_start(decay, world.as_of) if isinstance(decay, str) or "linear" in decay else None
    named = None if isinstance(idle, str) else idle.get("activity")
    if named is None:
        named = [r for r in rules if "event" in r and (isinstance(r["points"], Mapping) or r["points"] > 0)]
    return [(each, edge) for each in (named if isinstance(named, list) else [named])]


def _asked_of_rule(rule: "Row", score: "Row", world: "World") -> list[Asked]:
    asked = _asked_of(rule.get("if"), world)
    for branch in rule.get("first_of", []):
        asked += _asked_of(branch.get("if"), world)
    group = score.get("groups", {}).get(rule.get("group"), {})
    places = (rule, group, score.get("defaults", {})) if "event" in rule else (rule,)
    window = next((place["expires"] for place in places if "expires" in place), "never")
    since = next((place["since"] for place in places if "since" in place), "none")
    if "event" in rule:
        asked += _sequence(rule, window, since, world)
    elif "tag" in rule:
        asked += [(each, _edge(window, world)) for each in _resets(since)]
    return asked


def _asked_of(condition: Any, world: "World") -> list[Asked]:
    if condition is None:
        return []
    if "event" in condition:
        return _sequence(condition, condition.get("last", "never"), condition.get("since", "none"), world)
    parts = [*condition.get("all", []), *condition.get("any", [])]
    parts += [condition["not"]] if "not" in condition else []
    return [each for part in parts for each in _asked_of(part, world)]


def _sequence(spec: "Row", window: str, since: Any, world: "World") -> list[Asked]:
    """Return events, their followers and resets: all as far back as the window, or the bursts in it."""
    edge = _edge(window, world)
    if edge is not None and "burst" in spec:
        edge -= fixed_length(spec["burst"]["within"])
    followers = [spec[word] for word in ("followed_by", "unless_followed_by") if word in spec]
    return [(each, edge) for each in (spec, *followers, *_resets(since))]


def _edge(window: str, world: "World") -> Edge:
    return None if window == "never" else before(world.as_of, window, world.zone)


def _resets(since: Any) -> list["Row"]:
    if since == "none":
        return []
    return since if isinstance(since, list) else [since]
