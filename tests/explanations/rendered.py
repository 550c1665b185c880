"""Explanations as the text that a wide page has of them."""

from io import StringIO

from rich.console import Console

from flamescore.report import render_explanation


def rendered(told, *, everything=False, width=120):
    """Return what rich lays out of an explanation, without colours and blanks at ends of lines."""
    page = StringIO()
    Console(file=page, width=width, color_system=None).print(
        render_explanation(told, everything=everything), highlight=False
    )
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())
