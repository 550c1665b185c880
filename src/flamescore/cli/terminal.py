"""The terminal: what it shows is as wide as it is, and holds no character that it would obey."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flamescore.report import Filtered
from flamescore.text import for_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType


def show(renderable: RenderableType) -> None:
    """Print on the terminal, as wide as that is."""
    Console(highlight=False).print(Filtered(renderable))


def as_text(renderable: RenderableType, *, width: int = 200) -> str:
    """Return what a terminal of a width would show, without colours and blank ends."""
    page = StringIO()
    Console(file=page, width=width, color_system=None, force_terminal=False, highlight=False).print(
        Filtered(renderable)
    )
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def grid(headers: Sequence[str], numeric: Sequence[bool], rows: Iterable[Sequence[str]]) -> Table:
    """Lay rows of cells out as a table; columns of numbers stand to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header, right in zip(headers, numeric, strict=True):
        table.add_column(Text(for_cell(header)), justify="right" if right else "left")
    for row in rows:
        table.add_row(*(Text(for_cell(cell)) for cell in row))
    return table
