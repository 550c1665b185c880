from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from flamescore.engine import Clock
from flamescore.engine.predicates import evaluate
from flamescore.rules import Empty, Equals, Like, Matches, Order, Predicate, Within
from flamescore.units import Period

CLOCK = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), ZoneInfo("America/New_York"))
AT = datetime(2026, 11, 20, 5, tzinfo=UTC)


def says(test, cells, *, case_sensitive=False, iso=None):
    """Return a sign per cell: + if the test holds, - if not, ? if the cell could not be read."""
    frame = pl.DataFrame({"cell": cells}, schema={"cell": pl.String})
    if iso is not None:
        frame = frame.with_columns(pl.Series("iso", iso, pl.String))
    tests = test if isinstance(test, tuple) else (test,)
    found = evaluate(frame, [Predicate("c", tests, case_sensitive)], CLOCK)
    assert found.null_count().sum_horizontal().item() == 0
    return "".join("+" if holds else "?" if unread else "-" for holds, unread in found.iter_rows())


MISSING = [None, "", " \u2003\t"]


@pytest.mark.parametrize(
    ("test", "cells", "expected"),
    [
        (Empty(True), [*MISSING, "x", "\x1c"], "+++--"),
        (Empty(False), [*MISSING, "x", "\x1c"], "---++"),
        (Equals(texts=(" Café ",)), ["cafe\u0301", "CAFÉ", " café\u00a0", "cafe", None], "+++--"),
        (Equals(texts=("a", "b")), ["A", "b", "c", None], "++--"),
        (Equals(texts=("a", "b"), negate=True), ["A", "b", "c", *MISSING], "--+---"),
        (Equals(numbers=(Decimal(5),)), ["5", "5.0", " +5 ", "50e-1", "5x", "6", None], "++++?--"),
        (Equals(numbers=(Decimal(5),), negate=True), ["5.0", "6", "x", None], "-++-"),
        (Equals(texts=("x",), numbers=(Decimal(5),)), ["5.0", "X", "y", None], "++--"),
        (Equals(booleans=(True,)), ["true", "YES", "y", "1", "T", "1.0", "no", "maybe", None], "+++++----"),
        (Equals(booleans=(False,)), ["FALSE", "No", "n", "0", "f", "0.0", "yes", None], "+++++---"),
        (Equals(booleans=(True,), negate=True), ["true", "no", "maybe", None], "-++-"),
        (Equals(booleans=(True, False)), ["t", "F", "maybe"], "++-"),
        (Like("contains", ("b",)), ["aBc", "b", "ac", None], "++--"),
        (Like("contains", (".", "[")), ["a.b", "a[b", "ab"], "++-"),
        (Like("contains", ("b", "x")), ["ab", "ax", "a"], "++-"),
        (Like("contains", ("a ",)), ["a ", "a b"], "-+"),
        (Like("contains", ("b",), negate=True), ["abc", "ac", *MISSING], "-+---"),
        (Like("contains", ("b", "c"), negate=True), ["ab", "ac", "a"], "--+"),
        (Like("starts_with", ("/Sales",)), [" /sales/x", "x/sales", None], "+--"),
        (Like("ends_with", ("É",)), ["cafe\u0301", "cafe", None], "+--"),
        (Matches("^b|C$"), [" abc ", "bd", "ca", None], "++--"),
        (Order("at_least", Decimal(5)), ["5", "5.0", "4.9999", "x", None], "++-?-"),
        (Order("at_most", Decimal(5)), ["5", "5.0001", "-1", "1e13"], "+-+?"),
        (Order("more_than", Decimal(5)), ["5", "5.0001", "2026-01-01"], "-+?"),
        (Order("less_than", Decimal("0.5")), [".5", ".4", "-1"], "-++"),
        (Order("at_least", date(2026, 11, 20)), ["2026-11-20", "2026-11-20T04:59:59Z"], "+-"),
        (Order("at_most", date(2026, 11, 20)), ["2026-11-21T04:59:59Z", "2026-11-21T05:00:00Z"], "+-"),
        (Order("more_than", date(2026, 11, 20)), ["2026-11-21", "2026-11-21T04:59:59Z", "5"], "+-?"),
        (Order("less_than", date(2026, 11, 20)), ["2026-11-19", "2026-11-20T00:00:00", "soon"], "+-?"),
        (Order("at_least", AT), ["2026-11-20", "2026-11-20T04:59:59Z"], "+-"),
        (Order("at_most", AT), ["2026-11-20", "2026-11-20T05:00:01Z"], "+-"),
        (Order("more_than", AT), ["2026-11-20", "2026-11-20T05:00:01Z"], "-+"),
        (Order("less_than", AT), ["2026-11-20", "2026-11-19T23:59:59", "x", None], "-+?-"),
        (Within(Period(1, "d"), ahead=False), ["2026-11-20", "2026-11-21", "2026-11-22", "x", None], "-+-?-"),
        (
            Within(Period(2, "d"), ahead=False),
            ["2026-11-19", "2026-11-20T05:00Z", "2026-11-20T04:59Z"],
            "-+-",
        ),
        (
            Within(Period(1, "d"), ahead=True),
            ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"],
            "-++-",
        ),
        ((Order("at_least", Decimal(5)), Order("less_than", Decimal(6))), ["5", "5.999", "6", "4"], "++--"),
        ((Empty(True), Equals(texts=("a",))), ["a", None], "--"),
    ],
)
def test_predicates(test, cells, expected):
    assert says(test, cells) == expected


def test_case_sensitive():
    assert says(Equals(texts=("US",)), ["US", "us", " US "], case_sensitive=True) == "+-+"
    assert says(Equals(booleans=(True,)), ["TRUE"], case_sensitive=True) == "+"
    assert says(Like("contains", ("S",)), ["US", "us"], case_sensitive=True) == "+-"
    assert says(Matches("S$"), ["US", "us"], case_sensitive=True) == "+-"
    assert says(Equals(texts=("CAFE\u0301",)), ["CAFÉ", "CAFE\u0301"], case_sensitive=True) == "++"


def test_a_declared_format_reads_a_date_before_the_cell_does():
    later = Order("more_than", date(2026, 11, 20))
    cells = ["21/11/2026", "2026-11-21", "x", None]
    assert says(later, cells, iso=["2026-11-21", None, None, None]) == "++?-"
    assert says(later, cells) == "?+?-"


def test_several_predicates_of_a_column_are_told_apart():
    predicates = [Predicate("c", (Empty(False),)), Predicate("c", (Order("at_least", Decimal(5)),))]
    found = evaluate(pl.DataFrame({"cell": ["5", "x", None]}), predicates, CLOCK)
    assert found.rows() == [
        (True, True, False, False),
        (True, False, False, True),
        (False, False, False, False),
    ]
