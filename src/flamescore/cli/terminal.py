"""Output for people on stdout: the screen behind it, rows as a table, and paths for display."""

from __future__ import annotations

import os
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flamescore.cli.messages import here
from flamescore.screen import Column, Screen, screen_of, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

_LEAST: Final = 12
"""The minimum width of a text column in a table, in screen columns."""

_WHOLE: Final = ("id", "phone", "email", "preset")
"""The names, or endings of names, of text columns that are never truncated."""


def screen(out: str | None = None) -> Screen:
    """Return the screen behind stdout; if text goes to a file, one of the same width without colors."""
    behind = screen_of(sys.stdout, os.environ)
    return behind if out in (None, "-") else Screen(width=behind.width)


def write(lines: Iterable[str]) -> None:
    """Write lines to stdout."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def any_table(
    headers: Sequence[str], exact: Sequence[bool], rows: Iterable[Sequence[str]], on: Screen
) -> list[str]:
    """Lay out rows of arbitrary columns; if they don't fit, a row takes several lines.

    `exact` marks columns of numbers and dates, which are right-aligned and never truncated.
    """
    cells = list(zip(*rows, strict=True)) or [()] * len(headers)
    return table(
        [
            Column(header, column, right=is_exact, least=None if is_exact or _is_whole(header) else _LEAST)
            for header, is_exact, column in zip(headers, exact, cells, strict=True)
        ],
        on,
    )


def _is_whole(header: str) -> bool:
    return any(header == each or header.endswith(f"_{each}") for each in _WHOLE)


def near(path: str | Path) -> str:
    """Return a path, relative to the working directory if it is inside it, with `/` on every system."""
    there, folder = Path(path), here()
    is_below = folder is not None and there.is_relative_to(folder)
    return (there.relative_to(folder) if folder is not None and is_below else there).as_posix()


def show(renderable: RenderableType) -> None:
    """Print a rich renderable in the width of the screen."""
    sys.stdout.write(_rendered(renderable, screen()))


def as_text(renderable: RenderableType, *, width: int | None = None, coloured: bool = False) -> str:
    """Return a rich renderable as text, by default in the width of stdout and without colors."""
    return _rendered(renderable, Screen(width=width or screen().width, coloured=coloured))


def _rendered(renderable: RenderableType, on: Screen) -> str:
    from rich.console import Console  # noqa: PLC0415 - takes 50 ms, not needed for tables

    from flamescore.report import Filtered  # noqa: PLC0415 - the same

    page = StringIO()
    Console(
        file=page,
        width=on.width,
        color_system="standard" if on.coloured else None,
        force_terminal=on.coloured,
        no_color=not on.coloured,
        highlight=False,
    ).print(Filtered(renderable))
    return "".join(f"{line.rstrip()}\n" for line in on.marks(page.getvalue()).splitlines())
