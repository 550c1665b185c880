"""A browser for the report. Without one, the tests are skipped with the reason."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)


@dataclass
class Watched:
    """A page, its messages and the addresses it requested."""

    page: object
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs `pip install -e '.[browser]'`, as `make test-all` does"
    )
    program = os.environ.get("FLAMESCORE_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("needs Chromium: `apt-get install chromium`, or its path in FLAMESCORE_CHROMIUM")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, tmp_path) -> Iterator[Callable[..., Watched]]:
    """Open a report: `opened(html, width=360, dark=True)`."""
    contexts = []

    def opening(html: str, *, width: int = 1280, dark: bool = False, javascript: bool = True) -> Watched:
        path: Path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        watched = Watched(context.new_page())
        watched.page.on("console", lambda message: watched.said.append(message.text))
        watched.page.on("pageerror", lambda error: watched.said.append(str(error)))
        watched.page.on("dialog", lambda dialog: (watched.said.append(dialog.message), dialog.dismiss()))
        watched.page.on("request", lambda request: watched.asked.append(request.url))
        watched.page.goto(path.as_uri())
        return watched

    yield opening
    for context in contexts:
        context.close()
