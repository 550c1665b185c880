"""A backtest as one HTML page, of its Markdown: nothing of it comes from outside, and it names no contact."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from flamescore.backtest.show import markdown

if TYPE_CHECKING:
    from flamescore.backtest.run import Backtest

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; margin-top: 2rem; } h3 { font-size: 1rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid #8886; padding: .25rem .75rem .25rem 0; }
th, td { text-align: left; white-space: nowrap; }
"""
_ALIGNED: Final = 'style="text-align:right"'
"""How the renderer aligns cells; the page allows no such style, but has a class for it."""

_RIGHT: Final = ".r { text-align: right; }\n"


def page(made: Backtest) -> str:
    """Return the page."""
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown(made))
    body = body.replace(_ALIGNED, 'class="r"')
    body = body.replace("<table>", '<div class="table" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    style = _STYLE + _RIGHT
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = "Cross-section" if made.question.cross_section else "Backtest"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{title}: {escape(made.question.outcome)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
