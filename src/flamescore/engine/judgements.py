"""Tests applied contact by contact before anything is counted: entries of `ignore`, patterns of `bots`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from flamescore.rules import Per


class FollowsTest(Struct, frozen=True):
    """A test of whether an event comes at most `within` seconds after one of the stream `before`.

    `named` is the stream of the tested events; `strict` means that the two may not be simultaneous. With
    `same`, both must have a value of this property, and the values must be equal.
    """

    named: int
    before: int
    within: int
    strict: bool
    same: str | None


class AtOnceTest(Struct, frozen=True):
    """A test of whether an event is one of `times` or more within `within` seconds, distinct by `per`."""

    named: int
    times: int
    within: int
    per: Per | None


class Judged(Struct, frozen=True):
    """An entry whose events are judged contact by contact: all of them, or those that pass every test."""

    named: tuple[int, ...]
    tests: tuple[FollowsTest | AtOnceTest, ...] = ()


class Judgements(Struct, frozen=True):
    """The entries of `ignore` in sequence, and the patterns of `bots`; with `remove`, these are ignored too.

    `patterns` is None without `bots`. The streams of the entries are the last ones, from `first` on; they are
    not counted.
    """

    first: int
    ignore: tuple[Judged, ...] = ()
    patterns: tuple[Judged, ...] | None = None
    remove: bool = False
