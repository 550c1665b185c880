"""The operands of predicates, each as a separate predicate.

`url: {contains: [/demo, /sales]}` has two: `url contains /demo` and `url contains /sales`. This makes it
possible to report for each operand whether any cell matches it, instead of only for the whole list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine.streams import EVENT
from flamescore.rules import Equals, Has, Like, ListValues, Predicate
from flamescore.text import trim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.rules import Test


class Operand(Struct, frozen=True):
    """An operand: how messages display it, whether it is a text, and a predicate that tests it alone.

    `pieces` is whether it may match part of a cell. A list from a file is one operand, displayed as its path,
    and is not a text. The operands of negated tests such as `not_equals` are tested without the negation.
    """

    shown: str
    alone: Predicate
    is_text: bool = True
    pieces: bool = False


def operands_of(predicate: Predicate) -> tuple[Operand, ...]:
    """Return the texts, numbers and booleans that a predicate compares with, in order."""
    return tuple(
        Operand(shown, replace(predicate, tests=(test,)), is_text, isinstance(test, Like))
        for whole in predicate.tests
        for shown, test, is_text in _parts(whole)
    )


def watched(predicates: Iterable[Predicate]) -> tuple[Predicate, ...]:
    """Return the operands of predicates as separate predicates, without duplicates."""
    return tuple(dict.fromkeys(each.alone for predicate in predicates for each in operands_of(predicate)))


def type_predicate(types: tuple[str, ...]) -> Predicate:
    """Return the predicate on an event's type for a list of types."""
    return Predicate(EVENT, (Equals(texts=types),))


def _parts(test: Test) -> Iterator[tuple[str, Test, bool]]:
    match test:
        case Equals():
            yield from _equal(test)
        case Like(how=how, texts=ListValues() as values):
            yield values.path, Like(how, values), False
        case Has(items=items):
            yield from ((shown, Has("has", one), is_text) for shown, one, is_text in _equal(items))
        case Like(how=how, texts=texts):
            yield from ((trim(text) or text, Like(how, (text,)), True) for text in texts)
        case _:
            return


def _equal(test: Equals) -> Iterator[tuple[str, Equals, bool]]:
    if isinstance(test.texts, ListValues):
        yield test.texts.path, Equals(texts=test.texts), False
        return
    yield from ((text, Equals(texts=(text,)), True) for text in test.texts)
    yield from ((f"{number:f}", Equals(numbers=(number,)), False) for number in test.numbers)
    yield from ((str(flag).lower(), Equals(booleans=(flag,)), False) for flag in test.booleans)
