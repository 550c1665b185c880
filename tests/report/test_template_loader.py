"""The page's templates come compiled, and are compiled again if another version of Jinja made them."""

import sys

import jinja2
import pytest

from flamescore.report import render_html
from report.pages import hostile, page
from tables.by_hand import scored


@pytest.fixture
def fresh(monkeypatch):
    """Clear the template cache, and yield the names of the templates compiled since."""
    environment = sys.modules["flamescore.report.html"].environment
    compiled = []
    compile_ = jinja2.Environment.compile

    def counted(self, source, name=None, *more, **options):
        compiled.append(name)
        return compile_(self, source, name, *more, **options)

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    environment.cache_clear()
    yield compiled
    environment.cache_clear()


def test_a_page_is_made_without_compiling(fresh):
    render_html(page(scored()))
    assert fresh == []


@pytest.mark.parametrize("result", [scored, hostile])
def test_it_is_the_page_that_the_templates_make(fresh, monkeypatch, result):
    made = render_html(page(result()))
    assert fresh == []
    sys.modules["flamescore.report.html"].environment.cache_clear()
    monkeypatch.setattr(jinja2, "__version__", "0")
    assert render_html(page(result())) == made
    assert "report.html.j2" in fresh
