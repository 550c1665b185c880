from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import polars as pl
import pytest

from flamescore.report import RENDERERS, number, render_html, signed, write_html
from report.pages import HASH, RUN, changes, data, hostile, many, nobody, report
from tables.by_hand import CONTACTS, SCORE_ROWS, scored

VOID = {"meta", "input", "wbr", "br", "img", "link"}
APART = {"td", "th", "tr", "li", "p", "dd", "dt", "h1", "h2", "h3", "h4", "a", "span", "text", "caption", "i"}


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text; raises where tags don't match."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
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


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(render_html(report(scored())))


def test_the_headline(page):
    assert "2 hot leads to call" in page.text
    assert "Of 4 contacts 2 are hot, with 5 flames from 20 points." in page.text
    assert "0 hot leads to call" in page.text
    assert "Friday 20 Nov 2026, 19:00 MST" in page.text


def test_a_lead_of_the_list(page):
    row = (
        "Ann [/evil] 001 +1 555 010 0001 20 (66%) "
        "Visited the sales page 3 times, last 2 days ago, +18 Submitted a web form 2 days ago, +2 "
        "18 Nov 20:00 Kim"
    )
    assert row in page.text
    assert page.all("a", href="tel:+15550100001")
    assert page.all("svg", **{"aria-label": "5 of 5 flames"})


def test_who_is_closest_and_by_owner(page):
    assert "Closest to hot Bob | Co 002 8 (33%) 12 to go" in page.text
    assert "Kim 1 hot of 1 lead Ann [/evil]" in page.text
    assert "Unassigned 0 hot of 1 lead" in page.text


def test_the_rules_and_the_input(page):
    assert "Visited the sales page 3 14 53 Submitted a web form 2 2 4 " in page.text
    assert "Visited the sales page rule limit 1 \N{EN DASH} -4.5 Already a customer 1 1 -1,000" in page.text
    assert "Findings Nothing to report." in page.text


def test_two_scores_have_a_grid(page):
    assert (
        "Down: The interest. Across: The fit. Flames 0 1 2 3 4 5 "
        "5 0 0 0 0 0 0 4 0 0 0 0 0 0 3 0 0 0 0 0 0 2 1 0 0 0 0 0 1 0" in page.text
    )


def test_which_run_it_shows(page):
    assert f"Run{RUN}" in page.text.replace(" ", "")
    assert page.all("code", title=HASH)
    assert "2026-11-20T19:00:00-07:00" in page.text


def test_what_changed():
    text = Page(render_html(report(many(6), changes=changes(many(6))))).text
    assert "Since Thursday 19 Nov 2026, 19:00 MST: 5 rose, 1 fell, 0 new, 0 gone." in text
    assert (
        "1 got hot Anneliese Ferrari-Lindqvist 0 Company and Daughters 0 4 → 6 +3 new activity, "
        "-1 time passing" in text
    )
    assert "1 cooled off Anneliese Ferrari-Lindqvist 1" in text
    assert "What changed" not in Page(render_html(report(many(6)))).text


def test_the_policy_allows_this_style_and_this_script_alone():
    html = render_html(report(scored()))
    policy = Page(html).all("meta", **{"http-equiv": "Content-Security-Policy"})[0]["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


@pytest.mark.parametrize(
    "result", [scored(), hostile(), many(3), nobody()], ids=["two scores", "hostile", "three", "nobody"]
)
def test_nothing_comes_from_outside_and_nothing_runs(result):
    html = render_html(report(result))
    elements = Page(html).elements
    assert {tag for tag, _ in elements} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "script",
            "body",
            "a",
            "svg",
            "defs",
            "path",
            "symbol",
            "use",
        ),
        *(
            "header",
            "main",
            "footer",
            "nav",
            "section",
            "div",
            "p",
            "b",
            "i",
            "span",
            "bdi",
            "time",
            "code",
            "wbr",
        ),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "figure",
            "figcaption",
            "details",
            "summary",
        ),
        *(
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "label",
            "input",
            "select",
            "option",
            "button",
        ),
        *("g", "rect", "text", "line", "tspan"),
    }
    for tag, attributes in elements:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc")
        ]
        link = attributes.get("href", "#")
        assert link.startswith(("#", "tel:", "mailto:")), (tag, link)
    assert [tag for tag, _ in elements].count("script") == 1
    assert "http:" not in html
    assert "https:" not in html


def test_hostile_texts_show_as_themselves():
    text = Page(render_html(report(hostile()))).text
    for evil in (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}{% raw %}",
        "&lt;b&gt; &amp;amp;",
    ):
        assert text.count(evil) >= 4
    assert "N" * 60 + "…" in text
    assert "N" * 61 not in text
    assert "\u202e" not in text
    assert "\x00" not in text


def test_a_text_that_is_cut_can_be_read_further():
    assert Page(render_html(report(hostile()))).all("bdi", title="N" * 120)


def test_500_leads_in_a_megabyte_and_a_half():
    html = render_html(report(many(500)))
    assert len(html.encode()) < 1_000_000
    assert html.count('<tr role="row" data-f=') == 500


@pytest.mark.parametrize("text", ["N" * 10_000, "\N{FIRE}" * 10_000, "<" * 10_000])
def test_500_hostile_leads_are_no_larger(text):
    assert len(render_html(report(many(500, text=text))).encode()) < 1_500_000


def test_more_leads_than_listed_says_where_they_are():
    text = Page(render_html(report(many(501)))).text
    assert "The first 500 of 501 with a flame or more. hot_leads.csv has all who are hot" in text


def test_a_page_that_would_be_too_large_lists_fewer():
    html = render_html(report(many(400)), limit=300_000)
    assert len(html.encode()) < 300_000
    assert "The first 100 of 400" in html


def test_nobody_at_all():
    text = Page(render_html(report(nobody()))).text
    assert "0 hot leads to call" in text
    assert text.count("No contact has a flame yet.") == 2


def test_one_lead():
    text = Page(render_html(report(many(1)))).text
    assert "1 hot lead to call" in text
    assert "of 1 contact 1 is hot" in text


def test_one_more_is_one_and_thousands_are_parted():
    shown = report(many(7))
    score = shown.scores[0]
    owners = (replace(score.owners[0], leads=len(score.owners[0].listed) + 1), *score.owners[1:])
    lead = replace(score.leads[0], rank=1_234)
    changed = replace(score, owners=owners, leads=(lead, *score.leads[1:]))
    html = render_html(replace(shown, scores=(changed,), hot_flames=1))
    text = Page(html).text
    assert "1 more is in the tables." in text
    assert "hot, with 1 flame or more from" in text
    assert 'data-k="1234">1,234</td>' in html
    owners = (replace(score.owners[0], leads=len(score.owners[0].listed) + 1_200), *score.owners[1:])
    text = Page(render_html(replace(shown, scores=(replace(score, owners=owners),)))).text
    assert "1,200 more are in the tables." in text


def test_none_hot():
    result = scored(scores=[row for row in SCORE_ROWS if row[3] != 5])
    text = Page(render_html(report(result))).text
    assert "No leads are hot." in text
    assert "Hot only" not in text


def test_each_bar_stands_beside_its_number():
    result = scored()
    html = render_html(report(result))
    bars = re.findall(r'<th scope="row">(.*?)</th><td>.*?width="(.*?)".*?</td><td>(.*?)</td>', html)
    flames = report(result).scores[0].flames
    assert [(name, number) for name, _, number in bars[:5]] == [
        (f"{n} flame{'s' if n > 1 else ''}", str(flames[n])) for n in range(5, 0, -1)
    ]
    widths = [float(width) for _, width, _ in bars[:5]]
    assert max(widths) == 100
    assert [width > 0 for width in widths] == [flames[n] > 0 for n in range(5, 0, -1)]


def test_drawings_have_no_style_of_their_own(page):
    assert not [attributes for _, attributes in page.elements if "style" in attributes]


def test_it_is_written_as_utf8_with_lf(tmp_path):
    write_html(tmp_path, report(many(1, text="Zoë\r\nÅ")))
    data = (tmp_path / "report.html").read_bytes()
    assert b"\r" not in data
    assert "Zoë  Å".encode() in data


def test_the_same_gives_the_same_bytes():
    assert RENDERERS["html"](data(many(5))) == RENDERERS["html"](data(many(5)))


def test_only_kept_columns_show():
    html = render_html(report(many(3), keep=("owner",)))
    assert "Anneliese" not in html
    assert "mailto:" not in html
    assert ">Reach<" not in html


def test_those_not_to_be_called_show_nowhere():
    result = many(5)
    gone = result.contacts["contact_id"].to_list()[0]
    left_out = replace(
        result, excluded=result.contacts.filter(result.contacts["contact_id"] == gone).select("contact_id")
    )
    html = render_html(report(left_out, changes=changes(result)))
    assert "Ferrari-Lindqvist 0" not in html
    assert "1 of them is excluded from calls" in html


# --- links


def linked(**cells: str) -> list[str]:
    """Return where the links of the hottest lead lead to."""
    contacts = CONTACTS.with_columns(pl.lit(text).alias(name) for name, text in cells.items())
    html = render_html(report(scored(scores=SCORE_ROWS[:1], contacts=contacts)))
    (row,) = re.findall('<tr role="row" data-f=.*?</tr>', html, re.DOTALL)
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


def test_numbers():
    assert [number(value) for value in (None, 0, 3.0, -0.25, 1234.5, -1000000)] == [
        *("-", "0", "3", "-0.25", "1,234.5", "-1,000,000"),
    ]
    assert [signed(value) for value in (0, 2.5, -3)] == ["0", "+2.5", "-3"]


def test_a_day_of_another_year_has_its_year():
    rows = [
        ("003", "interest", 2.0, 5, 10.0, 100.0, 1, datetime(2026, 11, 5, 15, 5, tzinfo=UTC)),
        ("001", "interest", 1.0, 5, 5.0, 0.0, 2, datetime(2025, 1, 31, 15, 5, tzinfo=UTC)),
    ]
    text = Page(render_html(report(scored(scores=rows)))).text
    assert "5 Nov 08:05" in text
    assert "31 Jan 2025 08:05" in text


# --- charts


def drawn(**points: float) -> list[list[tuple[str, str]]]:
    """Return name and width of the bars of rules that gave and took, by the points of each rule."""
    observed = scored().observed
    rows = [("interest", "rule", name, name, 1, 1, amount) for name, amount in points.items()]
    rules = pl.DataFrame(rows, schema=observed.rules.schema, orient="row")
    html = render_html(report(replace(scored(), observed=replace(observed, rules=rules))))
    charts = re.findall('<ol class="strongest">(.*?)</ol>', html, re.DOTALL)
    return [re.findall('<bdi>(.*?)</bdi>.*?width="(.*?)"', chart) for chart in charts]


@pytest.mark.parametrize(
    ("amount", "most", "percent"), [(9, 9, 100), (1, 3, 33.33), (2, 8, 25), (1, 10_000, 1)]
)
def test_a_bar_is_a_share_of_the_longest(amount, most, percent):
    (gave,) = drawn(most=most, amount=amount)
    assert (gave[0][1], float(gave[1][1])) == ("100.0", percent)
    (took,) = drawn(most=-most, amount=-amount)
    assert (took[0][1], float(took[1][1])) == ("100.0", percent)


def test_the_strongest_come_first_and_those_that_took_stand_apart():
    gave, took = drawn(a=1.0, b=-5.0, c=7.0, d=0.0, e=-9.0, f=7.0)
    assert [name for name, _ in gave] == ["c", "f", "a"]
    assert [name for name, _ in took] == ["e", "b"]


def test_where_nothing_gave_or_took_there_is_no_chart():
    assert drawn(a=0.0) == []


def test_no_more_than_ten_are_shown():
    (gave,) = drawn(**{f"r{n}": n + 1.0 for n in range(12)})
    assert [name for name, _ in gave] == [f"r{n}" for n in range(11, 1, -1)]


def test_a_cell_is_the_stronger_the_fuller_it_is():
    """So many contacts have five flames of one score, and 0 to 4 of the other."""
    people = {4: 1, 3: 8, 2: 150, 1: 279}
    rows, number = [], 0
    for flames, held in people.items():
        for _ in range(held):
            number += 1
            rows += [
                (f"{number:04}", "interest", 9.0, 5, 1.0, 1.0, number, None),
                (f"{number:04}", "fit", 9.0, flames, 1.0, 1.0, number, None),
            ]
    rows.sort(key=lambda row: row[1] == "fit")
    contacts = pl.DataFrame({"contact_id": [f"{n:04}" for n in range(1, number + 1)]})
    html = render_html(report(scored(scores=rows, points=[], contacts=contacts)))
    cells = re.findall(r'<td class="s(\d)">([\d,]+)</td>', html)
    assert cells[:6] == [("0", "0"), ("9", "279"), ("7", "150"), ("3", "8"), ("1", "1"), ("0", "0")]
