"""Output on a terminal, and what a pipe gets instead."""

# ruff: noqa: E501 - one table row per line

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from cli.small import EVENTS, latest, write_project
from cli.terminal import CODES, on_terminal, plain
from flamescore.cli.start import main  # noqa: F401 - if the program is broken, fail here and not in each process


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("terminal") / "project")


@pytest.fixture(scope="module")
def summary(folder):
    code, text = on_terminal("score", cwd=folder, width=100)
    assert code == 0
    return text


SUMMARY = """\
8 contacts scored as of 2026-11-21 00:00 UTC

Interest: 2 hot leads to call
1 more is hot but excluded from calls
  ▲▲▲▲▲  3  ██████████████████████████████
  ▲▲▲▲·  0
  ▲▲▲··  1  ██████████
  ▲▲···  0
  ▲····  1  ██████████
  ·····  3
Half score 5 or less; the top 10% 25 or more; the top 1% 25 or more.

fit: 1 hot lead to call
  ▲▲▲▲▲  1  ██████████
  ▲▲▲▲·  0
  ▲▲▲··  2  ████████████████████
  ▲▲···  0
  ▲····  3  ██████████████████████████████
  ·····  2
Half score 1 or less; the top 10% 5 or more; the top 1% 5 or more.

#  Interest  fit      Name               Company             Phone            Why                Id
1  ▲▲▲▲▲ 25  ▲▲▲·· 3  Ann Lee            Acme                +1 602 555 0101  Call, yesterday    101
2  ▲▲▲▲▲ 20  ▲···· 1  <script>alert(1)…                                       Call, 4 days ago   103
3  ▲▲▲·· 15  ▲···· 1  [/evil]            =HYPERLINK("http:…                   Call, 9 days ago   102
4  ▲····  5  ▲▲▲▲▲ 5  Cara Smith         Smith & Sons        -1-602           Form, yesterday    104
5  ·····  0  ····· 0  Eve                                                                        106
6  ·····  0  ····· 0  Faye                                                                       107
7  ····· -5  ▲▲▲·· 3  Gus                Rival                                Form, 10 days ago  108
Published to out/latest.
"""


def test_score_shows_progress_and_the_summary(summary):
    assert "\x1b[?25l" in summary
    assert "Writing the tables" in summary
    _, _, seen = plain(summary).rpartition("8 contacts")
    assert f"8 contacts{seen}" == SUMMARY


@pytest.mark.usefixtures("summary")
def test_a_run_that_latest_does_not_lead_to_says_where_it_is(folder):
    code, text = on_terminal("score", "--as-of", "2026-11-20", cwd=folder)
    assert code == 0
    assert "\nPublished to out/runs/2026-11-20T000000Z-" in plain(text)


LIST = """\
#  Flames  Score  Name                       Company                     Phone            E-mail              Why               Owner     Id
1  ▲▲▲▲▲      25  Ann Lee                    Acme                        +1 602 555 0101  ann@example.com     Call, yesterday   Dana Fox  101
2  ▲▲▲▲▲      20  <script>alert(1)</script>                                               script@example.com  Call, 4 days ago  Bob       103
3  ▲▲▲··      15  [/evil]                    =HYPERLINK("http://x","y")                   evil@example.com    Call, 9 days ago  Dana Fox  102
4  ▲····       5  Cara Smith                 Smith & Sons                -1-602           cara@example.com    Form, yesterday             104
"""

AT_80 = """\
#  Flames  Score  Name                    Phone            Why               Id
1  ▲▲▲▲▲      25  Ann Lee                 +1 602 555 0101  Call, yesterday   101
2  ▲▲▲▲▲      20  <script>alert(1)</scr…                   Call, 4 days ago  103
3  ▲▲▲··      15  [/evil]                                  Call, 9 days ago  102
4  ▲····       5  Cara Smith              -1-602           Form, yesterday   104
"""

AT_40 = """\
#  Flames  Score  Name               Id
1  ▲▲▲▲▲      25  Ann Lee            101
2  ▲▲▲▲▲      20  <script>alert(1)…  103
3  ▲▲▲··      15  [/evil]            102
4  ▲····       5  Cara Smith         104
"""


@pytest.mark.parametrize(("width", "seen"), [(160, LIST), (80, AT_80), (40, AT_40), (20, AT_40)])
def test_search_is_as_wide_as_the_screen(scored, flamescore, width, seen):  # noqa: ARG001
    done = flamescore("search", "--flames", "1-5", "--format", "table", COLUMNS=str(width))
    assert (done.out, done.err) == (seen, "")


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in plain(text).splitlines()]


@pytest.mark.usefixtures("summary")
def test_search_on_a_terminal_shows_the_same(folder):
    code, text = on_terminal("search", "--flames", "1-5", cwd=folder, width=80)
    assert (code, lines(text)) == (0, AT_80.splitlines())


@pytest.mark.usefixtures("scored")
def test_search_with_further_scores_and_with_why(flamescore):
    words = ("search", "--score", "interest:5", "--score", "fit:1-3", "--format", "table")
    assert flamescore(*words, COLUMNS="80").out == (
        "#  Flames  Score  fit      Name           Phone            Why               Id\n"
        "1  ▲▲▲▲▲      25  ▲▲▲·· 3  Ann Lee        +1 602 555 0101  Call, yesterday   101\n"
        "2  ▲▲▲▲▲      20  ▲···· 1  <script>aler…                   Call, 4 days ago  103\n"
    )
    cold = flamescore("search", "--flames", "0", "--format", "table", COLUMNS="80").out
    assert "Works for a competitor" in cold


@pytest.mark.usefixtures("summary")
def test_search_says_how_many_more_there_are_and_when_there_is_nobody(folder):
    _, text = on_terminal("search", "--limit", "2", cwd=folder)
    assert plain(text).endswith("2 of 7 shown\n")
    _, text = on_terminal("search", "--limit", "2", "-q", cwd=folder)
    assert "shown" not in text
    code, text = on_terminal("search", "--min-score", "1000", cwd=folder)
    assert (code, plain(text)) == (0, "info N002: No contacts match. Without --min-score 1000: 7.\n")


@pytest.mark.usefixtures("scored")
def test_nobody_is_no_table(flamescore):
    done = flamescore("search", "--min-score", "1000", "--format", "table")
    assert (done.code, done.out) == (0, "")
    assert done.err == "info N002: No contacts match. Without --min-score 1000: 7.\n"


@pytest.mark.usefixtures("scored")
def test_search_with_columns_shows_these_under_their_names(flamescore):
    done = flamescore(
        "search", "--columns", "contact_id,Country,Employees", "--limit", "1", "--format", "table"
    )
    assert done.out == "contact_id  Country  Employees\n101         US       250\n"


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


@pytest.fixture
def nights(scored, flamescore):
    """Return the project with a second run, a day later: one contact got hot, another lost some points."""
    more = "104,call,2026-11-21T10:00:00Z,\n" + "104,form_submit,2026-11-21T10:00:00Z,E\n" * 2
    (scored / "events.csv").write_text(EVENTS.replace("103,call,2026-11-17T09:00:00Z,\n", "") + more)
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    return scored


CHANGES = """\
interest since 2026-11-21: 1 newly hot, 0 cooled off, 0 up, 0 down, 0 new, 0 gone, 7 unchanged

Change     Name        Flames  Score   Because of        Id
newly hot  Cara Smith  1 → 5   5 → 25  +20 new activity  104
"""


@pytest.mark.usefixtures("nights")
def test_changes(flamescore):
    for width in ("80", "120"):
        done = flamescore("changes", "--format", "table", COLUMNS=width)
        assert (done.out, done.err) == (CHANGES, "")
    ascii_only = flamescore("changes", "--format", "table", TERM="dumb").out
    assert "1 -> 5  5 -> 25  +20 new activity" in ascii_only
    assert flamescore("changes", "--all", "--format", "table").out.count("unchanged") == 8


@pytest.mark.usefixtures("nights")
def test_who_is_newly_hot_is_marked(flamescore):
    shown = flamescore("search", "--flames", "1-5", "--format", "table", COLUMNS="40").out
    assert shown.splitlines()[1:3] == [
        "1  ▲▲▲▲▲ new     25  Cara Smith      104",
        "2  ▲▲▲▲▲         25  Ann Lee         101",
    ]


def test_runs(nights, flamescore):
    done = flamescore("runs", "--format", "table", COLUMNS="80")
    header, first, second = done.out.splitlines()
    assert header.split() == ["Run", "As", "of", "Contacts", "Hot", "To", "call", "Size"]
    assert first.startswith(f"*  {latest(nights)}  2026-11-22 00:00         8    4        3  ")
    assert second.startswith("   2026-11-21T000000Z-")
    assert "  2026-11-21 00:00         8    3        2  " in second
    wide = flamescore("runs", "--format", "table", COLUMNS="120").out.splitlines()
    assert wide[0].endswith("   Size   Took  Started")
    assert wide[1].endswith(" s  just now")
    assert flamescore("runs", "--limit", "1", "--format", "table").out.count("2026-11-2") == 2
    (nights / "out" / "runs" / latest(nights) / "run.json").write_text("{")
    damaged = flamescore("runs", "--format", "table", COLUMNS="80").out.splitlines()[1]
    assert damaged.startswith(f"*  {latest(nights)}  damaged  ")


@pytest.mark.usefixtures("nights")
def test_runs_for_programs_have_to_call_at_the_end(flamescore):
    header, first, _ = flamescore("runs").out.splitlines()
    assert header == "run_id,as_of,latest,contacts,hot,bytes,seconds,started_at,damaged,to_call"
    assert (first.split(",")[4], first.split(",")[-1]) == ("4", "3")


# --- colors


COMBINED = list(itertools.product(("", "1"), ("", "0", "1"), ("xterm", "dumb"), ("utf-8", "ascii")))


@pytest.mark.full
@pytest.mark.parametrize("environ", COMBINED, ids=str)
@pytest.mark.parametrize("terminal", [True, False])
def test_every_combination_of_what_steers_colours_and_marks(folder, summary, process, environ, terminal):
    del summary
    without, forced, term, encoding = environ
    wanted = {"NO_COLOR": without, "FORCE_COLOR": forced, "TERM": term, "PYTHONIOENCODING": encoding}
    words = ("search", "--flames", "1-5", "--format", "table")
    if terminal:
        _, text = on_terminal(*words, cwd=folder, width=80, **wanted)
    else:
        text = process(*words, cwd=folder, COLUMNS="80", **wanted).out
    coloured = not without and term != "dumb" and (terminal or forced == "1")
    assert ("\x1b[31m" in text) is coloured
    assert ("▲" in text) is (term != "dumb" and encoding == "utf-8")
    assert len(lines(text)) == len(AT_80.splitlines())
    assert all(len(line) <= 80 for line in lines(text))


@pytest.mark.usefixtures("scored")
def test_colours_in_a_pipe_are_forced_and_turn_no_csv_into_a_table(flamescore):
    forced = flamescore("search", "--format", "table", FORCE_COLOR="1", TERM="xterm").out
    unforced = flamescore("search", "--format", "table", TERM="xterm").out
    assert forced.splitlines()[1].startswith("1  \x1b[31m▲▲▲▲▲\x1b[0m      25  \x1b[1mAnn Lee\x1b[0m")
    assert plain(forced) == unforced
    assert flamescore("search", FORCE_COLOR="1").out.startswith("rank,contact_id,")
    assert flamescore("search", "--format", "table", "-o", "calls.txt", FORCE_COLOR="1").code == 0
    assert not CODES.search(Path("calls.txt").read_text(encoding="utf-8"))


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
        assert "*****" in done.out or words[0] == "explain"
