"""Explanations as the text of a wide page."""

from io import StringIO

from rich.console import Console

from flamescore.report import render_explanation


def rendered(told, *, everything=False, width=120):
    """Return rich's layout of an explanation as text, without colors and trailing blanks."""
    page = StringIO()
    Console(file=page, width=width, color_system=None).print(
        render_explanation(told, everything=everything), highlight=False
    )
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())
