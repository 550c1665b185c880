"""Tables for a screen: never wider than it, protected texts whole, columns dropped in their order."""

# ruff: noqa: RUF001 - the tests show names in other scripts

from __future__ import annotations

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from flamescore.screen import NARROWEST, UNKNOWN, Column, Screen, Span, screen_of, table
from flamescore.text import clusters, for_cell, terminal_columns


class Stream(io.StringIO):
    """A stream with an encoding, which is a terminal or not."""

    def __init__(self, encoding: str | None = "utf-8", *, terminal: bool = False) -> None:
        super().__init__()
        self.named, self.terminal = encoding, terminal

    @property
    def encoding(self):
        return self.named

    def isatty(self) -> bool:
        return self.terminal


# --- width, marks, color


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        ("80", 80),
        ("300", 300),
        ("20", NARROWEST),
        ("0", UNKNOWN),
        ("", UNKNOWN),
        ("-5", UNKNOWN),
        ("x", UNKNOWN),
    ],
)
def test_without_a_terminal_columns_says_how_wide_it_is(columns, width):
    assert screen_of(Stream(), {"COLUMNS": columns}).width == width


def test_nothing_says_how_wide_it_is():
    assert screen_of(Stream(), {}) == Screen(width=UNKNOWN)


@pytest.mark.parametrize(
    ("encoding", "environ", "plain"),
    [
        ("utf-8", {}, False),
        ("UTF8", {"TERM": "xterm"}, False),
        (None, {}, False),
        ("utf-8", {"TERM": "dumb"}, True),
        ("ascii", {}, True),
        ("latin-1", {"TERM": "xterm"}, True),
    ],
)
def test_marks_are_ascii_where_others_would_not_show(encoding, environ, plain):
    screen = screen_of(Stream(encoding), environ)
    assert screen.plain is plain
    assert screen.flames(3) == ("***.." if plain else "▲▲▲··")
    assert screen.marks("a…×→█") == ("a...x->#" if plain else "a…×→█")


def test_what_an_encoding_lacks_is_a_question_mark_that_is_counted():
    lines = table([Column("Name", ["Zoë 李", "Ann"]), Column("Id", ["1", "2"])], Screen(encoding="ascii"))
    assert lines == ["Name   Id", "Zo? ?  1", "Ann    2"]


@pytest.mark.parametrize("forced", ["", "0", "1"])
@pytest.mark.parametrize("without", ["", "1"])
@pytest.mark.parametrize("term", ["dumb", "xterm"])
@pytest.mark.parametrize("terminal", [True, False])
def test_colours(forced, without, term, terminal):
    environ = {"FORCE_COLOR": forced, "NO_COLOR": without, "TERM": term}
    wanted = not without and term != "dumb" and (terminal or forced == "1")
    screen = screen_of(Stream(terminal=terminal), environ)
    assert screen.coloured is wanted
    assert screen.styled("x", "bold red") == ("\x1b[1;31mx\x1b[0m" if wanted else "x")


# --- text


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("Ann", 3),
        ("Zoe\u0308", 3),
        ("李明", 4),
        ("ａ", 2),
        ("🔥", 2),
        ("☎\ufe0f", 2),
        ("ไทย", 3),
        ("กำลัง", 4),
        ("שלום", 4),
        ("👩\u200d💻", 4),
        ("می\u200cخواهم", 7),
    ],
)
def test_the_columns_that_a_text_takes(text, width):
    assert terminal_columns(text) == width


SCRIPTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("abc Zoë李明한국مرحباशลाไทย🔥👩💻👍🏽🇩🇪\u200d\ufe0f\u0301\u0338\u0e31ﷺ"),
    ),
    max_size=40,
)
NAMES = st.one_of(SCRIPTS, st.text("ab 李\u0301", min_size=250, max_size=300))


@given(SCRIPTS)
@example("👩\u200d💻")
def test_no_text_is_taken_for_narrower_than_a_terminal_shows_it(text):
    shown = for_cell(text)
    assert terminal_columns(shown) >= cell_len(shown)
    assert "".join(clusters(shown)) == shown


@given(NAMES, st.integers(4, 60))
def test_a_text_is_cut_to_its_columns(text, room):
    screen = Screen()
    shown = screen.shown(text)
    cut = screen.cut(shown, room)
    assert terminal_columns(cut) <= room
    assert cut == shown or (cut.endswith("…") and shown.startswith(cut[:-1]))


def test_a_character_is_not_torn_from_its_marks():
    screen = Screen()
    assert screen.cut("abc" + "e\u0301" * 5, 5) == "abce\u0301…"
    assert screen.cut("ab👩\u200d💻cd", 6) == "ab…"
    assert screen.cut("Talked with a rep", 13) == "Talked with…"


# --- tables


def test_a_table_to_the_letter():
    columns = [
        Column("#", ["1", "12"], right=True),
        Column("Name", ["Ann Lee", ""], style="bold"),
        Column("Score", ["28", "1,234.5"], right=True),
        Column("Id", ["a", "bcd"]),
    ]
    assert table(columns, Screen()) == [
        " #  Name       Score  Id",
        " 1  Ann Lee       28  a",
        "12           1,234.5  bcd",
    ]
    assert table(columns[1:2], Screen(coloured=True)) == ["\x1b[2mName\x1b[0m", "\x1b[1mAnn Lee\x1b[0m", ""]


WHY = ("Talked with a rep of ours at the fair", ", 11 days ago")


def four(name: str, why: str) -> list[Column]:
    """Return the columns of the example in the module."""
    return [
        Column("Name", [name], least=12),
        Column("Phone", ["(505) 555-0112"], goes=2),
        Column("Why", [(Span(why), Span(WHY[1], whole=True))], least=24, goes=1),
        Column("Id", ["2871"]),
    ]


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (120, "Rachel Walker  (505) 555-0112  Talked with a rep of ours at the fair, 11 days ago  2871"),
        (65, "Rachel Walker  (505) 555-0112  Talked with a…, 11 days ago   2871"),
        (60, "Rachel Walk…  (505) 555-0112  Talked wit…, 11 days ago  2871"),
        (59, "Rachel Walker  (505) 555-0112  2871"),
        (40, "Rachel Walker  (505) 555-0112  2871"),
    ],
)
def test_columns_give_way_and_go(width, row):
    assert table(four("Rachel Walker", WHY[0]), Screen(width))[1] == row


def test_the_widest_gives_way_first_and_of_equals_the_first():
    columns = [Column(each, [each * 20], least=4) for each in "abc"]
    assert table(columns, Screen(62))[1] == f"{'a' * 18}…  {'b' * 18}…  {'c' * 20}"
    assert table(columns, Screen(61))[1] == f"{'a' * 18}…  {'b' * 18}…  {'c' * 18}…"


def test_where_nothing_may_go_a_row_takes_several_lines():
    columns = [Column("Name", ["Rachel"], least=12), Column("Id", ["x" * 36]), Column("Also", ["y" * 50])]
    assert table(columns, Screen(40)) == [
        "Name", "    Id", "    Also",
        "Rachel", f"    {'x' * 36}", f"    {'y' * 36}", f"    {'y' * 14}",
    ]  # fmt: skip


def test_names_give_up_more_before_a_row_takes_several_lines():
    columns = [Column("Name", ["Rachel Walker"], least=12), Column("Id", ["x" * 30])]
    assert table(columns, Screen(40))[1] == f"Rachel…   {'x' * 30}"


def test_text_steers_nothing():
    (_, line) = table([Column("Name", ["a\x1b[31m\nb\u202ec"])], Screen())
    assert line == r"a\x1b[31m b\u202ec"


PHONES = st.from_regex(r"\+1 \(\d{3}\) \d{3}-\d{4}", fullmatch=True)
PEOPLE = st.lists(st.tuples(NAMES, NAMES, PHONES, NAMES, st.integers(0, 10**6)), min_size=1, max_size=8)


@given(PEOPLE, st.integers(NARROWEST, 200), st.booleans())
def test_whatever_the_names_a_table_keeps_its_promises(people, width, plain):
    screen = Screen(width, plain=plain)
    names, companies, phones, reasons, numbers = zip(*people, strict=True)
    ids = [str(each) for each in numbers]
    columns = [
        Column("Flames", [screen.flames(each % 6) for each in numbers]),
        Column("Name", names, least=12),
        Column("Company", companies, least=12, goes=1),
        Column("Phone", phones, goes=3),
        Column(
            "Why", [(Span(each), Span(", 11 days ago", whole=True)) for each in reasons], least=24, goes=2
        ),
        Column("Id", ids),
    ]
    header, *lines = table(columns, screen)
    assert len(lines) == len(people)
    assert all(terminal_columns(line) <= width and line == line.rstrip(" ") for line in (header, *lines))
    assert all(line.endswith(who) for line, who in zip(lines, ids, strict=True))
    shown = header.split()
    order = ("Company", "Why", "Phone")
    gone = [each for each in order if each not in shown]
    assert gone == list(order[: len(gone)])
    if "Phone" in shown:
        assert all(phone in line for line, phone in zip(lines, phones, strict=True))
    if "Why" in shown:
        assert all(", 11 days ago" in line for line in lines)
