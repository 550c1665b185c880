"""The pages of `backtest` and `diff` in Chromium: on a phone, in dark mode, and with hostile names."""

from __future__ import annotations

import pytest

from flamescore.pages import Chart, can_draw, page, table

pytestmark = [
    pytest.mark.browser,
    pytest.mark.full,
    pytest.mark.skipif(not can_draw(), reason="needs the extra `charts`"),
]

EVIL = "<script>alert(1)</script><img src=http://evil.example/x.png onerror=alert(2)>" * 3
NUMBERS = "\n".join(
    table(["Name", "Number"], [[str(number), "1"] for number in range(4)], right=[False, True])
)


def chart(name: str) -> Chart:
    values = [{"name": f"{number} {name}", "number": number} for number in range(4)]
    encoding = {
        "y": {"field": "name", "type": "nominal"},
        "x": {"field": "number", "type": "quantitative", "title": "so many"},
    }
    return Chart(name, NUMBERS, {"data": {"values": values}, "mark": "bar", "encoding": encoding})


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["plain", EVIL])
def test_a_page_with_charts(opened, name, width):
    wide = "\n".join(table(["a wide column"] * 30, [["1"] * 30], right=[True] * 30))
    seen = opened(
        page(name, [f"# A title\n\n{wide}", chart(name), chart(name)]), width=width, dark=width == 390
    )
    assert seen.said == []
    assert [each for each in seen.asked if not each.startswith("file:")] == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.page.locator("figure svg").count() == 2
    box = seen.page.locator("figure svg").first.bounding_box()
    assert 300 < box["width"] <= width
    assert seen.page.locator("figure table").first.is_hidden()
    seen.page.locator("summary").first.click()
    assert seen.page.locator("figure table").first.is_visible()
    colors = seen.page.evaluate(
        "[getComputedStyle(document.querySelector('figure svg text')).fill,"
        " getComputedStyle(document.body).color]"
    )
    assert colors[0] == colors[1]
