"""All that is known before the first event is read: the contacts, the streams, and what holds for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flamescore.engine.aggregate import LiveSets, Tables, Tail, groups_of
from flamescore.engine.conditions import Known
from flamescore.engine.contacts import facts_of, people_of
from flamescore.engine.ledger import Teller
from flamescore.engine.streams import streams_of
from flamescore.engine.tags import tags_of
from flamescore.engine.worth import worths
from flamescore.rules import FieldIs, Happened, HasTag, TagRule, conditions_of, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.engine.clock import Clock
    from flamescore.engine.contacts import People
    from flamescore.engine.streams import Streams
    from flamescore.engine.tags import Tags
    from flamescore.frames import Exports
    from flamescore.rules import Condition, Predicate, RuleBook


@dataclass(frozen=True)
class Prepared:
    """What scoring and explaining have in common: one meaning of a rule."""

    book: RuleBook
    clock: Clock
    people: People
    streams: Streams
    tags: Tags
    known: Known
    teller: Teller
    unread: tuple[tuple[str, int], ...]

    def tail(self, sets: Sequence[tuple[int, ...]], *, oldest: int, wide: bool) -> Tail:
        """Make what counts occurrences of these live sets, as far back as the oldest event is old.

        `wide` sends every stream but followers through the wide form.
        """
        streams = self.streams.all
        links = (link for s in streams for link in (s.followed_by, s.unless_followed_by))
        followers = {link.stream for link in links if link is not None}
        broad = np.array([s.wide or (wide and i not in followers) for i, s in enumerate(streams)], np.bool_)
        return Tail(
            streams=self.streams,
            clock=self.clock,
            tables=Tables.of([worths(stream, oldest) for stream in streams]),
            groups=groups_of(streams, broad.tolist()),
            narrow=LiveSets.of([s for s in streams if not broad[s]] for streams in sets),
            broad=LiveSets.of([s for s in streams if broad[s]] for streams in sets),
            age_bits=max(1, oldest.bit_length()),
        )


def prepare(book: RuleBook, exports: Exports, clock: Clock, *, also: Sequence[Condition] = ()) -> Prepared:
    """Read the contacts, and answer once whatever does not depend on events."""
    people = people_of(exports.contacts, exports.aliases)
    streams = streams_of(book, also, clock)
    conditions = [leaf for condition in _asked(book, also) for leaf in leaves(condition)]
    fields = [p for c in conditions if isinstance(c, FieldIs) for p in c.where]
    facts = facts_of(people, tuple(dict.fromkeys(fields)), clock)
    tags = tags_of(people, exports.tag_history, clock)
    return Prepared(
        book=book,
        clock=clock,
        people=people,
        streams=streams,
        tags=tags,
        known=_known(book, conditions, facts.holds, tags, streams),
        teller=Teller(book, streams.of_rule, clock),
        unread=facts.unread,
    )


def _asked(book: RuleBook, also: Sequence[Condition]) -> Iterator[Condition]:
    yield from also
    for score in book.scores:
        if score.population is not None:
            yield score.population
        for rule in score.rules:
            yield from conditions_of(rule)


def _known(
    book: RuleBook,
    conditions: Sequence[Condition],
    fields: dict[Predicate, NDArray[np.bool_]],
    tags: Tags,
    streams: Streams,
) -> Known:
    rules = [r.subject for score in book.scores for r in score.rules if isinstance(r.subject, TagRule)]
    asked = dict.fromkeys((*(c.tag for c in conditions if isinstance(c, HasTag)), *(r.tag for r in rules)))
    return Known(
        fields=fields,
        tags={tag: tags.has(tag) for tag in asked},
        since={rule.tag: tags.since(rule.tag) for rule in rules if rule.dated},
        happened={c: streams.of_condition[c] for c in conditions if isinstance(c, Happened)},
    )
