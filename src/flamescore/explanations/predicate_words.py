"""Predicates in words: the cell's value, the required value, and why they don't match.

operator     in the label of an event     evidence             why not
equals       asset is "pitch"             country is "US"      country is "DE", not "US"
contains     url contains "/sales"        (contains "/sales")  url is "/blog", which does not contain "/sales"
at_least     percent at least 90          (at least 90)        percent is 40, less than 90
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.cells import LARGEST, NUMBER
from flamescore.explanations.evidence import Evidence, Operand, Single
from flamescore.rules import Empty, Equals, Has, Like, ListValues, Matches, Order, Within
from flamescore.units import to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from flamescore.rules import Predicate, Test

LONGEST: Final = 60
"""The maximum number of characters shown of a cell."""

_MOST_OPERANDS: Final = 12
_ONE: Final = 1
_NUMBER: Final = re.compile(NUMBER)
_VERBS: Final = {"contains": "contain", "starts_with": "start with", "ends_with": "end with"}
_BELOW: Final = {"at_least": "less than", "more_than": "not more than"}
_ABOVE: Final = {"at_most": "more than", "less_than": "not less than"}
_DATES_MISSED: Final = {
    "at_least": "before",
    "more_than": "not after",
    "at_most": "after",
    "less_than": "not before",
}


class Cell(Struct, frozen=True):
    """A cell: its trimmed text, and its value as a number, as a date and as a list of items.

    `text` is None if the cell is missing, `number` if it is not a number, `items` if it was not split.
    """

    text: str | None
    number: str | None
    date: str | None
    items: tuple[str, ...] | None = None

    @classmethod
    def of(cls, text: str | None, iso: str | None = None) -> Cell:
        """Make a cell from a text; `iso` is the date that a declared format parses from it."""
        return cls(text, text if is_number(text) else None, text if iso is None else iso)


class TestWords(Struct, frozen=True):
    """A test in words: after a column in a label, in the brackets of evidence, and after a cell that fails.

    `shown` is None if the cell itself is enough.
    """

    label: str
    shown: str | None
    failed: str


def is_number(text: str | None) -> bool:
    """Return whether a trimmed cell can be read as a number."""
    return text is not None and _NUMBER.search(text) is not None and abs(Decimal(text)) <= Decimal(LARGEST)


def format_number(number: str | Decimal) -> str:
    """Format a number with its digits unchanged and commas between thousands: `15,000.50`."""
    return f"{Decimal(number):,f}"


def quoted(text: str) -> str:
    """Quote a text, truncated to 60 characters."""
    return f'"{text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"}"'


def listed(texts: Sequence[str]) -> str:
    """List texts: the first twelve, and the number of the others."""
    shown, more = texts[:_MOST_OPERANDS], len(texts) - _MOST_OPERANDS
    return ", ".join(shown) + (f" and {more:,} {'other' if more == _ONE else 'others'}" if more > 0 else "")


def reads_numbers(test: Test) -> bool:
    """Return whether a test reads cells as numbers."""
    if isinstance(test, Order):
        return isinstance(test.operand, Decimal)
    return isinstance(test, Equals) and bool(test.numbers)


def reads_dates(test: Test) -> bool:
    """Return whether a test reads cells as dates."""
    return isinstance(test, Within) or (isinstance(test, Order) and not isinstance(test.operand, Decimal))


def format_cell(cell: Cell, tests: Iterable[Test]) -> str:
    """Format a cell as the tests read it: text in quotes, numbers with commas, dates unchanged."""
    tests = tuple(tests)
    if cell.text is None:
        return "empty"
    if cell.items and any(isinstance(test, Has) for test in tests):
        return listed([quoted(item) for item in cell.items])
    if cell.number is not None and any(map(reads_numbers, tests)):
        return format_number(cell.number)
    if cell.date is not None and any(map(reads_dates, tests)):
        return cell.date
    if cell.number is not None and tests and all(isinstance(test, Empty) for test in tests):
        return cell.text
    return quoted(cell.text)


def describe(predicates: Iterable[Predicate], zone: ZoneInfo) -> str:
    """Describe predicates: `url contains "/sales", seconds at least 10 and at most 60`."""
    return ", ".join(
        f"{each.column} {' and '.join(words_of(test, zone).label for test in each.tests)}"
        for each in predicates
    )


def fitting(predicate: Predicate, cell: Cell, zone: ZoneInfo) -> list[Evidence]:
    """Return evidence with the cell for which every test of a predicate holds."""
    shown = [words for test in predicate.tests if (words := words_of(test, zone).shown) is not None]
    brackets = f" ({'; '.join(shown)})" if shown else ""
    sentence = f"{predicate.column} is {format_cell(cell, predicate.tests)}{brackets}"
    return [_evidence(predicate, test, cell, zone, sentence, holds=True) for test in predicate.tests]


def missing(predicate: Predicate, test: Test, cell: Cell, zone: ZoneInfo, *, unread: bool) -> Evidence:
    """Return why a test does not hold for a cell; `unread`: it is not the number or date that is required."""
    column = predicate.column
    if cell.text is None:
        return Evidence(
            kind="field",
            subject=column,
            operator="empty",
            operand=False,
            holds=False,
            sentence=f"{column} is empty",
        )
    if unread:
        what = "number" if reads_numbers(test) else "date"
        sentence = f"{column} is {quoted(cell.text)}, which is not a {what}"
    elif isinstance(test, Has) and cell.items == ():
        sentence = f"{column} is {quoted(cell.text)}, which has no values"
    else:
        sentence = f"{column} is {format_cell(cell, (test,))}{words_of(test, zone).failed}"
    return _evidence(predicate, test, cell, zone, sentence, holds=False)


def no_number(column: str, text: str | None) -> Evidence:
    """Return evidence of a cell that should be a number but is not."""
    description = "empty" if text is None else f"{quoted(text)}, which is not a number"
    return Evidence(
        kind="field",
        subject=column,
        value=text,
        operator="is_number",
        operand=True,
        holds=False,
        sentence=f"{column} is {description}",
    )


def _evidence(
    predicate: Predicate, test: Test, cell: Cell, zone: ZoneInfo, sentence: str, *, holds: bool
) -> Evidence:
    operator, operand = as_written(test, zone)
    value: str | list[str] | None = cell.text
    if cell.items is not None and isinstance(test, Has):
        value = list(cell.items)
    elif reads_numbers(test) and cell.number is not None:
        value = cell.number
    elif reads_dates(test):
        value = cell.date
    return Evidence(
        kind="field",
        subject=predicate.column,
        value=value,
        operator=f"{operator} case_sensitive" if predicate.case_sensitive else operator,
        operand=operand,
        holds=holds,
        sentence=sentence,
    )


def as_written(test: Test, zone: ZoneInfo) -> tuple[str, Operand]:  # noqa: PLR0911 - one per kind
    """Return a test as operator and operand."""
    match test:
        case Empty(value=value):
            return "empty", value
        case Equals():
            several = len(_operands(test)) > _ONE or isinstance(test.texts, ListValues)
            word = "in" if several else "equals"
            return f"not_{word}" if test.negate else word, _values(test, several=several)
        case Like(how=how, texts=texts):
            several = len(texts) > _ONE or isinstance(texts, ListValues)
            return f"not_{how}" if test.negate else how, _values(Equals(texts=texts), several=several)
        case Matches(pattern=pattern):
            return "matches", pattern
        case Order(how=how, operand=operand):
            return how, _plain(operand) if isinstance(operand, Decimal) else _format_date(operand, zone)
        case Within(period=period, ahead=ahead):
            return "within_next" if ahead else "within_last", str(period)
        case Has(how=how, items=items):
            return how, _values(items, several=True)


def _values(items: Equals, *, several: bool) -> Operand:
    """Return operands as in JSON; for a list from a file, where it is."""
    if isinstance(items.texts, ListValues):
        return {"file": items.texts.path, "column": items.texts.column}
    values: list[Single] = [*items.texts, *map(_plain, items.numbers), *items.booleans]
    return values if several else values[0]


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _operands(items: Equals) -> tuple[str, ...]:
    """Return operands in words, as they are compared; a list from a file is one: `the list targets.csv`."""
    if isinstance(items.texts, ListValues):
        return (f"the list {items.texts.path}",)
    flags = ("true" if flag else "false" for flag in items.booleans)
    texts = (f'"{text}"' for text in items.texts)
    return (*texts, *map(format_number, items.numbers), *flags)


def _format_date(operand: date | datetime, zone: ZoneInfo) -> str:
    if isinstance(operand, datetime):
        return to_local(operand, zone).replace(tzinfo=None).isoformat(" ", "minutes")
    return operand.isoformat()


def words_of(test: Test, zone: ZoneInfo) -> TestWords:  # noqa: PLR0911 - one per kind
    """Return a test in words; instants are shown in local time of the zone."""
    match test:
        case Empty(value=value):
            return TestWords(
                "is empty" if value else "is not empty", None if value else "not empty", ", not empty"
            )
        case Equals():
            return _equals(test)
        case Like():
            return _like(test)
        case Matches(pattern=pattern):
            return TestWords(f"matches {pattern}", f"matches {pattern}", f", which does not match {pattern}")
        case Order(how=how, operand=operand):
            dated = not isinstance(operand, Decimal)
            shown = format_number(operand) if isinstance(operand, Decimal) else _format_date(operand, zone)
            words = f"{how.replace('_', ' ')} {shown}"
            missed = _DATES_MISSED[how] if dated else (_BELOW | _ABOVE)[how]
            return TestWords(words, words, f", {missed} {shown}")
        case Within(period=period, ahead=ahead):
            words = f"in the {'next' if ahead else 'last'} {period}"
            return TestWords(words, words, f", not {words}")
        case Has():
            return _has(test)


def _equals(test: Equals) -> TestWords:
    operands = _operands(test)
    if len(operands) > _ONE:
        some = f"one of {listed(operands)}"
    elif isinstance(test.texts, ListValues):
        some = f"in {operands[0]}"
    else:
        some = operands[0]
        if not test.negate:
            return TestWords(f"is {some}", None, f", not {some}")
    if test.negate:
        return TestWords(f"is not {some}", f"not {some}", "")
    return TestWords(f"is {some}", some, f", not {some}")


def _like(test: Like) -> TestWords:
    operands = _operands(Equals(texts=test.texts))
    several = len(operands) > _ONE or isinstance(test.texts, ListValues)
    some = f"any of {listed(operands)}" if several else operands[0]
    verb, base = test.how.replace("_", " "), _VERBS[test.how]
    if test.negate:
        words = f"does not {base} {some}"
        return TestWords(words, words, f", which {verb} {some.replace('any of', 'one of', 1)}")
    return TestWords(f"{verb} {some}", f"{verb} {some}", f", which does not {base} {some}")


def _has(test: Has) -> TestWords:
    operands = _operands(test.items)
    several = len(operands) > _ONE or isinstance(test.items.texts, ListValues)
    values = listed(operands)
    if test.how == "has_none":
        words = f"does not have {'any of ' if several else ''}{values}"
        return TestWords(words, words, f", which has {'one of ' if several else ''}{values}")
    many = ("all of " if test.how == "has_all" else "any of ") if several else ""
    return TestWords(f"has {many}{values}", f"has {many}{values}", f", which does not have {many}{values}")
