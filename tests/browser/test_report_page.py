from __future__ import annotations

from functools import cache

import pytest

from flamescore.report import render_html
from report.pages import changes, hostile, many, nobody, report
from tables.by_hand import SCORE_ROWS, scored

pytestmark = [pytest.mark.browser, pytest.mark.full]

PAGES = {
    "twenty": lambda: report(many(20), changes=changes(many(20))),
    "one": lambda: report(many(1)),
    "nobody": lambda: report(nobody()),
    "two scores": lambda: report(scored()),
    "none hot": lambda: report(scored(scores=[row for row in SCORE_ROWS if row[3] != 5])),
    "hostile": lambda: report(hostile(), changes=changes(hostile())),
}
EVERY = pytest.mark.parametrize("name", PAGES)


@cache
def html(name: str) -> str:
    """Return a page, drawn once, and where it is opened only."""
    return render_html(PAGES[name]())


def ranks(page) -> list[str]:
    rows = page.locator("#score0 table.leads tbody tr:not([hidden]) .rank")
    return [text.strip() for text in rows.all_text_contents()]


def found(page, text: str, expected: list[str]) -> list[str]:
    """Find a text; wait until the list is the expected one, which it is not before, and return it."""
    assert ranks(page) != expected
    page.get_by_label("Find", exact=True).first.fill(text)
    for _ in range(100):
        if ranks(page) == expected:
            break
        page.wait_for_timeout(50)
    return ranks(page)


@EVERY
@pytest.mark.parametrize("width", [360, 1280])
def test_no_request_no_complaint_no_sideways_scrolling(opened, name, width):
    watched = opened(html(name), width=width)
    assert watched.said == []
    assert [url for url in watched.asked if not url.startswith("file:")] == []
    assert len(watched.asked) == 1
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert watched.page.evaluate("[...document.images].length") == 0


def test_hot_leads_are_shown_first_and_all_on_demand(opened):
    page = opened(html("twenty")).page
    assert ranks(page) == ["1", "2", "3", "4"]
    assert page.get_by_role("status").first.text_content() == "4 of 20 leads"
    page.get_by_role("button", name="Show all").click()
    assert len(ranks(page)) == 20
    assert page.get_by_role("status").first.text_content() == "20 of 20 leads"


def test_filter_by_flames_and_owner(opened):
    page = opened(html("twenty")).page
    page.get_by_role("combobox", name="Flames").select_option("3")
    assert ranks(page) == ["9", "10", "11", "12"]
    page.get_by_role("combobox", name="Owner").select_option(label="Owner of Leads 3 (3)")
    assert ranks(page) == ["10"]
    page.get_by_role("combobox", name="Flames").select_option("")
    assert ranks(page) == ["4", "10", "16"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lindqvist 13", ["14"]),
        ("ANNELIESE DAUGHTERS 13", ["14"]),
        ("ferrari7@", ["8"]),
        ("602-555-0007", ["8"]),
        ("000011", ["12"]),
        ("nobody of that name", []),
    ],
)
def test_find_by_text(opened, text, expected):
    page = opened(html("twenty")).page
    page.get_by_role("combobox", name="Flames").select_option("")
    assert found(page, text, expected) == expected
    assert page.get_by_text("No leads match.").first.is_visible() == (not expected)


def test_find_passes_over_accents(opened):
    page = opened(render_html(report(many(1, text="Zoë Núñez")))).page
    assert found(page, "nobody of that name", []) == []
    assert found(page, "zoe nunez", ["1"]) == ["1"]


def test_sort_by_a_column_and_back(opened):
    page = opened(html("twenty")).page
    page.get_by_role("combobox", name="Flames").select_option("")
    head = page.get_by_role("columnheader", name="Score").first
    assert page.locator("[aria-sort]").count() == 1
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert ranks(page)[0] == "1"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert ranks(page)[:2] == ["20", "19"]
    page.get_by_role("columnheader", name="Lead").get_by_role("button").click()
    assert ranks(page)[:3] == ["1", "2", "3"]
    assert page.locator("[aria-sort]").count() == 1


def test_sort_by_keyboard(opened):
    page = opened(html("twenty")).page
    page.get_by_role("columnheader", name="Rank").get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert ranks(page) == ["4", "3", "2", "1"]


def test_a_phone_sorts_by_a_list(opened):
    page = opened(html("twenty"), width=360).page
    page.get_by_role("combobox", name="Sort by").select_option(label="Rank, high to low")
    assert ranks(page) == ["4", "3", "2", "1"]


def test_the_first_stop_of_the_keyboard_leads_to_the_list(opened):
    page = opened(html("twenty")).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the list"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "list0"


def test_all_is_readable_without_its_script(opened):
    page = opened(html("twenty"), javascript=False).page
    assert page.locator("table.leads tbody tr").count() == 20
    assert page.locator("table.leads tbody tr").last.is_visible()
    assert not page.get_by_label("Find", exact=True).is_visible()


def test_paper_has_the_list_and_no_controls(opened):
    page = opened(html("twenty"), dark=True).page
    page.emulate_media(media="print")
    assert not page.get_by_label("Find", exact=True).is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert page.locator("table.leads tbody tr").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_dark_is_dark(opened):
    page = opened(html("twenty"), dark=True).page
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert (ground, ink) == ("rgb(21, 18, 16)", "rgb(244, 238, 231)")


def test_hostile_texts_make_no_element(opened):
    page = opened(html("hostile")).page
    assert page.locator("img, iframe, object, embed, link, base").count() == 0
    assert page.locator("script").count() == 1
    assert page.locator("[onload], [onerror], [style]").count() == 0
    assert set(page.eval_on_selector_all("a", "all => all.map(a => a.protocol)")) <= {
        "file:",
        "mailto:",
        "tel:",
    }


@EVERY
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_serious_fault(opened, name, dark, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = opened(html(name), width=width, dark=dark).page
    faults = axe.Axe().run(page).response["violations"]
    serious = [
        (fault["id"], fault["nodes"][0]["html"][:200], fault["nodes"][0].get("failureSummary"))
        for fault in faults
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []
