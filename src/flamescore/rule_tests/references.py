"""What rules and conditions refer to: columns, event types and tags.

    {event: page_visit, where: {url: {contains: /sales}}, per: asset}

refers to events of the type `page_visit`, to their `url` with a predicate, and to the value of their `asset`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from flamescore.columns import DOMAIN, EMAIL
from flamescore.rules import EventMatch, FieldIs, Predicate, TagMatch
from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.rules import Condition, Rule, RuleBook

_VALUES = ("column", "same")
"""Attributes that name a property of events whose values are compared or summed."""


class References(Struct, frozen=True):
    """Columns of contacts and of events with the predicates on them, and other references.

    `values` are columns of events whose values are compared with one another or used as numbers. `types` are
    as written, deduplicated.
    """

    contacts: Mapping[str, tuple[Predicate, ...]]
    events: Mapping[str, tuple[Predicate, ...]]
    values: frozenset[str]
    types: tuple[str, ...]
    tags: tuple[TagMatch, ...]

    @property
    def contact_columns(self) -> tuple[str, ...]:
        """The columns that a contact may have: the id, those with predicates, and their sources."""
        derived = (EMAIL,) if DOMAIN in self.contacts else ()
        tags = ("tags",) if self.tags else ()
        return tuple(dict.fromkeys(("contact_id", *self.contacts, *derived, *tags)))

    @property
    def event_columns(self) -> tuple[str, ...]:
        """The properties that an event may have."""
        own = ("contact_id", "event", "at")
        return tuple(each for each in dict.fromkeys((*self.events, *sorted(self.values))) if each not in own)

    def has_type(self, kind: str) -> bool:
        """Return whether anything refers to events of a type."""
        return fold(kind) in {fold(each) for each in self.types}


def plain_book(book: RuleBook) -> RuleBook:
    """Return a book without what tests don't cover: accounts, and the detection of mail scanners."""
    return replace(book, accounts=None).without_bots


def references_in(*sources: RuleBook | Condition | Rule) -> References:
    """Return what books, conditions and rules refer to, in order of first mention."""
    contacts: dict[str, dict[Predicate, None]] = {}
    events: dict[str, dict[Predicate, None]] = {}
    values: set[str] = set()
    types: dict[str, None] = {}
    tags: dict[TagMatch, None] = {}
    for part in _parts(sources):
        if isinstance(part, FieldIs):
            _note(part.where, contacts)
        elif isinstance(part, EventMatch):
            types |= dict.fromkeys(part.types)
            _note(part.where, events)
        elif isinstance(part, TagMatch):
            tags[part] = None
        else:
            values |= {name for key in _VALUES if (name := getattr(part, key, None)) is not None}
    return References(
        {name: tuple(found) for name, found in contacts.items()},
        {name: tuple(found) for name, found in events.items()},
        frozenset(values),
        tuple(types),
        tuple(tags),
    )


def _note(predicates: tuple[Predicate, ...], columns: dict[str, dict[Predicate, None]]) -> None:
    for each in predicates:
        columns.setdefault(each.column, {})[each] = None


def _parts(value: Any) -> Iterator[Any]:  # noqa: ANN401 - any part of a book
    """Yield all composite values in a book or condition, except predicates, which come with their parents."""
    if isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
    elif not isinstance(value, Predicate) and (names := getattr(type(value), "__match_args__", ())):
        yield value
        for name in names:
            yield from _parts(getattr(value, name))
