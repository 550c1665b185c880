"""What a person sees on a terminal, and what a pipe gets instead."""

# ruff: noqa: E501 - a row of a table is a line here

from __future__ import annotations

import pytest

from cli.small import latest, write_project
from cli.terminal import CODES, on_terminal, plain
from flamescore.cli.start import main  # noqa: F401 - a broken program fails here, not in each process


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("terminal") / "project")


@pytest.fixture(scope="module")
def summary(folder):
    code, text = on_terminal("score", "--hot-flames", "3", cwd=folder, width=100)
    assert code == 0
    return text


def test_score_shows_progress_and_the_summary(folder, summary):
    assert "\x1b[?25l" in summary
    assert "Writing the tables" in summary
    seen = plain(summary)
    assert "8 contacts as of 2026-11-21 00:00 UTC" in seen
    assert "Interest: 4 hot, 1 of them excluded from calls" in seen
    assert "▲▲▲▲▲" in seen
    assert "Ann Lee" in seen
    assert seen.endswith(f"Published {folder}/out/runs/{latest(folder)}\n")


@pytest.mark.usefixtures("folder")
def test_names_come_out_as_themselves(summary):
    seen = plain(summary)
    assert "[/evil]" in seen
    assert "<script>alert(1)</script>" in seen
    assert '=HYPERLINK("http://x","y")' in seen


LIST = """\
   Name                       Company                     Phone            E-mail              Flames  Score      Last
──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
1  Ann Lee                    Acme                        +1 602 555 0101  ann@example.com     ▲▲▲▲▲   25 (100%)  2026-11-20 09:30
2  <script>alert(1)</script>                                               script@example.com  ▲▲▲▲▲   20 (71%)   2026-11-17 09:00
4  [/evil]                    =HYPERLINK("http://x","y")                   evil@example.com    ▲▲▲··   15 (57%)   2026-11-19 10:00
5  Cara Smith                 Smith & Sons                -1-602           cara@example.com    ▲····   5 (42%)    2026-11-20 22:00
"""

NARROW = """\
   Name                    E-mail              Flames     Last
   Company                 Phone               Score
────────────────────────────────────────────────────────────────────
1  Ann Lee                 ann@example.com     ▲▲▲▲▲      2026-11-20
   Acme                    +1 602 555 0101     25 (100%)  09:30
2  <script>alert(1)</scr…  script@example.com  ▲▲▲▲▲      2026-11-17
                                               20 (71%)   09:00
4  [/evil]                 evil@example.com    ▲▲▲··      2026-11-19
   =HYPERLINK("http://x"…                      15 (57%)   10:00
5  Cara Smith              cara@example.com    ▲····      2026-11-20
   Smith & Sons            -1-602              5 (42%)    22:00
"""


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in plain(text).splitlines()]


@pytest.mark.usefixtures("summary")
def test_search_has_a_line_a_lead_where_that_fits(folder):
    code, text = on_terminal("search", "--flames", "1-5", cwd=folder, width=134)
    assert code == 0
    assert lines(text) == LIST.splitlines()


@pytest.mark.usefixtures("summary")
def test_search_has_two_lines_a_lead_where_it_is_narrow_and_cuts_only_names(folder):
    _, text = on_terminal("search", "--flames", "1-5", cwd=folder, width=68)
    assert lines(text) == NARROW.splitlines()


@pytest.mark.usefixtures("summary")
def test_search_is_never_wider_than_the_terminal(folder):
    for width in (64, 100):
        _, text = on_terminal("search", "--all", cwd=folder, width=width)
        assert max(map(len, lines(text))) <= width
        for whole in ("script@example.com", "+1 602 555 0101", "25 (100%)", "2026-11-20"):
            assert whole in plain(text)


@pytest.mark.usefixtures("summary")
def test_search_with_further_scores_and_with_why(folder):
    _, text = on_terminal("search", "--score", "interest:5", "--score", "fit:1-3", cwd=folder, width=160)
    assert "▲▲▲▲▲   25 (100%)  2026-11-20 09:30  ▲▲▲·· 3" in plain(text)
    _, text = on_terminal("search", "--flames", "0", cwd=folder)
    assert "Works for a competitor" in plain(text)


@pytest.mark.usefixtures("summary")
def test_search_says_how_many_more_there_are_and_when_there_is_nobody(folder):
    _, text = on_terminal("search", "--limit", "2", cwd=folder)
    assert plain(text).endswith("2 of 7 shown\n")
    _, text = on_terminal("search", "--limit", "2", "-q", cwd=folder)
    assert "shown" not in text
    code, text = on_terminal("search", "--min-score", "1000", cwd=folder)
    assert (code, plain(text)) == (0, "info N002: No contacts match. Without --min-score 1000: 7.\n")


@pytest.mark.usefixtures("summary")
def test_search_with_columns_shows_these_under_their_names(folder):
    _, text = on_terminal("search", "--columns", "contact_id,Country", "--limit", "1", cwd=folder)
    assert [line.split() for line in lines(text)][1:4:2] == [["contact_id", "Country"], ["101", "US"]]


@pytest.mark.usefixtures("summary")
def test_explain_on_a_terminal(folder):
    code, text = on_terminal("explain", "102", cwd=folder, width=100)
    assert code == 0
    seen = lines(text)
    assert seen[0] == "[/evil] · evil@example.com · 102"
    assert "Interest: 15 points ▲▲▲··, rank 4 of 8, better than 57%" in seen
    assert "  1 point more for 4 flames. One of these would do:" in seen
    assert "    if they do this again: Form → 20 points, 5 flames" in seen


@pytest.mark.usefixtures("summary")
def test_a_format_that_is_asked_for_holds_on_a_terminal_too(folder):
    _, text = on_terminal("search", "--format", "csv", "--columns", "contact_id", "--limit", "1", cwd=folder)
    assert text == "contact_id\n101\n"


@pytest.mark.usefixtures("summary")
def test_colours_on_a_terminal_but_not_with_no_color(folder):
    _, coloured = on_terminal("search", cwd=folder)
    _, plain_text = on_terminal("search", cwd=folder, NO_COLOR="1")
    assert "\x1b[31m" in coloured
    assert "\x1b[31m" not in plain_text
    assert plain(coloured) == plain(plain_text)


def test_off_a_terminal_there_are_no_codes_and_no_progress(project, process):
    for words in (("score",), ("search", "--format", "table"), ("explain", "101", "--all")):
        done = process(*words, cwd=project)
        assert (done.code, done.err) == (0, "")
        assert not CODES.search(done.out)


def test_a_shell_without_utf8_stops_nothing(project, process):
    process("score", cwd=project)
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0"}
    for words in (("explain", "101"), ("search", "--format", "table")):
        done = process(*words, cwd=project, **environ)
        assert (done.code, done.err) == (0, "")
