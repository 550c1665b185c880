"""The HTML page: what it contains, what it never contains, and how large it is."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import polars as pl
import pytest
from msgspec.structs import replace

from flamescore.findings import Finding, Severity
from flamescore.report import RENDERERS, render_html, write_html
from flamescore.rules import Hot
from report.pages import RUN, changes, data, hostile, many, nobody, page
from tables.by_hand import AS_OF, CONTACTS, SCORE_ROWS, scored

VOID = {"meta", "input", "wbr", "br", "img", "link", "col"}
APART = {
    *("td", "th", "tr", "li", "p", "dd", "dt", "h1", "h2", "h3", "a", "span", "text", "caption"),
    *("i", "b", "div", "option", "bdi"),
}
SHOWN = {
    *("html", "head", "meta", "title", "style", "script", "body", "header", "main", "footer", "nav"),
    *("section", "aside", "div", "p", "a", "b", "i", "u", "kbd", "span", "bdi", "time", "code", "small"),
    *("h1", "h2", "h3", "ul", "li", "details", "summary", "fieldset", "legend", "label", "input", "select"),
    *("option", "button", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("svg", "defs", "path", "symbol", "use", "line", "polyline", "circle"),
}


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text. Raises if tags don't match."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in APART:
            self.texts.append(" ")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.texts).replace("\xa0", " "))

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [a for t, a in self.elements if t == tag and attributes.items() <= a.items()]


def ledger(html: str) -> dict:
    """Return the JSON that the script reads."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    return json.loads(text)


def past(result, runs: int = 14) -> pl.DataFrame:
    """Return past scores that rise by a point a day for everyone."""
    frames = [
        result.scores.select(
            "contact_id",
            "score_name",
            pl.lit(AS_OF - timedelta(days=back)).cast(pl.Datetime("us", "UTC")).alias("as_of"),
            pl.col("score") - back,
        )
        for back in reversed(range(runs))
    ]
    return pl.concat(frames).sort("score_name", "contact_id", "as_of")


@pytest.fixture(scope="module")
def shown() -> Page:
    return Page(render_html(page(scored())))


# --- the call list


def test_the_headline_is_of_the_default_score(shown):
    assert "2 hot leads to call, by The interest" in shown.text
    assert "No hot lead to call, by The fit" in shown.text
    assert "4 contacts" in shown.text
    assert "Friday 20 Nov 2026, 19:00 MST" in shown.text
    html = render_html(page(scored()))
    assert "<title>2 hot leads, 20 Nov 2026</title>" in html


def test_a_lead_is_one_row_whatever_the_number_of_scores(shown):
    assert shown.text.count("=HYPERLINK(1)") == 1
    row = (
        "1 25.5 not scored =HYPERLINK(1) Lee Visited the sales page ×9 today Submitted a web form "
        "18 days ago; Prospect tags today 20 Nov -12"
    )
    assert row in shown.text


def test_one_score_shows_score_and_percentile():
    text = Page(render_html(page(many(3)))).text
    assert "1 3 (99%) Anneliese Ferrari-Lindqvist 0 Company and Daughters 0" in text
    assert "Company and Daughters 0 · Owner of Leads 0" in text


def test_who_is_newly_hot_is_marked_and_counted():
    text = Page(render_html(page(many(6), changes=changes(many(6))))).text
    assert "1 newly hot 1 cooled off" in text
    assert text.count("Newly hot Company and Daughters 0") == 1
    assert "Since 19 Nov" in text


def test_without_an_earlier_run_there_is_no_column_of_changes():
    html = render_html(page(many(6)))
    assert 'class="c-t"' not in html
    assert "This is the first run. Changes appear from the next run on." in Page(html).text


def test_more_than_are_listed_says_so():
    text = Page(render_html(page(many(6), limit=4))).text
    assert "The page lists the first 4 of 6 leads; scores.csv has everyone." in text


def test_those_not_to_be_called_show_nowhere():
    result = many(5)
    gone = result.contacts.head(1).select("contact_id")
    text = Page(render_html(page(replace(result, excluded=gone), changes=changes(result)))).text
    assert "Ferrari-Lindqvist 0" not in text
    assert "1 more hot, not to be called" in text


def test_only_kept_columns_show():
    html = render_html(page(many(3), keep=("owner",)))
    assert "Anneliese" not in html
    assert "mailto:" not in html
    assert ">Reach<" not in html
    assert 'name="owner"' not in render_html(page(many(3), keep=("name",)))
    assert "no phone" not in render_html(page(many(3), keep=("name",)))


def test_levels_of_flames_go_down_from_hot():
    def levels(hot: Hot, count: int = 20):
        html = render_html(page(many(count), hot=hot))
        found = re.findall(r'name="flames" value="(.*?)"(?: checked)?>(.*?) <small>(.*?)</small>', html)
        return [f"{value}:{words} {many}" for value, words, many in found]

    assert levels(Hot(5)) == [":Hot 4", "4-5:4+ 8", "3-5:3+ 12", "1-5:All 20"]
    assert levels(Hot(4)) == [":Hot 8", "3-5:3+ 12", "2-5:2+ 16", "1-5:All 20"]
    assert levels(Hot(3)) == [":Hot 12", "2-5:2+ 16", "1-5:All 20"]


# --- empty cases


def test_no_lead_has_a_flame():
    text = Page(render_html(page(nobody()))).text
    assert "No hot lead to call" in text
    assert (
        "No lead on the call list has a flame. Every contact scores 0 or less, or must not be called." in text
    )


def test_one_is_one():
    text = Page(render_html(page(many(1)))).text
    assert "1 hot lead to call" in text
    assert "1 contact " in text


def test_none_is_hot():
    result = scored(scores=[row for row in SCORE_ROWS if row[3] != 5])
    assert "No hot lead to call" in Page(render_html(page(result))).text


def test_under_three_runs_there_is_no_line():
    html = render_html(page(many(6), past_scores=past(many(6), 2)))
    assert "The trend appears after three runs." in html
    assert "<polyline" not in html


def test_from_three_runs_on_leads_have_a_line():
    html = render_html(page(many(6), past_scores=past(many(6), 3)))
    assert html.count('class="spark"') == 6
    assert ">3 runs<" in html


# --- the ledger


def test_the_ledger_has_every_entry_most_points_first_limits_last():
    told = ledger(render_html(page(scored())))
    lead = told["leads"][0]
    assert (lead["i"], lead["n"], lead["s"][1]) == ("003", "=HYPERLINK(1)", None)
    rules = told["scores"][0]["rules"]
    lines = [(*rules[rule], points, times, told["days"][last], told["days"][until])
             for rule, points, times, last, until in lead["s"][0]["e"]]  # fmt: skip
    assert lines == [
        ("Visited the sales page", "", "+27", 9, "20 Nov, today", "no expiry"),
        ("Submitted a web form", "", "+2", 1, "2 Nov, 18 days ago", "no expiry"),
        ("Prospect tags", "", "+1", 1, "", "no expiry"),
        ("Visited the sales page", "limit", "\N{MINUS SIGN}4.5", 0, "", ""),
    ]
    assert lead["s"][0]["r"] == "1 of 4, better than 100%"


def test_what_is_missing_and_what_changed():
    told = ledger(render_html(page(many(6), changes=changes(many(6)))))
    first, last = told["leads"][0]["s"][0], told["leads"][-1]["s"][0]
    assert (first["v"], first["k"], first["h"]) == ("+2", "+3 new activity, \N{MINUS SIGN}1 time passing", 1)
    assert "g" not in first
    assert last["g"] == "19 points more"


def test_the_command_quotes_the_id_for_a_shell():
    rows = [
        ("it's; rm", "interest", 9.0, 5, 9.0, 99.0, 1, None),
        ("-1", "interest", 8.0, 5, 8.0, 9.0, 2, None),
    ]
    contacts = pl.DataFrame({"contact_id": ["it's; rm", "-1"]})
    leads = ledger(render_html(page(scored(scores=rows, points=[], contacts=contacts))))["leads"]
    assert [lead.get("j") for lead in leads] == ["""'it'"'"'s; rm'""", "-- -1"]


# --- the other views


def test_who_is_closest_and_by_owner(shown):
    assert "Closest to hot The next leads to reach 5 flames." in shown.text
    assert "Bob | Co Unassigned 8 12 points more" in shown.text
    assert "Kim 1 0 1" in shown.text


def test_rules_by_points(shown):
    assert "Visited the sales page 3 14 +53 Submitted a web form 2 2 +4" in shown.text
    assert (
        "Visited the sales page (limit) 1 \N{MINUS SIGN}4.5 Already a customer 1 1 \N{MINUS SIGN}1,000"
        in shown.text
    )


def test_a_rule_without_a_contact_matches_nobody():
    observed = scored().observed
    rules = observed.rules.with_columns(contacts=pl.lit(0, pl.Int64))
    html = render_html(page(replace(scored(), observed=replace(observed, rules=rules))))
    assert html.count("matches nobody") == 5
    assert html.count('<tr class="warn">') == 5


def test_the_grid_counts_those_who_may_be_called_by_place():
    html = render_html(page(scored()))
    link = '<a href="#cell=2.0" data-cell="2.0" aria-label="1 with 2 The interest and 0 The fit flames">1</a>'
    assert f'<td class="g0">{link}</td>' in html
    assert html.count('<td class="g5 z">·</td>') == 2


def test_the_grid_is_strongest_where_both_are():
    classes = re.findall(r'<td class="g(\d)', render_html(page(scored())))[:36]
    assert ["".join(classes[row * 6 : row * 6 + 6]) for row in range(6)] == [
        *("013445", "013344", "012334", "012233", "011111", "000000"),
    ]  # fmt: skip


def test_what_changed_names_the_first():
    text = Page(render_html(page(many(6), changes=changes(many(6))))).text
    assert "Since 19 Nov: 5 rose, 1 fell, 0 new, 0 gone. Newly hot: 1" in text
    assert (
        "Anneliese Ferrari-Lindqvist 0 Owner of Leads 0 4 → 6 +3 new activity, \N{MINUS SIGN}1 time passing"
        in text
    )
    assert "Cooled off: 1 Cooled off Anneliese Ferrari-Lindqvist 1" in text


def test_warnings_are_notices_and_the_rest_is_folded():
    found = (
        Finding("I114", Severity.WARNING, "keep fax", "There is no such column: nobody has it. Look."),
        Finding("R187", Severity.WARNING, "events", "It has stopped."),
        Finding("I140", Severity.NOTE, "contacts", "There are some."),
    )
    text = Page(render_html(page(many(3), findings=found))).text
    assert "There is no such column . Details, and 1 more" in text
    assert "Exports 2 warnings" in text
    assert "2 warnings, 1 note" in text
    assert "Notes and accepted warnings (1)" in text
    assert "Nothing to report." in Page(render_html(page(many(3)))).text


def test_which_run_it_shows(shown):
    assert f"Run {RUN} · rules e4e4e4e4 · flamescore " in shown.text
    assert "2026-11-20T19:00:00-07:00" in render_html(page(scored()))


# --- what it never contains


def test_the_policy_allows_this_style_and_this_script_alone():
    html = render_html(page(scored()))
    found = Page(html).all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in found.split(";"))
    assert set(rules) == {"default-src", "style-src", "script-src", "base-uri", "form-action"}
    assert {rules[name] for name in ("default-src", "base-uri", "form-action")} == {"'none'"}
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


@pytest.mark.parametrize(
    "result", [scored(), hostile(), many(3), nobody()], ids=["two scores", "hostile", "three", "nobody"]
)
def test_nothing_comes_from_outside_and_nothing_runs(result):
    html = render_html(page(result, past_scores=past(result) if result.scores.height else None))
    elements = Page(html).elements
    assert {tag for tag, _ in elements} <= SHOWN
    for tag, attributes in elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc")
        ]
        link = attributes.get("href", "#")
        assert link.startswith(("#", "tel:", "mailto:")), (tag, link)
    assert [attributes.get("type") for tag, attributes in elements if tag == "script"] == [
        "application/json",
        None,
    ]
    outside = html.replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in outside
    assert "https:" not in outside


def test_the_script_reads_nothing_as_markup():
    (script,) = re.findall("<script>(.*?)</script>", render_html(page(many(1))), re.DOTALL)
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        ".style",
    ):
        assert way not in script


def test_hostile_texts_show_as_themselves():
    html = render_html(page(hostile()))
    text = Page(html).text
    for evil in (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}{% raw %}",
        "&lt;b&gt; &amp;amp;",
    ):
        assert text.count(evil) >= 3
        assert evil in {lead["n"] for lead in ledger(html)["leads"]}
    assert "N" * 59 + "…" in text
    assert "N" * 60 not in text
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "\N{REPLACEMENT CHARACTER}gpj.exe" in text


def test_a_name_of_ideographs_is_cut_by_its_width():
    contacts = CONTACTS.with_columns(name=pl.lit("李" * 31))
    text = Page(render_html(page(scored(contacts=contacts)))).text
    assert "李" * 29 + "…" in text
    assert "李" * 30 not in text


def test_without_a_name_it_is_the_address_else_the_id():
    contacts = CONTACTS.with_columns(name=pl.lit(""), email=pl.Series([None, None, "c@x.org", None]))
    leads = ledger(render_html(page(scored(contacts=contacts))))["leads"]
    assert [lead["n"] for lead in leads] == ["c@x.org", "001", "002"]


# --- size


def test_500_leads_in_a_megabyte_and_a_half():
    result = many(500)
    html = render_html(page(result, changes=changes(result), past_scores=past(result)))
    assert len(html.encode()) < 1_500_000
    assert html.count('<tr class="row">') == 500


@pytest.mark.parametrize("text", ["N" * 10_000, "\N{FIRE}" * 10_000, "<" * 10_000])
def test_500_hostile_leads_are_no_larger(text):
    assert len(render_html(page(many(500, text=text))).encode()) < 1_500_000


def test_a_page_that_would_be_too_large_lists_fewer():
    html = render_html(page(many(400)), limit=300_000)
    assert 270_000 < len(html.encode()) <= 300_000
    many_listed = len(ledger(html)["leads"])
    assert f"The page lists the first {many_listed} of 400 leads" in html
    assert html.count('<tr class="row">') == many_listed
    first = ledger(render_html(page(many(400)).first(many_listed)))
    assert ledger(html)["leads"] == first["leads"]
    assert ledger(html)["days"] == first["days"]


def test_it_is_written_as_utf8_with_lf(tmp_path):
    write_html(tmp_path, page(many(1, text="Zoë\r\nÅ")))
    written = (tmp_path / "report.html").read_bytes()
    assert b"\r" not in written
    assert "Zoë  Å".encode() in written


def test_the_same_gives_the_same_bytes():
    assert RENDERERS["html"](data(many(5))) == RENDERERS["html"](data(many(5)))


# --- links


def linked(**cells: str) -> list[str]:
    """Return the targets of the hottest lead's links."""
    contacts = CONTACTS.with_columns(pl.lit(text).alias(name) for name, text in cells.items())
    html = render_html(page(scored(scores=SCORE_ROWS[:1], contacts=contacts)))
    (row,) = re.findall('<tr class="row">.*?</tr>', html, re.DOTALL)
    return [attributes["href"] for attributes in Page(row).all("a")]


@pytest.mark.parametrize(
    ("phone", "link"),
    [
        ("(602) 555-0142", "tel:6025550142"),
        ("+1 602 555 0142", "tel:+16025550142"),
        ("+49 (0) 30 901820", "tel:+4930901820"),
        ("+49 (0)30 901820", "tel:+4930901820"),
        ("602.555.0142 x12", "tel:6025550142;ext=12"),
        ("602 555 0142 ext. 7", "tel:6025550142;ext=7"),
        ("12", None),
        ("@home", None),
        ("-12345678", None),
        ("javascript:alert(1)", None),
        ("602 555 0142 or 602 555 0143", None),
        ("0" * 10_000, None),
    ],
)
def test_a_phone_number_as_a_link(phone, link):
    assert linked(phone=phone) == ([] if link is None else [link])


@pytest.mark.parametrize(
    ("email", "link"),
    [
        ("ann@example.com", "mailto:ann@example.com"),
        ("ann+x@mail.example.co.uk", "mailto:ann+x@mail.example.co.uk"),
        ("o'neil@example.com", "mailto:o%27neil@example.com"),
        ("a?bcc=b@example.com", "mailto:a%3Fbcc%3Db@example.com"),
        ("zoë@example.com", "mailto:zo%C3%AB@example.com"),
        ("a@b", None),
        ("a@example.com,b@example.com", None),
        ("a@example.com?bcc=b", None),
        ("a b@example.com", None),
        ("<a@example.com>", None),
        ("a" * 300 + "@example.com", None),
    ],
)
def test_an_address_as_a_link(email, link):
    assert linked(phone="", email=email) == ([] if link is None else [link])


# --- words


def test_a_day_of_another_year_has_its_year():
    rows = [
        ("003", "interest", 2.0, 5, 10.0, 100.0, 1, datetime(2026, 11, 5, 15, 5, tzinfo=UTC)),
        ("001", "interest", 1.0, 5, 5.0, 0.0, 2, datetime(2025, 1, 31, 15, 5, tzinfo=UTC)),
    ]
    text = Page(render_html(page(scored(scores=rows)))).text
    assert "15 days ago 5 Nov" in text
    assert "21 months ago 31 Jan 2025" in text


def test_points_have_as_many_decimals_as_are_asked_for():
    rows = [("003", "interest", 25.5678, 5, 127.5, 100.0, 1, None)]
    for decimals, said in ((0, "25"), (1, "25.5"), (4, "25.5678")):
        html = render_html(page(scored(scores=rows), decimals=decimals))
        assert ledger(html)["leads"][0]["s"][0]["p"] == said
        assert f"<b>{said}</b>" in html
