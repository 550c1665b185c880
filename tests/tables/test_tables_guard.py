from __future__ import annotations

import csv
import re
from io import StringIO

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.tables import guard


@pytest.mark.parametrize(
    "cell",
    [
        "=HYPERLINK(1)",
        "=1",
        "+cmd|' /C calc'!A0",
        "+A1",
        "-A1",
        "-",
        "+",
        "-1+2",
        "+1+cmd",
        "@SUM(1)",
        "\tx",
        "\nx",
        "+1 555 =1",
        "-1 555 010 0001",
        "-5\n",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        '"=1"',
        "\x00=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(1)",
        "\u3000\uff1d1",
        "\ufe661",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_led_by_a_quote(cell):
    assert guard(pl.DataFrame({"a": [cell]}))["a"].to_list() == [f"'{cell}"]


@pytest.mark.parametrize(
    "cell",
    [
        "-12",
        "+0.25",
        "-.5",
        "+1e-5",
        "+1 555 010 0001",
        "+1 (555) 010-0001",
        "+1.555.010.0001",
        "+49/30/123456",
        "+1 555 010 0001 x12",
        "+1 555 010 0001 ext. 12",
        "Ann = Bob",
        "a@b.example",
        "'=1",
        "",
        "a,=1",
        "a; b",
        "a;",
        " -12",
        "-12 ",
        None,
    ],
)
def test_all_else_stays_as_it_is(cell):
    frame = pl.DataFrame({"a": [cell]}, schema={"a": pl.String})
    assert guard(frame).equals(frame, null_equal=True)


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("a;=1", "a;'=1"),
        ("a;=1;@2", "a;'=1;'@2"),
        ("=1;=2", "'=1;'=2"),
        ("a\t=1", "a\t'=1"),
        ("a\n=1", "a\n'=1"),
        ("a\r\n+1", "a\r\n'+1"),
        ("a\u2028=1", "a\u2028'=1"),
        ("a; =1", "a;' =1"),
        ('a;"=1"', 'a;\'"=1"'),
        ("a;\n=1", "a;\n'=1"),
        ("a;\uff1d1", "a;'\uff1d1"),
        ("a;-5", "a;'-5"),
        (";=1", ";'=1"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("+12345\n=1", "'+12345\n'=1"),
    ],
)
def test_what_a_spreadsheet_may_take_for_a_cell_inside_a_cell_is_led_too(cell, made):
    assert guard(pl.DataFrame({"a": [cell]}))["a"].to_list() == [made]


SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
PARTS = st.sampled_from(
    [*"=+-@\uff1d\uff0b\uff0d\uff20;\t\r\n\"' ,a1.\u00a0\u200b\u3000", "\r\n", "cmd", "+1 602 555 0101"]
)
NUMBER = re.compile(r" *[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)? *")
PHONE = re.compile(r" *\+\(?[0-9][0-9 ().\-/]{4,}( ?(x|ext\.?) ?[0-9]+)?")


@given(st.lists(st.lists(PARTS, max_size=8).map("".join), min_size=1, max_size=5))
def test_no_part_of_a_cell_begins_with_a_sign_whatever_splits_it(cells):
    for cell, made in zip(cells, guard(pl.DataFrame({"a": cells}))["a"], strict=True):
        if NUMBER.fullmatch(cell) or PHONE.fullmatch(cell):
            assert made == cell
            continue
        assert made.replace("'", "") == cell.replace("'", "")
        parts = [part.lstrip(' \u00a0\u200b\u3000"') for part in re.split(r"[;\t\r\n]", made)]
        assert not any(part.startswith(SIGNS) for part in parts)


@given(st.lists(st.lists(PARTS, max_size=8).map("".join), min_size=1, max_size=4))
def test_no_cell_begins_with_a_sign_where_the_csv_is_read_with_semicolons_or_tabs(cells):
    text = guard(pl.DataFrame({"a": cells, "b": [f"x;{cell}" for cell in cells]})).write_csv()
    for mark in ";\t":
        for row in csv.reader(StringIO(text, newline=""), delimiter=mark):
            for cell in row[1:]:
                assert not cell.lstrip(' \u00a0\u200b\u3000"').startswith(SIGNS)


def test_a_guarded_header_is_called_like_no_other():
    frame = pl.DataFrame({"=a": [1], "'=a": [2], "b": ["="]})
    assert guard(frame).to_dict(as_series=False) == {"''=a": [1], "'=a": [2], "b": ["'="]}


@pytest.mark.parametrize("kind", [pl.Categorical(), pl.Enum(["=1", "x"])])
def test_categories_are_texts_too(kind):
    frame = pl.DataFrame({"a": ["=1", "x", None]}, schema={"a": kind})
    assert guard(frame)["a"].to_list() == ["'=1", "x", None]


def test_numbers_stay_numbers_and_headers_are_cells_too():
    frame = pl.DataFrame({"=A1": ["x"], "n": [-1.5]})
    guarded = guard(frame)
    assert guarded.to_dict(as_series=False) == {"'=A1": ["x"], "n": [-1.5]}
    assert guarded.schema["n"] == pl.Float64


def test_twice_is_once():
    frame = pl.DataFrame({"a": ["=1", "-A", "x"]})
    assert guard(guard(frame)).equals(guard(frame))
