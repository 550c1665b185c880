"""One self-contained HTML page of Markdown and charts, which loads nothing and sends nothing out."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Final

from flamescore.pages.charts import Chart, drawn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it import MarkdownIt

_STYLE: Final = """
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1, h2, h3, p, li, figcaption, summary { overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; margin-top: 2rem; } h3 { font-size: 1rem; }
p { max-width: 48rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #8886; padding: .25rem .75rem .25rem 0; }
th, td { text-align: left; white-space: nowrap; }
.r { text-align: right; }
.charts { display: grid; gap: 1rem; margin-top: 1rem; }
.charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: .25rem; }
figure svg { display: block; height: auto; max-width: 100%; width: 28rem; }
figure svg text { fill: currentColor; }
summary { cursor: pointer; padding: .25rem 0; }
"""
_ALIGNED: Final = 'style="text-align:right"'
"""How the renderer aligns cells; the page's policy forbids inline styles, so a class replaces it."""


def page(title: str, parts: Iterable[str | Chart]) -> str:
    """Return the page: Markdown, as `report.escaped` returns it, and charts, placed side by side."""
    body = "".join(_body(parts))
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _body(parts: Iterable[str | Chart]) -> Iterable[str]:
    """Yield the pieces of the page; consecutive charts share one grid."""
    renderer = _renderer()
    charts: list[str] = []
    for part in parts:
        if isinstance(part, Chart):
            charts.append(_figure(part, renderer))
            continue
        yield from _grid(charts)
        charts = []
        yield _rendered(part, renderer)
    yield from _grid(charts)


def _grid(charts: list[str]) -> Iterable[str]:
    if charts:
        yield f'<div class="charts">\n{"".join(charts)}</div>\n'


def _figure(chart: Chart, renderer: MarkdownIt) -> str:
    svg = drawn(chart)
    caption = escape(chart.caption)
    picture = "" if svg is None else f'<div role="img" aria-label="{caption}">{svg}</div>\n'
    unfolded = " open" if svg is None else ""
    numbers = _rendered(chart.table, renderer)
    return (
        f"<figure>\n<figcaption>{caption}</figcaption>\n{picture}"
        f"<details{unfolded}><summary>The numbers</summary>\n{numbers}</details>\n</figure>\n"
    )


def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only pages need it

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "link", "autolink"])


def _rendered(text: str, renderer: MarkdownIt) -> str:
    html = str(renderer.render(text)).replace(_ALIGNED, 'class="r"')
    return html.replace("<table>", '<div class="table" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
