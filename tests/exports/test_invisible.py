"""Invisible characters at the ends of cells: which they are, that they are stripped, how they are counted."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.exports.invisible_ends import (
    InvisibleEnds,
    has_invisible_ends,
    holds_any,
    removed,
    with_bare_ends,
)
from flamescore.invisible import ENDS, INVISIBLE, bare_ends
from flamescore.text import WHITE_SPACE

LISTED = (
    "00AD 034F 061C 115F 1160 17B4 17B5 180B-180E 200B-200F 202A-202E 2060-2064 2066-206F FEFF FFF9-FFFB "
    "0001-0008 000B-000C 000E-001F 007F-009F"
)


def test_which_they_are():
    expected = set()
    for each in LISTED.split():
        first, _, last = each.partition("-")
        expected |= {chr(code) for code in range(int(first, 16), int(last or first, 16) + 1)}
    assert set(INVISIBLE) == expected
    controls = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc"}
    assert controls - set(INVISIBLE) == {"\t", "\n", "\r", "\0"}
    assert {"\t", "\n", "\r", " ", "\u00a0"} <= set(ENDS)
    assert "\0" not in ENDS


@pytest.mark.parametrize("character", INVISIBLE)
def test_each_goes_from_both_ends_and_stays_inside(character):
    cells = [f"{character}click", f" click{character} ", f"a{character}b", character, "click", None]
    frame = pl.DataFrame({"c": cells})
    assert frame.select(with_bare_ends(pl.col("c")))["c"].to_list() == [
        "click",
        "click",
        cells[2],
        "",
        "click",
        None,
    ]
    assert [bare_ends(each) for each in cells[:-1]] == ["click", "click", cells[2], "", "click"]
    seen = character not in WHITE_SPACE
    marked = frame.select(has_invisible_ends(pl.col("c")))["c"].to_list()
    assert marked == [seen, seen, False, seen, False, False]
    assert holds_any(f"1,click{character}\n".encode())


def test_bytes_without_any():
    text = "".join(chr(c) for c in range(0xFFF0) if not 0xD800 <= c < 0xE000 and chr(c) not in INVISIBLE)
    assert not holds_any(text.encode())
    assert not holds_any(b"1,click\r\n\t\0")
    assert not holds_any("a\u2013b \u2019 \u00a0é ü \u2028 ☃ \U0001f525".encode())
    assert not holds_any(b"")


@given(st.text(alphabet=st.sampled_from([*INVISIBLE, *WHITE_SPACE, *"abcé\u2019\u2026"])))
def test_one_test_and_the_other(text):
    assert holds_any(text.encode()) == bool({*text} & {*INVISIBLE})
    cell = pl.DataFrame({"c": [text]})
    assert cell.select(with_bare_ends(pl.col("c"))).item() == bare_ends(text)
    if cell.select(has_invisible_ends(pl.col("c"))).item():
        assert holds_any(text.encode())


def test_counts():
    found = removed(
        pl.Series(["click\u200b", "\ufeffclick", "click\u00ad", "click", " x ", None, "a\u200db"])
    )
    assert (found.cells, found.named) == (3, "U+00AD, U+200B, U+FEFF")
    cells, rows = pl.Series(["\u200bclick", "\ufeff\u200b", "mail"]), pl.Series([310, 2, 5000])
    assert (removed(cells, rows).cells, removed(cells, rows).named) == (312, "U+200B, U+FEFF")
    nothing = removed(pl.Series([None, " a "], dtype=pl.String))
    assert (nothing.cells, nothing.named) == (0, "")


@given(st.lists(st.text(alphabet=st.sampled_from([*INVISIBLE, *WHITE_SPACE, *"abcé\u2019"])) | st.none()))
def test_of_files_that_are_no_text_only_odd_cells_change(cells):
    noticed = InvisibleEnds()
    frame = pl.DataFrame({"c": pl.Series(cells, dtype=pl.String)})
    read = frame.select(noticed.bare(pl.col("c"), "c"))["c"].to_list()
    odd = frame.select(has_invisible_ends(pl.col("c")))["c"].to_list()
    assert read == [bare_ends(cell) if is_odd else cell for cell, is_odd in zip(cells, odd, strict=True)]
    assert noticed.headers == ({"c"} if any(odd) else set())
