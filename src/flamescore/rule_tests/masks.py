"""Replace cells of a real contact by anonymous cells that match the same rules.

One rule has `email: {ends_with: "@gmail.com"}`, another `note: {contains: [budget, price]}`, a third
`per: url`. Then

    column   cell                                  replacement
    email    jane.doe@gmail.com                    x@gmail.com: x@example.com does not match
    email    jane@acme.com                         x@example.com
    note     Jane asked for the price on Monday    price: the operand that it contains
    note     Called, nobody there                  x
    url      https://a.io/p?mail=jane@acme.com     https://a.io/p
    url      https://a.io/p?mail=jane@gmail.com    https://a.io/p-2: it must differ from the previous one
    asset    News 2026-11-04                       News

For each cell several candidates are tried, the least revealing first; the first one that matches the same
predicates is used.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import present
from flamescore.engine import contacts_of, match_fields
from flamescore.frames import ISO, ISO_SUFFIX, ITEM_END, ITEMS, LIST_SUFFIX, NUMBER_SUFFIX, PLAIN
from flamescore.rules import Equals, Has, Like, Order, Within
from flamescore.text import fold, trim, without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from flamescore.engine import Clock
    from flamescore.rule_tests.cases import Cell
    from flamescore.rules import Predicate, Test

MASKS: Final = {
    "contact_id": "t1",
    "email": "x@example.com",
    "email_domain": "example.com",
    "name": "X",
    "phone": "+1 555 0100",
    "company": "Company",
    "owner": "Owner",
}
"""The personal columns of contacts, and the placeholder for their cells."""

_ANYTHING: Final = "x"
_WORD: Final = re.compile(r"\w+")
_NUMBER: Final = re.compile(r"[+-]?[0-9.]+")
_NEAR: Final = 20
"""How far above a number that is also a contact's id a replacement is searched for, before rules' bounds."""

_ADDRESS: Final = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*://|//?|www\.)\S*")
_DATE: Final = re.compile(r"\d{4}-\d\d?(?:-\d\d?)?(?:[T ][\d:.]+Z?)?|\d\d?[./]\d\d?[./]\d{2,4}")
"""Dates, which are removed if they are part of a name: `News 2026-11-04`."""

_AFTER_PATH: Final = re.compile(r"[?#].*", re.DOTALL)
_CELL: Final = "cell"
_SUFFIXES: Final = {ISO: ISO_SUFFIX, PLAIN: NUMBER_SUFFIX, ITEMS: LIST_SUFFIX}


class Personal(Struct, frozen=True):
    """What identifies a contact: the folded `texts` of the contact itself, and the `ids` of all contacts."""

    texts: tuple[str, ...]
    ids: frozenset[str]

    def is_in(self, text: str) -> bool:
        """Return whether a text contains any of it as whole words; a text that is a date never does."""
        if _DATE.fullmatch(text):
            return False
        folded = fold(text)
        if not self.ids.isdisjoint((text, *_WORD.findall(text))):
            return True
        return any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", folded) for each in self.texts)


class UnmaskedError(Exception):
    """No anonymous replacement matches the same predicates as one of the contact's cells.

    `predicate` is one on which the closest candidate differs; None if the candidates are already in use.
    """

    def __init__(self, predicate: Predicate | None = None) -> None:
        super().__init__()
        self.predicate = predicate


def masked(
    cells: pl.DataFrame,
    predicates: Sequence[Predicate],
    clock: Clock,
    personal: Personal,
    *,
    mask: str | None = None,
    apart: bool = False,
) -> list[Cell]:
    """Return a replacement for each cell of a column, None for a missing one.

    `cells` has the column `cell` (String), and optionally `frames.ISO`, `PLAIN` and `ITEMS`. `mask` is the
    placeholder for the cells of a personal column. With `apart`, different cells get different replacements,
    because their values are compared.

    Raises:
        UnmaskedError: a cell has no replacement.
    """
    known = cells.with_columns(present(pl.col(_CELL))).unique(maintain_order=True)
    rows = known.filter(pl.col(_CELL).is_not_null()).to_dicts()
    tried = [list(_candidates(row, predicates, personal, mask, exact=apart)) for row in rows]
    flat = pl.DataFrame({_CELL: [each for one in tried for each in one]}, schema={_CELL: pl.String})
    distinct = list(dict.fromkeys(predicates))
    wanted = _answers(known.filter(pl.col(_CELL).is_not_null()), distinct, clock)
    given = _answers(flat, distinct, clock)
    taken: dict[str, Cell] = {}
    used: set[str] = set()
    start = 0
    for number, (row, candidates) in enumerate(zip(rows, tried, strict=True)):
        same = given[start : start + len(candidates)] == wanted[number]
        fits = same.all(axis=1).tolist()
        start += len(candidates)
        fitting = [each for each, fit in zip(candidates, fits, strict=True) if fit]
        items = row.get(ITEMS)
        if items and not personal.is_in(items):
            taken[row[_CELL]] = tuple(filter(None, items.split(ITEM_END)))
            continue
        if not fitting:
            nearest = same[same.sum(axis=1).argmax()]
            raise UnmaskedError(distinct[int(nearest.argmin())])
        chosen = fitting[0]
        if apart and chosen in used:
            more = [each for each in fitting if each not in used]
            chosen = more[0] if more else _another(chosen, used, distinct, wanted[number], clock)
        used.add(chosen)
        taken[row[_CELL]] = chosen
    trimmed = cells.select(present(pl.col(_CELL))).to_series().to_list()
    return [None if cell is None else taken[cell] for cell in trimmed]


def _another(
    chosen: str, used: set[str], predicates: list[Predicate], wanted: NDArray[np.bool_], clock: Clock
) -> str:
    """Return a replacement that is already in use, with a number appended."""
    number = 2
    while f"{chosen}-{number}" in used:
        number += 1
    other = f"{chosen}-{number}"
    if not (_answers(pl.DataFrame({_CELL: [other]}), predicates, clock)[0] == wanted).all():
        raise UnmaskedError
    return other


def _candidates(
    row: dict[str, str | None],
    predicates: Sequence[Predicate],
    personal: Personal,
    mask: str | None,
    *,
    exact: bool,
) -> Iterator[str]:
    """Yield candidates for a cell, the least revealing first; with `exact`, numbers are not replaced."""
    cell = row[_CELL] or ""
    operands = _operands(cell, predicates)
    if mask is not None:
        yield mask
        yield from _composed(operands)
        return
    tests = [test for predicate in predicates for test in predicate.tests]
    as_number = any(isinstance(test, Order) for test in tests) or any(
        isinstance(test, Equals) and test.numbers for test in tests
    )
    as_date = any(isinstance(test, Within | Order) for test in tests)
    read = (row.get(PLAIN) if as_number else None) or (row.get(ISO) if as_date else None) or cell
    whole = without_credentials(read)
    is_address = _ADDRESS.fullmatch(whole) is not None
    if is_address:
        whole = _AFTER_PATH.sub("", whole)
    is_free = any(isinstance(test, Like) for test in tests) and not is_address
    if is_free:
        yield from _composed(operands)
        yield _ANYTHING
    if _NUMBER.fullmatch(whole):
        yield from () if exact else _numbers(whole, tests, personal)
        yield whole
        return
    if whole and not personal.is_in(whole):
        yield from filter(None, [trim(_DATE.sub("", whole))] if _DATE.search(whole) else [])
        yield whole
        if is_address:
            yield from (whole + each for kind, each in operands if kind != "starts_with")
    yield from _composed(operands)
    yield _ANYTHING


def _numbers(number: str, tests: Sequence[Test], personal: Personal) -> Iterator[str]:
    """Yield replacements for a number that is also a contact's id: near it or near bounds, and not ids."""
    if number.isdecimal() and personal.is_in(number):
        after = (str(int(number) + more) for more in range(1, _NEAR))
        operands = (test.operand for test in tests if isinstance(test, Order))
        bounds = [int(each) for each in operands if isinstance(each, Decimal)]
        near = (str(bound + more) for bound in bounds for more in (0, -1, 1))
        yield from (each for each in (*after, *near) if not personal.is_in(each))


def _operands(cell: str, predicates: Sequence[Predicate]) -> list[tuple[str, str]]:
    """Return the tests on a cell that are true: the kind of test, and its operand."""
    folded = fold(cell)
    found: dict[tuple[str, str], None] = {}
    for test in (test for predicate in predicates for test in predicate.tests):
        if isinstance(test, Like):
            how = {"contains": str.__contains__, "starts_with": str.startswith, "ends_with": str.endswith}
            for text in test.texts:
                if how[test.how](folded, fold(text)):
                    found[test.how, text] = None
        elif isinstance(test, Equals | Has):
            texts = test.texts if isinstance(test, Equals) else test.items.texts
            found |= {("equals", text): None for text in texts if fold(text) == folded}
    return list(found)


def _composed(operands: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield texts composed of operands: equal ones, single ones with a filler if needed, then all of them."""
    by = {kind: [text for each, text in operands if each == kind] for kind in
          ("equals", "starts_with", "contains", "ends_with")}  # fmt: skip
    yield from by["equals"]
    starts, inside, ends = (
        max(by["starts_with"], key=len, default=""),
        " ".join(by["contains"]),
        max(by["ends_with"], key=len, default=""),
    )
    if ends:
        yield _ANYTHING + ends
    if starts:
        yield starts + _ANYTHING
    yield from by["contains"]
    if starts or inside or ends:
        yield f"{starts}{inside}{ends}"
        yield f"{starts}{_ANYTHING}{inside}{_ANYTHING}{ends}"


def _answers(cells: pl.DataFrame, predicates: list[Predicate], clock: Clock) -> NDArray[np.bool_]:
    """Return which predicates hold for each cell: one row per cell, one column per predicate."""
    if not predicates or not cells.height:
        return np.zeros((cells.height, len(predicates)), np.bool_)
    columns = {short: cells[short].alias(_CELL + long) for short, long in _SUFFIXES.items() if short in cells}
    ids = pl.Series("contact_id", [f"{number:09}" for number in range(cells.height)])
    frame = pl.DataFrame([ids, cells[_CELL], *columns.values()])
    renamed = [replace(each, column=_CELL) for each in predicates]
    matches = match_fields(contacts_of(frame), list(dict.fromkeys(renamed)), clock).matches
    return np.column_stack([matches[each] for each in renamed])
