"""The two forms that a backtest is written in for people: Markdown, and text as wide as a screen."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Protocol

from flamescore.pages import table as markdown_table
from flamescore.report import escaped
from flamescore.screen import Column, table
from flamescore.text import terminal_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.screen import Screen

_LEAST = 12
"""Columns of the screen that a name keeps."""


class Form(Protocol):
    """How headings, text from elsewhere and tables are written; sentences stand on lines of their own."""

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield the lines of a heading, 1 to 3 deep; its text is safe already."""

    def safe(self, text: str) -> str:
        """Return text of whatever origin so that it shows as itself."""

    def strong(self, text: str) -> str:
        """Return text that stands out."""

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        right: Sequence[bool],
        goes: Sequence[int] = (),
    ) -> Iterator[str]:
        """Yield the lines of a table, whose cells are safe already; `right` are the columns of numbers.

        `goes` are the numbers of columns that a narrow screen leaves out, in this order.
        """


class Markdown:
    """Everything as Markdown, whose tables lose nothing."""

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield a heading and an empty line."""
        yield from (f"{'#' * level} {text}", "")

    def safe(self, text: str) -> str:
        """Return text that Markdown shows as itself."""
        return escaped(text)

    def strong(self, text: str) -> str:
        """Return bold text."""
        return f"**{text}**"

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        right: Sequence[bool],
        goes: Sequence[int] = (),
    ) -> Iterator[str]:
        """Yield a table with all of its columns."""
        del goes
        return markdown_table(head, rows, right=right)


class OnScreen:
    """Everything as text that fits on a screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield a heading, bold, and an empty line, but above a table."""
        yield from (self._screen.styled(line, "bold") for line in self.fitted(text))
        if level < 3:  # noqa: PLR2004 - tables stand right under the heading that is theirs
            yield ""

    def fitted(self, line: str) -> list[str]:
        """Return a line in pieces that fit, if it does not; they end at a blank."""
        room = self._screen.width
        return [line] if terminal_columns(line) <= room else wrap(line, room, break_on_hyphens=False)

    def safe(self, text: str) -> str:
        """Return text on one line, nothing of which is obeyed."""
        return self._screen.shown(text).strip()

    def strong(self, text: str) -> str:
        """Return bold text."""
        return self._screen.styled(text, "bold")

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        right: Sequence[bool],
        goes: Sequence[int] = (),
    ) -> Iterator[str]:
        """Yield a table of what fits; the columns before the first of numbers are names, and may be cut."""
        cells = list(zip(*rows, strict=True)) or [()] * len(head)
        turn = {column: number for number, column in enumerate(goes, 1)}
        columns = [
            Column(
                header,
                cells[number],
                right=right[number],
                least=None if any(right[: number + 1]) else _LEAST,
                goes=turn.get(number, 0),
            )
            for number, header in enumerate(head)
        ]
        yield from table(columns, self._screen)
