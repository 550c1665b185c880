"""The filter for text that people read: what is escaped, what stays, and where the carets go."""

import json
import re

import pytest

from flamescore.errors import Problem, Where
from flamescore.text import for_cell, for_log, json_text, printable, snippet

ESCAPES = {
    "\x00": r"\x00",
    "\x07": r"\x07",
    "\t": r"\x09",
    "\n": r"\x0a",
    "\r": r"\x0d",
    "\x1b": r"\x1b",
    "\x7f": r"\x7f",
    "\x85": r"\x85",
    "\x9b": r"\x9b",
    "\u061c": r"\u061c",
    "\u200b": r"\u200b",
    "\u200f": r"\u200f",
    "\u2028": r"\u2028",
    "\u202e": r"\u202e",
    "\u2060": r"\u2060",
    "\u2069": r"\u2069",
    "\ufeff": r"\ufeff",
    "\udcff": r"\udcff",
}


@pytest.mark.parametrize(("hidden", "escape"), ESCAPES.items())
def test_what_hides_or_steers_is_escaped(hidden, escape):
    assert printable(f"a{hidden}b") == f"a{escape}b"
    assert hidden not in json_text([hidden])
    assert json.loads(json_text([f"a{hidden}b"])) == [f"a{hidden}b"]


@pytest.mark.parametrize("text", ["", "Zoë 李 🔥 a\u00a0b", r"C:\temp\x1b", "é ﷺ ไทย", "e\u0301"])
def test_all_else_stays(text):
    assert printable(text) == text
    assert for_log(text) == text
    assert for_cell(text) == text
    assert json_text(text) == json.dumps(text, ensure_ascii=False)


def test_in_a_cell_line_ends_and_tabs_are_spaces_and_joiners_stay():
    assert for_cell("a\r\nb\tc\u2028d\x1b") == r"a  b c d\x1b"
    assert for_cell("\u06cc\u200c\u0647 \u200d") == "\u06cc\u200c\u0647 \u200d"


def test_a_message_has_no_credentials_whatever_stands_in_them():
    assert for_log("`https://ann:hun\nter2@h/a.csv?t=1`, which --config names") == (
        "`https://h/a.csv`, which --config names"
    )


# --- snippets


def carets(line, column, width=1):
    """Return the text above the carets, without ellipses."""
    shown, under = snippet(line, column, width)
    return shown[under.index("^") : under.rindex("^") + 1]


def test_carets_stay_under_their_place_where_characters_are_escaped():
    assert snippet("a\x1b\u202e: bad", 6, 3) == (r"a\x1b\u202e: bad", " " * 13 + "^^^")
    assert snippet("a\tb", 3, 1) == ("a b", "  ^")
    assert snippet("a\x07", 2, 1) == (r"a\x07", " ^^^^")


def test_carets_count_the_columns_of_wide_characters():
    assert snippet("李: bad", 4, 3) == ("李: bad", "    ^^^")
    assert snippet("e\u0301: 李", 5, 1) == ("e\u0301: 李", "   ^^")


def test_credentials_are_cut_out_of_a_snippet():
    line = "  - {path: 'https://ann:hunter2@host/a.csv?token=hunter2', bad: 1}"
    shown, under = snippet(line, line.index("bad") + 1, 3)
    assert shown == "  - {path: 'https://host/a.csv', bad: 1}"
    assert shown[under.index("^") : under.rindex("^") + 1] == "bad"


@pytest.mark.parametrize("place", [0, 30, 119, 120, 121, 159, 160, 500, 3_990, 4_000, 9_000, 9_996])
@pytest.mark.parametrize("filler", ["x", "ab ", "\x1b", "\u202e "])
def test_a_long_line_is_cut_around_the_place(place, filler):
    line = (filler * 10_000)[:10_000]
    line = line[:place] + "BAD" + line[place + 3 :]
    shown, under = snippet(line, place + 1, 3)
    assert len(shown) <= 200
    assert len(under) <= 200
    assert carets(line, place + 1, 3) == "BAD"
    assert shown.endswith("…") or place > 9_900


def test_a_line_of_160_characters_is_shown_whole():
    assert snippet("x" * 160, 150, 1)[0] == "x" * 160
    assert snippet("x" * 161, 1, 1)[0] == "x" * 160 + "…"


def test_the_rest_of_a_url_that_begins_far_to_the_left_is_not_shown():
    line = "a: https://h/?" + "t" * 5_000 + "hunter2 bad"
    shown, _ = snippet(line, len(line) - 2, 3)
    assert "hunter2" not in shown
    assert shown.endswith(" bad")


def test_each_part_of_a_problem_is_one_line():
    where = Where("a\nb.yaml", 3, 6, "k\x1b: v\x85w", 3)
    problem = Problem("R000", "No `a\nb`.", where, "Did you mean `\u202e`?")
    assert str(problem).split("\n") == [
        r"a\x0ab.yaml:3:6: R000 No `a\x0ab`.",
        r"    3 | k\x1b: v\x85w",
        "      |         ^^^^^",
        r"        Did you mean `\u202e`?",
    ]
    assert re.fullmatch(r"[ -~\n]*", str(problem))


@pytest.mark.parametrize("column", [5, 6, 400, 100_000])
def test_a_place_past_the_end_of_a_line_is_its_end(column):
    assert snippet("abcd", column, 3) == ("abcd", "    ^")


def test_of_a_long_line_too():
    shown, carets = snippet("x" * 9_000, 50_000, 1)
    assert shown == "…" + "x" * 40
    assert carets == " " * 41 + "^"
