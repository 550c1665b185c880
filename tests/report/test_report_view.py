from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from msgspec.structs import replace

from flamescore.findings import Finding, Severity
from flamescore.report import (
    render_terminal,
    summary_line,
    view,
)
from flamescore.rules import Hot
from flamescore.screen import Screen
from flamescore.text import for_cell
from report.pages import RUN, data
from report.pages import report as told
from tables.by_hand import CONTACTS, scored

if TYPE_CHECKING:
    from flamescore.scoring import Scored

EVIL = [
    "[/evil]",
    "[bold red]x[/]",
    "<script>alert(1)</script>",
    "a | b",
    "`code` *b* _i_ ~~s~~ **",
    "[x](http://evil.example)",
    "![x](y)",
    "&lt; &amp; &#60;",
    "# no heading",
    "- no list",
    "1. no list",
    "\\",
    "\\|",
    "http://evil.example",
    ":smile:",
    "=HYPERLINK(1)",
    "a:b",
    "$x^2$",
    "www.evil.example",
    "+ no list",
    "12) no list",
    "===",
    "---",
    "> no quote",
    "```",
    "    no code".strip(),
    "ann@evil.example",
    "1.5",
    "....",
]


def named(name: str) -> Scored:
    return scored(contacts=CONTACTS.with_columns(name=pl.lit(name)))


def printed(result: Scored, *, width: int = 200, **settings: object) -> str:
    """Return a report as shown on a screen without colors."""
    seen = data(result, **settings)
    return "\n".join(render_terminal(view(seen), seen, on=Screen(width), top=10))


def test_the_view_in_numbers():
    report = told(scored(excluded=("001",)))
    interest, fit = report.scores
    assert (report.contacts, report.hot_flames, report.run_id) == (4, 5, RUN)
    assert str(report.as_of) == "2026-11-20 19:00:00-07:00"
    assert (interest.contacts, interest.hot, interest.on_list) == (4, 2, 1)
    assert interest.flames == (1, 0, 1, 0, 0, 2)
    assert [*interest.listed] == ["003", "002", "004"]
    assert (fit.contacts, fit.hot) == (1, 0)


def test_limit_bounds_the_list():
    assert len(told(scored(), limit=4).scores[0].listed) == 2


def test_one_line():
    assert summary_line(told(scored())) == (
        "2026-11-21T020000Z-3f9a1c: 4 contacts, 2 hot on interest, 0 hot on fit with 5 flames, 2 to call"
    )
    assert summary_line(told(scored(), hot=Hot(2))).endswith(
        "4 contacts, 3 hot on interest, 0 hot on fit with 2 flames or more, 3 to call"
    )


def test_to_call_is_after_the_call_list_and_the_hold_out():
    assert summary_line(told(scored(excluded=("001",)))).endswith(" with 5 flames, 1 to call")


def test_one_line_of_one_score():
    report = told(scored())
    assert (
        summary_line(replace(report, scores=report.scores[:1]))
        == f"{RUN}: 4 contacts, 2 hot with 5 flames, 2 to call"
    )


def of(contacts, hot_flames):
    """Return a report with this many contacts, one of whom is hot under its one score."""
    report = told(scored())
    score = replace(report.scores[0], contacts=contacts, hot=contacts, flames=(0, 0, 0, 0, 0, contacts))
    return replace(report, contacts=contacts, hot_flames=hot_flames, scores=(score,))


def test_one_is_one_and_thousands_are_parted():
    assert summary_line(of(1, 1)) == f"{RUN}: 1 contact, 1 hot with 1 flame or more, 2 to call"
    assert summary_line(of(12_345, 5)) == f"{RUN}: 12,345 contacts, 12,345 hot with 5 flames, 2 to call"


# --- the terminal


FINDINGS = (Finding("I114", Severity.WARNING, "keep fax", "There is no such column."),)
SEEN = """\
4 contacts scored as of 2026-11-20 19:00 MST

The interest: 2 hot leads to call
  ▲▲▲▲▲  2  ██████████████████████████████
  ▲▲▲▲·  0
  ▲▲▲··  0
  ▲▲···  1  ███████████████
  ▲····  0
  ·····  1
Half score 8 or less; the top 10% 25.5 or more; the top 1% 25.5 or more.
"""


def test_the_terminal_shows_it_all():
    text = printed(scored(), findings=FINDINGS)
    assert text.startswith(SEEN)
    assert "Visited the sales page ×9, today" in text
    assert "\n\nFindings\n- keep fax: warning I114: There is no such column.\n" in text


def test_those_not_to_be_called_are_told():
    text = printed(scored(excluded=("001",)))
    assert "The interest: 1 hot lead to call\n1 more is hot but excluded from calls\n" in text


def test_one_of_a_million_is_a_bar_too_and_the_zero_has_none():
    rows = [("003", "interest", 9.0, 5, 1.0, 100.0, 1, None)]
    rows += [(f"1{n:03}", "interest", 8.0, 4, 1.0, 100.0, 1, None) for n in range(1_000)]
    rows += [("002", "interest", 0.0, 0, 0.0, 0.0, 2, None)] * 5_000
    bars = printed(scored(scores=rows)).split("\n")
    assert "  ▲▲▲▲▲      1  █" in bars
    assert f"  ▲▲▲▲·  1,000  {'█' * 30}" in bars
    assert "  ·····  5,000" in bars
    narrow = printed(scored(scores=rows), width=40).split("\n")
    assert f"  ▲▲▲▲·  1,000  {'█' * 24}" in narrow


def test_nobody_at_all():
    assert "No leads on the call list." in printed(scored(scores=[], points=[]))


@pytest.mark.parametrize("name", EVIL)
def test_a_name_shows_as_itself_on_the_terminal(name):
    assert name in printed(named(name))


def test_a_name_can_not_drive_the_terminal():
    text = printed(named("a\x1b[31m\x1b]0;title\x07b\u202ec\r\nd"))
    assert r"a\x1b[31m\x1b]0;title\x07b\u202ec  d" in text


def test_a_cell_leaves_letters_alone():
    assert for_cell("Zoë 李 🔥 a\tb") == "Zoë 李 🔥 a b"
    assert for_cell("\x00\x9b\u2066\x7f") == r"\x00\x9b\u2066\x7f"


def test_a_narrow_terminal_keeps_who_and_lets_the_rest_go():
    narrow = printed(scored(), width=60)
    (header,) = (line for line in narrow.split("\n") if line.startswith("#  "))
    assert {"Name", "Id"} < set(header.split())
    assert "Why" not in header
    assert "Visited" not in narrow
