"""Predicates as vectorized expressions over the distinct cells of a column."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from flamescore.cells import FALSE, TRUE, number, present
from flamescore.engine.calendar import EPOCH
from flamescore.engine.readings import MISSING, composed, fold_all, folded, folded_set, instants
from flamescore.frames import ISO, ITEM_END, ITEMS, PLAIN
from flamescore.rules import Empty, Equals, Has, Like, Matches, Order, Predicate, Within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from numpy.typing import NDArray
    from polars.expr.string import ExprStringNameSpace

    from flamescore.engine.calendar import Clock
    from flamescore.rules import Test

CELL: Final = "cell"
_TEXT, _EXACT, _FOLDED, _NUMBER, _DAY, _INSTANT = "text", "exact", "folded", "number", "day", "instant"
_NEVER: Final = pl.lit(value=False)
_FEW: Final = 20
"""Up to this many texts are searched for separately; thousands of expressions would overflow the stack."""


def evaluate(cells: pl.DataFrame, predicates: Sequence[Predicate], clock: Clock) -> pl.DataFrame:
    """Return for each cell which predicates hold, and for which ones it can't be parsed as required.

    `cells` has the column `cell` (String), and optionally `iso` (String: the cell as parsed by a declared
    date format), `plain` (String: the plain number according to the declared `numbers`, null if it is not
    one) and `items` (String: in the form of `frames.LIST_SUFFIX`). Returns Boolean columns `p0, p1, ...` and
    `u0, u1, ...`, one of each per predicate; never null. A missing cell matches nothing but `empty: true`,
    and does not count as unparsed.
    """
    answers = [
        *(_holds(p, clock).fill_null(value=False).alias(f"p{i}") for i, p in enumerate(predicates)),
        *(_unread(p).fill_null(value=False).alias(f"u{i}") for i, p in enumerate(predicates)),
    ]
    # For 5,000 URLs, readings that no predicate uses, especially as numbers, took half of the time.
    needed = {name for answer in answers for name in answer.meta.root_names()}
    readings = _read(cells, needed, clock)
    item_tests = {(t, p.case_sensitive) for p in predicates for t in p.tests if isinstance(t, Has)}
    if item_tests:
        readings = readings.with_columns(_held(readings, item_tests))
    return readings.select(answers)


def _read(cells: pl.DataFrame, needed: Collection[str], clock: Clock) -> pl.DataFrame:
    """Parse cells in the ways that are needed."""
    text = pl.col(_TEXT)
    plain = number(pl.col(PLAIN) if PLAIN in cells.columns else text)
    ways = {_NUMBER: plain, _EXACT: composed(text), _FOLDED: folded(text)}
    out = cells.with_columns(present(pl.col(CELL)).alias(_TEXT))
    out = out.with_columns(way.alias(name) for name, way in ways.items() if name in needed)
    if _DAY not in needed and _INSTANT not in needed:
        return out
    source = pl.coalesce(ISO, _TEXT) if ISO in out.columns else text
    instant, day = instants(out.select(source.alias(_TEXT)).to_series(), clock)
    columns = (pl.Series(_INSTANT, instant), pl.Series(_DAY, day))
    return out.with_columns(s.replace({MISSING: None}) for s in columns)


def _holds(predicate: Predicate, clock: Clock) -> pl.Expr:
    tests = (_test(test, clock, case_sensitive=predicate.case_sensitive) for test in predicate.tests)
    return reduce(and_, tests)


def _test(test: Test, clock: Clock, *, case_sensitive: bool) -> pl.Expr:  # noqa: PLR0911 - one a kind
    present = pl.col(_TEXT).is_not_null()
    match test:
        case Empty(value=value):
            return ~present if value else present
        case Equals():
            holds = _equals(test, case_sensitive=case_sensitive)
            return present & ~holds.fill_null(value=False) if test.negate else holds
        case Like():
            holds = _like(test, case_sensitive=case_sensitive)
            return present & ~holds if test.negate else holds
        case Matches(pattern=pattern):
            return pl.col(_TEXT).str.contains(pattern if case_sensitive else f"(?i){pattern}")
        case Order():
            return _order(test)
        case Has():
            return pl.col(_held_as(test, case_sensitive=case_sensitive))
        case Within(period=period, ahead=ahead):
            day = pl.col(_DAY)
            if ahead:
                return (day >= clock.today) & (day <= clock.day_after(period))
            return (day > clock.day_before(period)) & (day <= clock.today)


def _equals(test: Equals, *, case_sensitive: bool) -> pl.Expr:
    column = pl.col(_EXACT if case_sensitive else _FOLDED)
    parts = []
    if test.texts:
        parts.append(column.is_in(folded_set(test.texts, case_sensitive=case_sensitive)))
    if test.numbers:
        parts.append(pl.col(_NUMBER).is_in([float(n) for n in test.numbers]).fill_null(value=False))
    parts.extend(pl.col(_FOLDED).is_in(list(TRUE if flag else FALSE)) for flag in test.booleans)
    return reduce(or_, parts)


def _like(test: Like, *, case_sensitive: bool) -> pl.Expr:
    column = pl.col(_EXACT if case_sensitive else _FOLDED).str
    texts = fold_all(test.texts, case_sensitive=case_sensitive, trim=False)
    if len(texts) > _FEW:
        return _like_many(test, column, texts)
    how: dict[str, Callable[[str], pl.Expr]] = {
        "contains": lambda text: column.contains(text, literal=True),
        "starts_with": column.starts_with,
        "ends_with": column.ends_with,
    }
    return reduce(or_, (how[test.how](text) for text in texts))


def _like_many(test: Like, column: ExprStringNameSpace, texts: Sequence[str]) -> pl.Expr:
    """Return the same for many texts: one lookup per text length, or one search for all with `contains`."""
    if test.how == "contains":
        return column.contains_any(pl.Series(texts, dtype=pl.String).implode())
    cut = column.head if test.how == "starts_with" else column.tail
    lengths: dict[int, list[str]] = {}
    for text in texts:
        lengths.setdefault(len(text), []).append(text)
    return pl.any_horizontal(cut(length).is_in(alike) for length, alike in sorted(lengths.items()))


# --- cells that hold several values ------------------------------------------------------------------

_ROW: Final = "row"


def _held_as(test: Has, *, case_sensitive: bool) -> str:
    return f"{test.how} {hash((test, case_sensitive))}"


def _held(readings: pl.DataFrame, item_tests: Collection[tuple[Has, bool]]) -> list[pl.Series]:
    """Return the results of each test on the items of each cell, one column per test.

    Items are compared like cells. A cell that has not been split is its own only item.
    """
    whole = pl.concat_list(pl.col(_TEXT))
    if ITEMS in readings.columns:
        split = pl.col(ITEMS).str.split(ITEM_END).list.filter(pl.element() != "")
        whole = pl.when(pl.col(ITEMS).is_not_null()).then(split).otherwise(whole)
    cells = readings.select(whole.alias(_TEXT)).with_row_index(_ROW)
    items = cells.explode(_TEXT, empty_as_null=False, keep_nulls=False).drop_nulls(_TEXT)
    text = pl.col(_TEXT)
    items = items.with_columns(
        number(text).alias(_NUMBER), composed(text).alias(_EXACT), folded(text).alias(_FOLDED)
    )
    return [
        pl.Series(_held_as(test, case_sensitive=exact), _holding(items, test, readings.height, exact=exact))
        for test, exact in item_tests
    ]


def _holding(items: pl.DataFrame, test: Has, height: int, *, exact: bool) -> NDArray[np.bool_]:
    """Return a mask of the cells for which a test holds, based on their items."""
    if test.how == "has_all":
        fits = np.ones(height, np.bool_)
        for several in _each_wanted(test.items, exact=exact):
            column, wanted = several
            found = items.filter(column.is_in(wanted.implode())).group_by(_ROW)
            rows = found.agg(column.n_unique().alias("n")).filter(pl.col("n") == len(wanted))[_ROW]
            fits &= _marked(rows, height)
        for flag in test.items.booleans:
            words = list(TRUE if flag else FALSE)
            fits &= _marked(items.filter(pl.col(_FOLDED).is_in(words))[_ROW], height)
        return fits
    any_of = _marked(items.filter(_equals(test.items, case_sensitive=exact))[_ROW], height)
    return any_of if test.how == "has" else _marked(items[_ROW], height) & ~any_of


def _each_wanted(test: Equals, *, exact: bool) -> Iterator[tuple[pl.Expr, pl.Series]]:
    """Yield the texts and the numbers that must all occur, without duplicates, and the column to search."""
    if test.texts:
        texts = pl.Series(fold_all(test.texts, case_sensitive=exact), dtype=pl.String).unique()
        yield pl.col(_EXACT if exact else _FOLDED), texts
    if test.numbers:
        yield pl.col(_NUMBER), pl.Series([float(each) for each in test.numbers]).unique()


def _marked(rows: pl.Series, height: int) -> NDArray[np.bool_]:
    marked = np.zeros(height, np.bool_)
    marked[rows.to_numpy()] = True
    return marked


def _order(test: Order) -> pl.Expr:
    match test.operand:
        case datetime() as instant:
            column, operand = pl.col(_INSTANT), float(instant.timestamp())
        case date() as day:
            column, operand = pl.col(_DAY), float((day - EPOCH).days)
        case Decimal() as value:
            column, operand = pl.col(_NUMBER), float(value)
    match test.how:
        case "at_least":
            return column >= operand
        case "at_most":
            return column <= operand
        case "more_than":
            return column > operand
        case "less_than":
            return column < operand


def _unread(predicate: Predicate) -> pl.Expr:
    needs = {need for test in predicate.tests if (need := _need(test)) is not None}
    unread = (pl.col(_TEXT).is_not_null() & pl.col(need).is_null() for need in sorted(needs))
    return reduce(or_, unread, _NEVER)


def _need(test: Test) -> str | None:
    """Return the name of the reading that a test requires, or None."""
    match test:
        case Order(operand=Decimal()):
            return _NUMBER
        case Order() | Within():
            return _DAY
        case Equals(texts=(), booleans=(), negate=False):
            return _NUMBER
        case _:
            return None
