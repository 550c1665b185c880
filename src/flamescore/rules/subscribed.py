"""Events that an alert waits for, read from another file like those of an event rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import RuleFileError
from flamescore.rules import condition_book
from flamescore.rules import rulebook as book
from flamescore.rules.checks import check_conditions, check_nulls
from flamescore.rules.conditions import EVENT_KEYS, FOLLOWER, event_match, follower_of
from flamescore.rules.never import check_wait
from flamescore.rules.properties import PER, TIMES_OF_RULE
from flamescore.rules.reading import RuleReading, in_order, read_valid
from flamescore.schema_reader import At, Key, RefusedError, Shape
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from flamescore.rules.lists import Lists
    from flamescore.rules.reading import Need
    from flamescore.schema_reader import Value
    from flamescore.units import Period
    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath

_EVENTS: Final = Shape(
    "AlertEvents",
    "The events that an alert waits for.",
    {
        **EVENT_KEYS,
        "followed_by": Key(FOLLOWER, "Counts only with such an event after it."),
        "unless_followed_by": Key(FOLLOWER, "Counts only without such an event after it."),
        "per": Key(PER, "Keep the latest of each day, week, month, or value of this property."),
        "times": Key(TIMES_OF_RULE, "Nothing counts until there are so many."),
    },
)


class LoadedEvents(Struct, frozen=True):
    """Events that something in another file waits for, their path, and their requirements on the exports.

    `keys` are the keys of the mapping that define the events; `window` is their maximum age (None: any age).
    """

    document: Document
    path: NodePath
    keys: frozenset[str]
    window: Period | None
    needs: tuple[Need, ...]
    lists: Lists | None = None

    def rule(self, zone: ZoneInfo) -> book.EventRule:
        """Return the events as a rule that counts the latest of them, with its naive times in a zone.

        Raises:
            RuleFileError: the ends of a `between` are in the wrong order in this zone.
        """
        reading = RuleReading(self.document, zone=zone, lists=self.lists)
        return _rule(read_valid(_EVENTS.read, _at(reading, self.path, self.keys)), self.window)


def load_events(
    document: Document,
    path: NodePath,
    keys: Collection[str],
    window: Period | None,
    lists: Lists | None = None,
) -> LoadedEvents:
    """Load the keys of a mapping of another file that define the events that something there waits for.

    They are keys of an event rule: `event, where, followed_by, unless_followed_by, per, times`.

    Raises:
        RuleFileError: with every fault, in order.
    """
    reading = RuleReading(document, knows_zone=False, lists=lists)
    at = _at(reading, path, keys)
    check_nulls(at)
    try:
        _EVENTS.read(at)
    except RefusedError:
        pass
    else:
        check_wait(at, window)
    check_conditions(at)
    if reading.problems:
        raise RuleFileError(in_order(reading.problems))
    return LoadedEvents(document, path, frozenset(keys), window, tuple(reading.needs), lists)


def _at(reading: RuleReading, path: NodePath, keys: Collection[str]) -> At:
    """Return the mapping at a path with only these keys."""
    at = reading.at(path)
    entries = {key: node for key, node in at.node.entries.items() if key in keys}
    return replace(at, node=replace(at.node, entries=entries))


def _rule(found: dict[str, Value], window: Period | None) -> book.EventRule:
    return book.EventRule(
        match=event_match(found),
        points=condition_book.Points(fixed=POINT),
        count=1,
        window=window,
        per=found.get("per"),
        times=found.get("times", condition_book.ONCE),
        followed_by=follower_of(found, "followed_by"),
        unless_followed_by=follower_of(found, "unless_followed_by"),
    )
