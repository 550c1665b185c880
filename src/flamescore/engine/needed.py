"""What sources must provide for a scoring: which columns, and how far back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flamescore.engine.readings import fold_all
from flamescore.engine.streams import conditions_of_book, streams_of, types_of
from flamescore.frames import Window
from flamescore.rules import FieldIs, leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.engine.calendar import Clock
    from flamescore.engine.streams import Streams
    from flamescore.rules import Condition, EventRule, RuleBook


class Needed(Struct, frozen=True):
    """What sources must provide for a scoring, and no more.

    `events` are the event columns besides contact, type and time, `contacts` are the contact columns that
    conditions refer to, and `window` determines which events count.
    """

    events: tuple[str, ...]
    contacts: tuple[str, ...]
    window: Window


def needed(
    book: RuleBook, also: Sequence[Condition], clock: Clock, events: Sequence[EventRule] = ()
) -> Needed:
    """Return what the rules, further conditions and `events` need, without duplicates."""
    streams = streams_of(book, also, clock, events)
    conditions = [leaf for condition in (*also, *conditions_of_book(book)) for leaf in leaves(condition)]
    fields = (p.column for leaf in conditions if isinstance(leaf, FieldIs) for p in leaf.where)
    return Needed(streams.columns, tuple(dict.fromkeys(fields)), window_of(streams, clock))


def window_of(streams: Streams, clock: Clock) -> Window:
    """Return the window of a scoring: for each type, events inside the widest window that refers to it."""
    reaches: dict[str, int | None] = {}
    for stream in streams.all:
        for kind in fold_all(types_of(stream.where[0])):
            known = reaches.get(kind, 0)
            reaches[kind] = None if known is None or stream.reach is None else max(known, stream.reach)
    return Window(clock.now, tuple(reaches.items()), streams.widest)
