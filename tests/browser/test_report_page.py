"""The page in Chromium: sizes, keys, filters, the address, printing, and the findings of axe."""

from __future__ import annotations

import re
import time
from functools import cache

import pytest

from flamescore.report import render_html
from report.pages import changes, hostile, many, nobody, page
from report.test_report_html import past
from tables.by_hand import SCORE_ROWS, scored

pytestmark = [pytest.mark.browser, pytest.mark.full]

VIEWS = ("leads", "overview", "rules", "exports")


def full(count: int, **settings: object):
    """Return a page of `count` leads with everything that a page can have."""
    result = many(count)
    return page(result, changes=changes(result), past_scores=past(result), **settings)


def two_scores(count: int):
    """Return a page on which everybody has two scores, with all numbers of flames."""
    rows = [
        (f"{number:04}", name, float(count - rank), 5 - rank * 6 // count, 1.0, 50.0, rank + 1, None)
        for name, turned in (("interest", False), ("fit", True))
        for rank, number in enumerate(sorted(range(count), key=lambda each: -each % 7 if turned else each))
    ]
    contacts = many(count).contacts.with_columns(contact_id=many(count).scores["contact_id"].str.slice(2))
    return page(scored(scores=rows, points=[], contacts=contacts))


PAGES = {
    "twenty": lambda: full(20),
    "one": lambda: page(many(1)),
    "nobody": lambda: page(nobody()),
    "two scores": lambda: two_scores(120),
    "none hot": lambda: page(scored(scores=[row for row in SCORE_ROWS if row[3] != 5])),
    "hostile": lambda: page(hostile(), changes=changes(hostile())),
    "22 hot": lambda: full(110),
    "298": lambda: full(298),
    "500": lambda: full(500),
}
EVERY = pytest.mark.parametrize("name", PAGES)


@cache
def html(name: str) -> str:
    """Return a page, rendered once, when it is first opened."""
    return render_html(PAGES[name]())


def places(shown) -> list[str]:
    texts = shown.locator("tr.row:not([hidden]) .c-n").all_text_contents()
    return [text.strip() for text in texts]


GO = """address => new Promise((done) => {
  const before = location.hash;
  addEventListener("hashchange", () => setTimeout(done), { once: true });
  location.hash = address;
  if (location.hash === before) done();
})"""


def go(shown, address: str) -> None:
    """Go to an address of the page, and wait until the page has followed it."""
    shown.evaluate(GO, address)


@EVERY
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_request_no_complaint_no_sideways_scrolling(opened, name, width):
    watched = opened(html(name), width=width)
    for view in VIEWS:
        go(watched.page, f"#{view}")
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width, view
    assert watched.said == []
    assert len([url for url in watched.asked if "#" not in url]) == 1
    assert [url for url in watched.asked if not url.startswith("file:")] == []


@pytest.mark.parametrize(
    ("size", "first", "whole", "row"),
    [((1280, 900), 260, 12, (48, 56)), ((390, 844), 250, 9, (60, 68)), ((360, 740), 250, 7, (60, 68))],
)
def test_leads_show_without_scrolling(opened, size, first, whole, row):
    width, height = size
    shown = opened(html("298"), width=width).page
    shown.set_viewport_size({"width": width, "height": height})
    assert shown.locator("#stale").is_visible()
    box = shown.locator("tr.row").first.bounding_box()
    assert box["y"] <= first
    assert row[0] <= box["height"] <= row[1]
    bottoms = (
        "[...document.querySelectorAll('tr.row:not([hidden])')].map(r => r.getBoundingClientRect().bottom)"
    )
    assert len([each for each in shown.evaluate(bottoms) if each <= height]) >= whole
    if width < 720:
        button = shown.locator("tr.row .tel").first.bounding_box()
        assert min(button["width"], button["height"]) >= 44


def test_hot_leads_are_shown_first_and_all_on_demand(opened):
    shown = opened(html("twenty")).page
    assert places(shown) == ["1", "2", "3", "4"]
    assert shown.get_by_role("status").text_content() == "4 leads"
    shown.get_by_text("All 20").click()
    assert len(places(shown)) == 20
    assert shown.url.endswith("#flames=1-5")
    shown.reload()
    assert len(places(shown)) == 20
    shown.get_by_role("button", name="Clear").click()
    assert places(shown) == ["1", "2", "3", "4"]


def test_more_than_a_hundred_come_on_demand(opened):
    shown = opened(html("298")).page
    go(shown, "#flames=1-5")
    assert len(places(shown)) == 100
    shown.get_by_role("button", name="Show the other 198").click()
    assert len(places(shown)) == 298


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lindqvist 13", ["14"]),
        ("13 DAUGHTERS anneliese", ["14"]),
        ("ferrari7@", ["8"]),
        ("602-555-0007", ["8"]),
        ("6025550007", ["8"]),
        ("602 555 0007", ["8"]),
        ("000011", ["12"]),
        ("nobody of that name", []),
    ],
)
def test_find_by_text(opened, text, expected):
    shown = opened(html("twenty")).page
    go(shown, "#flames=1-5")
    shown.get_by_role("searchbox").fill(text)
    assert places(shown) == expected or not expected
    assert shown.get_by_text("No lead matches.").is_visible() == (not expected)


def test_find_passes_over_accents(opened):
    shown = opened(render_html(page(many(1, text="Zoë Núñez")))).page
    shown.get_by_role("searchbox").fill("nunez zoe")
    assert places(shown) == ["1"]


def test_filter_by_owner_counts_and_shares_its_address(opened):
    shown = opened(html("twenty")).page
    shown.get_by_role("combobox", name="Owner").select_option("Owner of Leads 3")
    assert places(shown) == ["4"]
    assert shown.url.endswith("#owner=Owner+of+Leads+3")
    go(shown, "#owner=Ann")
    assert shown.get_by_text('No owner "Ann" in this report.').is_visible()
    go(shown, "#owner=Owner+of+Leads+5")
    assert shown.get_by_text("No lead matches.").is_visible()
    shown.get_by_role("link", name="Show 3 leads with fewer flames").click()
    assert places(shown) == ["6", "12", "18"]


@pytest.mark.parametrize("name", ["twenty", "two scores"])
def test_every_facet_shows_as_many_as_it_promises(opened, name):
    shown = opened(html(name)).page
    links = shown.eval_on_selector_all(
        ".side a, #overview a[href*=flames], .facts a[href*=new]",
        "all => all.map(a => [a.getAttribute('href'), (a.querySelector('b') ?? a).textContent])",
    )
    promised = [(link, int(text.replace(",", ""))) for link, text in links if "lead=" not in link]
    assert len(promised) > 10
    for link, count in promised:
        go(shown, link)
        told = shown.get_by_role("status").text_content()
        assert told == f"{count} lead{'' if count == 1 else 's'}", link


def test_unknown_keys_are_as_if_not_there(opened):
    shown = opened(html("twenty")).page
    go(shown, "#flames=9&sort=nothing&lead=none&cell=1.1&what=1")
    assert places(shown) == ["1", "2", "3", "4"]


def test_sort_by_a_column_and_back(opened):
    shown = opened(html("twenty")).page
    go(shown, "#flames=1-5")
    head = shown.get_by_role("columnheader", name="Score")
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").click()
    assert places(shown)[:2] == ["20", "19"]
    shown.get_by_role("columnheader", name="Lead").get_by_role("button").click()
    assert places(shown)[:3] == ["1", "2", "11"]
    assert shown.locator("[aria-sort]").count() == 1
    go(shown, "#flames=1-5&sort=owner")
    assert shown.locator("tr.grp").count() == 6
    assert shown.locator("tr.grp").first.text_content() == "Owner of Leads 04 leads"


def test_the_second_score_leads_the_list(opened):
    shown = opened(html("two scores")).page
    assert shown.locator("#headline").inner_text() == "20 hot leads to call, by The interest"
    go(shown, "#sort=score2")
    assert shown.locator("#headline").inner_text() == "20 hot leads to call, by The fit"
    assert places(shown)[:3] == ["1", "2", "3"]
    go(shown, "#cell=5.5")
    assert shown.locator(".grid:visible a[aria-current]").count() == 1


def test_a_lead_opens_by_its_address_and_by_keys(opened):
    shown = opened(html("twenty")).page
    go(shown, "#lead=000012")
    assert shown.locator("tr.detail").is_visible()
    assert shown.url.endswith("#flames=1-5&lead=000012")
    shown.keyboard.press("Escape")
    assert shown.locator("tr.detail").count() == 0
    go(shown, "#")
    shown.evaluate("document.activeElement.blur()")
    shown.keyboard.press("j")
    shown.keyboard.press("j")
    assert shown.evaluate("document.activeElement.textContent") == "Anneliese Ferrari-Lindqvist 1"
    shown.keyboard.press("Enter")
    assert shown.locator("tr.detail .led tbody tr").count() == 3
    assert shown.locator("tr.row.open .name").get_attribute("aria-expanded") == "true"
    shown.keyboard.press("k")
    shown.keyboard.press("/")
    assert shown.evaluate("document.activeElement.name") == "q"
    shown.keyboard.type("jk/")
    assert shown.get_by_role("searchbox").input_value() == "jk/"


def test_the_breakdown_tells_where_points_are_from(opened):
    shown = opened(html("twenty")).page
    shown.locator("tr.row").first.click(position={"x": 500, "y": 20})
    told = shown.locator("tr.detail").inner_text()
    for words in (
        "Counts until",
        "no expiry",
        "total",
        "Contact id",
        "1 of 20, better than 99%",
        "Since 19 Nov",
    ):
        assert words in told
    assert "flamescore explain 000000" in told


def test_the_first_stop_of_the_keyboard_leads_to_the_list(opened):
    shown = opened(html("twenty")).page
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Skip to the call list"


def test_all_is_there_without_its_script(opened):
    shown = opened(html("298"), javascript=False).page
    assert shown.locator("tr.row:visible").count() == 298
    for view in VIEWS:
        assert shown.locator(f"#{view}").is_visible()
    assert not shown.get_by_role("searchbox").is_visible()
    assert shown.get_by_text("need JavaScript").is_visible()


def test_paper_has_the_list_as_filtered_and_no_controls(opened):
    shown = opened(html("twenty"), dark=True).page
    go(shown, "#owner=Owner+of+Leads+3&flames=1-5")
    shown.emulate_media(media="print")
    for hidden in (".tools", ".side", ".tabs", "#stale"):
        assert not shown.locator(hidden).is_visible()
    told = shown.locator(".printnote").inner_text()
    assert told == "Owner of Leads 3, all flames: 3 of 20 leads on the call list"
    assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_22_leads_are_two_pages_of_paper(opened):
    shown = opened(html("22 hot")).page
    assert len(places(shown)) == 22
    assert len(re.findall(rb"/Type */Page\b", shown.pdf(format="A4"))) == 2


def test_paper_has_all_that_are_filtered(opened):
    shown = opened(html("298")).page
    go(shown, "#flames=1-5")
    assert len(places(shown)) == 100
    assert len(re.findall(rb"/Type */Page\b", shown.pdf(format="A4"))) in range(15, 26)
    assert len(places(shown)) == 100


def test_the_dark_is_dark(opened):
    shown = opened(html("twenty"), dark=True).page
    ground = shown.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = shown.evaluate("getComputedStyle(document.body).color")
    assert (ground, ink) == ("rgb(20, 18, 16)", "rgb(243, 237, 230)")


def test_hostile_texts_make_no_element(opened):
    watched = opened(html("hostile"))
    shown = watched.page
    go(shown, "#flames=1-5")
    for row in range(shown.locator("tr.row:visible").count()):
        shown.locator("tr.row:visible .name").nth(row).click()
        assert shown.locator("tr.detail").count() == 1
    assert shown.locator("img, iframe, object, embed, link, base").count() == 0
    assert shown.locator("script").count() == 2
    assert shown.locator("[onload], [onerror], [style]").count() == 0
    assert set(shown.eval_on_selector_all("a", "all => all.map(a => a.protocol)")) <= {
        *("file:", "mailto:", "tel:"),
    }
    assert watched.said == []


def median(shown, work: str) -> float:
    """Return the median time of five tries, in milliseconds, until the page is laid out again."""
    took = []
    for number in range(5):
        start = time.perf_counter()
        shown.evaluate(f"number => {{ {work}; document.body.offsetHeight }}", number)
        took.append(time.perf_counter() - start)
    return sorted(took)[2] * 1000


def test_500_leads_answer_at_once(opened):
    shown = opened(html("500")).page
    assert len(html("500").encode()) < 1_500_000
    typing = (
        "const q = document.querySelector('input[type=search]'); q.value = 'ferr' + number;"
        "q.dispatchEvent(new Event('input', { bubbles: true }))"
    )
    go(shown, "#flames=1-5")
    assert median(shown, typing) < 150
    go(shown, "#flames=1-5")
    assert median(shown, "document.querySelector('[data-sort=name]').click()") < 150
    assert median(shown, "document.querySelectorAll('tr.row .name')[number].click()") < 150
    levels = "document.querySelectorAll('.seg input')[number % 2 ? 0 : 3].click()"
    assert median(shown, levels) < 350


@pytest.mark.parametrize(
    "name", ["twenty", "nobody", "none hot", "22 hot", "two scores", "hostile", "298", "500"]
)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_fault(opened, name, dark, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    shown = opened(html(name), width=width, dark=dark).page
    for view in VIEWS:
        go(shown, f"#{view}")
        if view == "leads" and shown.locator("tr.row:visible").count():
            shown.locator("tr.row:visible .name").first.click()
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        found = axe.Axe().run(shown, options=options).response["violations"]
        told = [
            (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0].get("failureSummary"))
            for each in found
        ]
        assert told == [], view
