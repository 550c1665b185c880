"""The content of a test file as frozen values, as written, before it is checked against any rules."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from flamescore.units import POINT, from_local, nearest_points, show_points, start_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flamescore.units import Period
    from flamescore.yaml_tree import Document

Cell = str | tuple[str, ...] | None
"""A cell as in an export: a text, the values of a list, or None if it is missing."""

Number = Decimal | float | int

_WORDS: Final = {
    "at_least": "at least",
    "at_most": "at most",
    "more_than": "more than",
    "less_than": "less than",
}


class Instant(Struct, frozen=True):
    """A date (its first instant), a time without a zone (in that of the rule file), or an instant in UTC."""

    written: date | datetime

    def utc(self, zone: ZoneInfo) -> datetime:
        """Return the instant in UTC."""
        if not isinstance(self.written, datetime):
            return start_of_day(self.written, zone)
        return self.written if self.written.tzinfo is not None else from_local(self.written, zone)


class When(Struct, frozen=True):
    """When something happened: a period before `as_of`, or an instant; the other one is None."""

    ago: Period | None = None
    at: Instant | None = None

    def utc(self, as_of: datetime, zone: ZoneInfo) -> datetime:
        """Return the instant in UTC."""
        if self.at is not None:
            return self.at.utc(zone)
        assert self.ago is not None
        return as_of if self.ago.count == 0 else self.ago.before(as_of, zone)


class GivenEvent(Struct, frozen=True):
    """An event of the contact; `cells` are its properties."""

    event: str
    when: When
    cells: Mapping[str, Cell]


class GivenTag(Struct, frozen=True):
    """An entry of the contact's tag history."""

    tag: str
    when: When
    action: str = "applied"


class Wanted(Struct, frozen=True):
    """An expected number, or bounds by their keywords; `written` is the same for JSON.

    Numbers are equal if they agree to the ten-thousandth: 33.3333 equals a third of 100. Bounds are compared
    with the exact number.
    """

    number: Decimal | None = None
    bounds: tuple[tuple[str, Decimal], ...] = ()
    written: Any = None

    def holds(self, actual: Number) -> bool:
        """Return whether a number meets the expectation."""
        if self.number is not None:
            return nearest_points(Decimal(actual)) == nearest_points(self.number)
        exact = Decimal(actual)
        tests = {
            "at_least": exact.__ge__,
            "at_most": exact.__le__,
            "more_than": exact.__gt__,
            "less_than": exact.__lt__,
        }
        return all(tests[word](bound) for word, bound in self.bounds)

    def __str__(self) -> str:
        if self.number is not None:
            return show_number(self.number)
        return " and ".join(f"{_WORDS[word]} {show_number(bound)}" for word, bound in self.bounds)


def show_number(number: Number) -> str:
    """Return a number as text, to the ten-thousandth and without trailing zeros: `3`, `-0.25`."""
    return show_points(nearest_points(number))


def whole(points: int) -> Decimal:
    """Return ten-thousandths as a number of points."""
    return Decimal(points) / POINT


class ExpectedScore(Struct, frozen=True):
    """What is expected of one score; None is not checked. `rules` has points by rule id."""

    score: Wanted | None = None
    flames: Wanted | None = None
    percent_of_ideal: Wanted | None = None
    rules: Mapping[str, Wanted] = field(default_factory=dict)
    only: bool = False
    scored: bool | None = None


class Expected(Struct, frozen=True):
    """What a test expects of scores by name (None: the default score), and of what depends on them."""

    scores: Mapping[str | None, ExpectedScore]
    excluded: bool | None = None
    hot: bool | None = None
    labels: Mapping[str, str | None] = field(default_factory=dict)


class RuleTest(Struct, frozen=True):
    """One test: a contact with its events, and the expected results; `number` is its position in the file."""

    number: int
    line: int
    name: str
    as_of: Instant
    expect: Expected
    contact: Mapping[str, Cell] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    events: tuple[GivenEvent, ...] = ()
    tag_history: tuple[GivenTag, ...] = ()


class FileOfTests(Struct, frozen=True):
    """A test file; `names` has the lines and names of all tests, including invalid ones.

    `rules` is None if the file does not name the rule file.
    """

    path: str
    document: Document
    rules: Path | None
    tests: tuple[RuleTest, ...]
    names: tuple[tuple[int, str], ...]
    has_exclude: bool = False
