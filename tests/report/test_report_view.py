from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from markdown_it import MarkdownIt
from rich.ansi import AnsiDecoder
from rich.console import Console

from flamescore.frames import Counts, SourceRecord
from flamescore.report import escaped, line, of_scored, problems, view, write_markdown
from flamescore.report import render as on_terminal
from flamescore.report.leads import Lead
from flamescore.report.markdown import render
from flamescore.report.words import Reason
from flamescore.text import for_cell
from tables.by_hand import CONTACTS, SCORE_ROWS, SOURCE, scored

if TYPE_CHECKING:
    from flamescore.report import View
    from flamescore.scoring import Scored

RUN = "2026-11-21T020000Z-3f9a1c"
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


def told(result: Scored, *, limit: int = 500, **settings: object) -> View:
    return view(of_scored(result, run_id=RUN, **settings), limit=limit)


def named(name: str) -> Scored:
    return scored(contacts=CONTACTS.with_columns(name=pl.lit(name)))


def printed(result: Scored, *, width: int = 200, warnings: tuple[str, ...] = ()) -> str:
    console = Console(file=io.StringIO(), width=width, color_system="truecolor", force_terminal=True)
    console.print(on_terminal(told(result, warnings=warnings)))
    text = console.file.getvalue()
    return plain_text(text)


def plain_text(text: str) -> str:
    return "\n".join(part.plain for part in AnsiDecoder().decode(text))


def test_the_view_in_numbers():
    report = told(scored(excluded=("001",)))
    interest, fit = report.scores
    assert (report.contacts, report.hot_flames, report.run_id) == (4, 5, RUN)
    assert str(report.as_of) == "2026-11-20 19:00:00-07:00"
    assert (interest.contacts, interest.hot, interest.on_list) == (4, 2, 1)
    assert interest.flames == (1, 0, 1, 0, 0, 2)
    assert interest.percentiles == ((50, "8"), (75, "20"), (90, "25.5"), (99, "25.5"))
    assert [lead.contact_id for lead in interest.leads] == ["003", "002", "004"]
    assert (fit.contacts, fit.hot, fit.file, interest.file) == (1, 0, "hot_leads-fit.csv", "hot_leads.csv")


def test_a_lead_in_words():
    lead = told(scored()).scores[0].leads[1]
    assert lead == Lead(
        rank=2,
        contact_id="001",
        name="Ann [/evil]",
        company=None,
        phone="+1 555 010 0001",
        email=None,
        owner="Kim",
        flames=5,
        score="20",
        percent=66,
        reasons=(
            Reason("Visited the sales page 3 times, last 2 days ago", "+18"),
            Reason("Submitted a web form 2 days ago", "+2"),
        ),
        last_activity="2026-11-18 20:00",
    )


def test_only_kept_columns_of_a_person_show():
    lead = told(scored(), keep=("owner",)).scores[0].leads[1]
    assert (lead.name, lead.phone, lead.owner) == (None, None, "Kim")
    assert lead.called == "001"


@pytest.mark.parametrize(
    ("percentile", "standing"),
    [(93.99999, "42 (93%)"), (99.999, "42 (99%)"), (100.0, "42 (100%)"), (0.0, "42 (0%)")],
)
def test_the_percentile_is_rounded_down(percentile, standing):
    rows = [("003", "interest", 42.0, 5, 210.0, percentile, 1, None)]
    assert told(scored(scores=rows)).scores[0].leads[0].standing == standing


def test_the_rules_by_points():
    rules = told(scored()).scores[0].rules
    assert [(rule.name, rule.entry, rule.points) for rule in rules] == [
        ("Visited the sales page", "rule", "53"),
        ("Submitted a web form", "rule", "4"),
        ("Prospect tags", "rule", "1"),
        ("Visited the sales page", "rule_limit", "-4.5"),
        ("Already a customer", "rule", "-1,000"),
    ]


def test_limit_bounds_the_list():
    assert len(told(scored(), limit=4).scores[0].leads) == 2


def test_the_problems_a_line_each():
    observed = replace(
        scored().observed,
        sources=(SOURCE, SourceRecord("contacts", "c.csv", (), Counts(rows=5, kept=4, old=1))),
        unread=(("contacts", "employees", 1),),
        unvalued=(("interest", "adjust", 2_000),),
        unseen=("webinar",),
        undated=1,
        tags_disagree=2,
        ambiguous_contacts=3,
    )
    assert problems(observed, ("s3://k:s@b is old",)) == (
        "s3://b is old",
        "events s3://bucket/mail-*.csv: of 20 rows 2 rejected, 1 of contacts that are not in the list",
        "contacts: 1 cell of column employees can't be read as a number or date",
        "interest: 2,000 occurrences of rule adjust gave 0 points: no number",
        "rules name the event type webinar, which no event has",
        "1 contact with an undated tag, which a rule that needs dates skips",
        "2 tags on which the contacts export and the tag history disagree; the history is used",
        "3 contacts with the e-mail or key of an earlier one, which gets the events",
    )


def test_clean_input_has_no_problems():
    clean = replace(
        scored().observed, sources=(SourceRecord("contacts", "c.csv", (), Counts(rows=4, kept=4)),)
    )
    assert problems(clean) == ()


def test_one_line():
    assert line(told(scored())) == (
        "2026-11-21T020000Z-3f9a1c: 4 contacts, 2 hot on interest, 0 hot on fit with 5 flames"
    )
    assert line(told(scored(), hot_flames=2)).endswith(
        "4 contacts, 3 hot on interest, 0 hot on fit with 2 flames or more"
    )


def test_one_line_of_one_score():
    report = told(scored())
    assert line(replace(report, scores=report.scores[:1])) == f"{RUN}: 4 contacts, 2 hot with 5 flames"


def of(contacts, hot_flames):
    """A report with so many contacts, of whom one is hot under its one score."""
    report = told(scored())
    score = replace(report.scores[0], contacts=contacts, hot=contacts, flames=(0, 0, 0, 0, 0, contacts))
    lead = replace(score.leads[0], rank=contacts)
    score = replace(score, leads=(lead,))
    return replace(report, contacts=contacts, hot_flames=hot_flames, scores=(score,))


def test_one_is_one_and_thousands_are_parted():
    assert line(of(1, 1)) == f"{RUN}: 1 contact, 1 hot with 1 flame or more"
    assert line(of(12_345, 5)) == f"{RUN}: 12,345 contacts, 12,345 hot with 5 flames"
    assert "\n1 contact as of 2026" in render(of(1, 5))
    text = render(of(12_345, 5))
    assert "\n12,345 contacts as of 2026" in text
    assert "\n| 12,345 | " in text


def test_one_is_one_and_thousands_are_parted_on_the_terminal():
    console = Console(file=io.StringIO(), width=200)
    console.print(on_terminal(of(1, 5)))
    console.print(on_terminal(of(12_345, 5)))
    text = console.file.getvalue()
    assert text.startswith("1 contact as of ")
    assert "\n12,345 contacts as of " in text
    assert "\n 12,345   " in text


# --- the terminal


def test_the_terminal_shows_it_all():
    text = printed(scored(), warnings=("keep: there is no column fax",))
    assert "4 contacts as of 2026-11-20 19:00 MST (run 2026-11-21T020000Z-3f9a1c)" in text
    assert "The interest: 2 hot" in text
    assert "▲▲▲▲▲  2  ██████████████████████████████" in text
    assert "▲▲···  1  ███████████████" in text
    assert "▲▲▲▲·  0" in text
    assert "Score: 8 at 50%, 20 at 75%, 25.5 at 90%, 25.5 at 99%" in text
    assert "Visited the sales page 9 times, last today, +22.5" in text
    assert "25.5 (100%)" in text
    assert "- keep: there is no column fax" in text


def test_those_not_to_be_called_are_told():
    assert "The interest: 2 hot, 1 of them excluded from calls" in printed(scored(excluded=("001",)))


def test_one_of_a_million_is_a_bar_too():
    rows = [("003", "interest", 9.0, 5, 1.0, 100.0, 1, None)]
    rows += [("002", "interest", 0.0, 0, 0.0, 0.0, 2, None)] * 1_000
    bars = [row.rstrip() for row in printed(scored(scores=rows)).split("\n")]
    assert "▲▲▲▲▲      1  █" in bars
    assert f"·····  1,000  {'█' * 30}" in bars


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


# --- report.md


def cells(markdown: str) -> list[str]:
    """Every text that a reader of the rendered Markdown sees, by block."""
    found = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        if token.type == "inline":
            kinds = {child.type for child in token.children}
            assert kinds <= {"text", "code_inline", "text_special", "html_inline", "softbreak"}, kinds
            found.append("".join(child.content for child in token.children))
    return found


@pytest.mark.parametrize("name", EVIL)
def test_a_name_shows_as_itself_in_markdown(name):
    report = render(told(named(name)))
    assert name in cells(report)
    assert "<script" not in report


@pytest.mark.parametrize("name", EVIL)
def test_escaped_text_is_plain_as_a_paragraph(name):
    assert cells(escaped(name)) == [name]


def test_line_ends_do_not_break_the_table():
    report = render(told(named("a\nb\r\n| c |")))
    assert "a b  | c |" in cells(report)


def test_the_report_to_the_letter(tmp_path):
    write_markdown(tmp_path, told(scored(), keep=("name", "owner")))
    assert (tmp_path / "report.md").read_bytes().decode().split("### Rules")[0] == (
        "# Hot leads\n\n"
        "4 contacts as of 2026-11-20 19:00 MST. Run `2026-11-21T020000Z-3f9a1c`.\n\n"
        "## The interest\n\n"
        "4 scored, 2 hot, 2 of them on the call list.\n\n"
        "| Flames | Contacts |\n|---|---:|\n"
        "| 5 | 2 |\n| 4 | 0 |\n| 3 | 0 |\n| 2 | 1 |\n| 1 | 0 |\n| 0 | 1 |\n\n"
        "| Percentile | Score |\n|---:|---:|\n"
        "| 50% | 8 |\n| 75% | 20 |\n| 90% | 25.5 |\n| 99% | 25.5 |\n\n"
        "### The list\n\n"
        "| Rank | Name | Company | Phone | E-mail | Owner "
        "| Flames | Score | Strongest reasons | Last activity |\n"
        "|---:|---|---|---|---|---|---:|---:|---|---|\n"
        "| 1 | \\=HYPERLINK(1) |  |  |  | Lee | 5 | 25.5 (100%) "
        "| Visited the sales page 9 times, last today, +22.5"
        "<br>Submitted a web form 18 days ago, +2<br>Prospect tags, +1 | 2026-11-20 05:00 |\n"
        "| 2 | Ann \\[/evil\\] |  |  |  | Kim | 5 | 20 (66%) "
        "| Visited the sales page 3 times, last 2 days ago, +18"
        "<br>Submitted a web form 2 days ago, +2 | 2026-11-18 20:00 |\n\n"
        "### Closest to hot\n\n"
        "| Rank | Name | Flames | Score | To go |\n|---:|---|---:|---:|---:|\n"
        "| 3 | Bob \\| Co | 2 | 8 (33%) | 12 |\n\n"
    )


def test_nobody_hot_names_the_nearest():
    rows = [row for row in SCORE_ROWS if row[3] != 5]
    report = render(told(scored(scores=rows)))
    assert "No leads are hot. The closest:\n" in report
    assert "| 3 | Bob \\| Co |" in report


def test_a_cut_list_says_so():
    report = render(told(scored(), limit=2))
    assert "The first 1 of 2; `hot_leads.csv` has them all." in report


def test_clean_input_in_the_report():
    result = replace(scored(), observed=replace(scored().observed, sources=()))
    assert render(told(result)).endswith("## The input\n\nNo warnings.\n")


def test_a_narrow_terminal_shows_the_strongest_reason_alone():
    wide, narrow = printed(scored(), width=120), printed(scored(), width=80)
    assert "Submitted a web form" in wide
    assert "Submitted" not in narrow
    assert "Visited" in narrow
