"""`report.md`: in the order of the page, with text from the data shown literally."""

from __future__ import annotations

import polars as pl
import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from flamescore.findings import Finding, Severity
from flamescore.report import escaped, render_markdown, write_markdown
from report.pages import changes, many, page
from report.test_report_view import EVIL, named
from tables.by_hand import SCORE_ROWS, scored


def cells(markdown: str) -> list[str]:
    """Return every text that a reader of the rendered Markdown sees, by block."""
    found = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        if token.type == "inline":
            kinds = {child.type for child in token.children}
            assert kinds <= {"text", "code_inline", "text_special", "html_inline", "softbreak"}, kinds
            found.append("".join(child.content for child in token.children))
    return found


@pytest.mark.parametrize("name", EVIL)
def test_a_name_shows_as_itself(name):
    text = render_markdown(page(named(name)))
    assert name in cells(text)
    assert "<script" not in text


@pytest.mark.parametrize("name", EVIL)
def test_escaped_text_is_plain_as_a_paragraph(name):
    assert cells(escaped(name)) == [name]


def test_line_ends_do_not_break_the_table():
    assert "a b  | c |" in cells(render_markdown(page(named("a\nb\r\n| c |"))))


def test_the_report_to_the_letter(tmp_path):
    write_markdown(tmp_path, page(scored(), keep=("name", "owner")))
    assert (tmp_path / "report.md").read_bytes().decode().split("## Rules")[0] == (
        "# 2 hot leads to call\n\n"
        "4 contacts as of 2026-11-20 19:00 MST. Run `2026-11-21T020000Z-3f9a1c`.\n\n"
        "## Call list, by The interest\n\n"
        "4 contacts scored, 2 hot to call.\n\n"
        "| # | Name | Owner | Flames | Score | Why | Last activity |\n"
        "|---:|---|---|---:|---:|---|---|\n"
        "| 1 | \\=HYPERLINK(1) | Lee | 5 | 25.5 (100%) "
        "| Visited the sales page ×9, 2026-11-20 (+22.5)"
        "<br>Submitted a web form, 2026-11-02 (+2)<br>Prospect tags (+1) | 2026-11-20 05:00 |\n"
        "| 2 | Ann \\[/evil\\] | Kim | 5 | 20 (66%) "
        "| Visited the sales page ×3, 2026-11-18 (+18)"
        "<br>Submitted a web form, 2026-11-18 (+2) | 2026-11-18 20:00 |\n\n"
        "## Call list, by The fit\n\n"
        "1 contact scored, 0 hot to call.\n\n"
        "No lead on the call list has a flame.\n\n"
        "## Owners\n\n"
        "| Owner | Hot | 4 flames | Any |\n|---|---:|---:|---:|\n"
        "| Kim | 1 | 0 | 1 |\n| Lee | 1 | 0 | 1 |\n| Unassigned | 0 | 0 | 1 |\n\n"
        "## Closest to hot\n\n"
        "| Name | Flames | Score | To be hot |\n|---|---:|---:|---:|\n"
        "| Bob \\| Co | 2 | 8 | 12 points more |\n\n"
    )


def test_what_changed_follows_the_call_list():
    text = render_markdown(page(many(6), changes=changes(many(6))))
    assert "| Last activity | Change |\n" in text
    assert (
        text.index("## Call list") < text.index("## What changed since 2026-11-19") < text.index("## Owners")
    )
    assert "5 rose, 1 fell, 0 new, 0 gone.\n\n1 newly hot:\n\n" in text
    assert (
        "- Anneliese Ferrari-Lindqvist 0, Owner of Leads 0: 4 → 6 (+3 new activity, -1 time passing)\n"
        in text
    )


def test_warnings_come_first_and_notes_last():
    found = (
        Finding("I114", Severity.WARNING, "keep fax", "There is no such column."),
        Finding("I140", Severity.NOTE, "contacts", "There are some."),
    )
    text = render_markdown(page(many(3), findings=found))
    assert text.index("## Warnings\n\n- keep fax: warning I114") < text.index("## Call list")
    assert text.index("## Exports") < text.index("note I140: There are some.")


def test_where_nobody_is_hot_the_first_are_listed():
    rows = [row for row in SCORE_ROWS if row[3] != 5]
    text = render_markdown(page(scored(scores=rows)))
    assert "# No hot lead to call\n" in text
    assert "Nobody on it is hot. The first:\n" in text
    assert "| 1 | Bob \\| Co |" in text


def test_a_rule_without_a_name_is_called_by_its_id():
    observed = scored().observed
    rules = observed.rules.with_columns(name=pl.lit(""))
    text = render_markdown(page(replace(scored(), observed=replace(observed, rules=rules))))
    assert "| visit | 3 | 14 | +53 |\n" in text
    assert "| visit (limit) | 1 | 0 | -4.5 |\n" in text
    assert "| buyer | 1 | 1 | -1,000 |\n" in text


def test_a_cut_list_says_so():
    text = render_markdown(page(scored(), limit=1))
    assert "The first 1 of 2; `scores.csv` has everyone." in text


def test_clean_input():
    result = replace(scored(), observed=replace(scored().observed, sources=()))
    assert render_markdown(page(result)).endswith("## Exports\n\nNothing to report.\n")
