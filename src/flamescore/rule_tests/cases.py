"""What a file of tests says: frozen values, as they are written, before any rule is looked at."""

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
"""A cell as its export would have it: a text, several values of a list, or None where it is missing."""

Number = Decimal | float | int

_WORDS: Final = {
    "at_least": "at least",
    "at_most": "at most",
    "more_than": "more than",
    "less_than": "less than",
}


class Instant(Struct, frozen=True):
    """A date (its first instant), a time without a zone (that of the rule file), or an instant in UTC."""

    written: date | datetime

    def utc(self, zone: ZoneInfo) -> datetime:
        """Return the instant in UTC."""
        if not isinstance(self.written, datetime):
            return start_of_day(self.written, zone)
        return self.written if self.written.tzinfo is not None else from_local(self.written, zone)


class When(Struct, frozen=True):
    """When something happened: a period before `as_of`, or an instant; one of them is None."""

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
    """A number, or bounds by their words; `written` is the same for JSON.

    Numbers are equal if they are the same to the ten-thousandth: 33.3333 is a third of 100. Bounds are held
    against the number as it is.
    """

    number: Decimal | None = None
    bounds: tuple[tuple[str, Decimal], ...] = ()
    written: Any = None

    def holds(self, actual: Number) -> bool:
        """Say whether a number is what is wanted."""
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
    """Show a number to the ten-thousandth, without needless zeros: `3`, `-0.25`."""
    return show_points(nearest_points(number))


def whole(points: int) -> Decimal:
    """Return ten-thousandths as the number that they are."""
    return Decimal(points) / POINT


class ExpectedScore(Struct, frozen=True):
    """What is expected of one score; None is not looked at. `rules` are points by rule id."""

    score: Wanted | None = None
    flames: Wanted | None = None
    percent_of_ideal: Wanted | None = None
    rules: Mapping[str, Wanted] = field(default_factory=dict)
    only: bool = False
    scored: bool | None = None


class Expected(Struct, frozen=True):
    """What a test expects: of scores by name (None: the default score), and of what follows from them."""

    scores: Mapping[str | None, ExpectedScore]
    excluded: bool | None = None
    hot: bool | None = None
    labels: Mapping[str, str | None] = field(default_factory=dict)


class RuleTest(Struct, frozen=True):
    """One test: a contact with what it did, and what is to come out; `number` is its place in the file."""

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
    """A file of tests; `names` are the lines and names of all, also of those that are wrong.

    `rules` is None where the file does not say which they are.
    """

    path: str
    document: Document
    rules: Path | None
    tests: tuple[RuleTest, ...]
    names: tuple[tuple[int, str], ...]
    has_exclude: bool = False
