"""What is judged contact by contact before anything is counted: entries of `ignore`, and patterns of bots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from flamescore.rules import Per


class FollowsTest(Struct, frozen=True):
    """Whether an event comes at most `within` seconds after one of the stream `before`.

    `named` is the stream of the events that are asked; `strict`: not at the same time. With `same` both have
    a value of this property, and an equal one.
    """

    named: int
    before: int
    within: int
    strict: bool
    same: str | None


class AtOnceTest(Struct, frozen=True):
    """Whether an event is one of at least `times` of its stream within so many seconds; after `per`."""

    named: int
    times: int
    within: int
    per: Per | None


class Judged(Struct, frozen=True):
    """An entry whose events are told contact by contact: all of them, or those for which every test holds."""

    named: tuple[int, ...]
    tests: tuple[FollowsTest | AtOnceTest, ...] = ()


class Judgements(Struct, frozen=True):
    """The entries of `ignore` in sequence, and the patterns of `bots`; `remove`: these are ignored too.

    None where there is no `bots`. Their streams are the last, from `first` on; nothing is counted of them.
    """

    first: int
    ignore: tuple[Judged, ...] = ()
    patterns: tuple[Judged, ...] | None = None
    remove: bool = False
