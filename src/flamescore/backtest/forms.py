"""The two human-readable forms of a backtest: Markdown, and text that fits the width of a screen."""

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
"""The minimum width of a name, in screen columns."""


class Form(Protocol):
    """How headings, untrusted text and tables are rendered; each sentence is on a line of its own."""

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield the lines of a heading of level 1 to 3; its text is already safe."""

    def safe(self, text: str) -> str:
        """Return text of any origin, escaped so that it is shown literally."""

    def strong(self, text: str) -> str:
        """Return emphasized text."""

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        right: Sequence[bool],
        goes: Sequence[int] = (),
    ) -> Iterator[str]:
        """Yield the lines of a table, whose cells are already safe; `right` marks the columns of numbers.

        `goes` are the indexes of the columns that a narrow screen drops, in this order.
        """


class Markdown:
    """Rendering as Markdown, whose tables keep all columns."""

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield a heading and a blank line."""
        yield from (f"{'#' * level} {text}", "")

    def safe(self, text: str) -> str:
        """Return text that Markdown shows literally."""
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
        """Yield a table with all its columns."""
        del goes
        return markdown_table(head, rows, right=right)


class OnScreen:
    """Rendering as text that fits on a screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield a bold heading, followed by a blank line unless a table follows (level 3)."""
        yield from (self._screen.styled(line, "bold") for line in self.fitted(text))
        if level < 3:  # noqa: PLR2004 - tables directly follow their heading
            yield ""

    def fitted(self, line: str) -> list[str]:
        """Return a line, split at spaces into pieces that fit if it is too wide."""
        room = self._screen.width
        return [line] if terminal_columns(line) <= room else wrap(line, room, break_on_hyphens=False)

    def safe(self, text: str) -> str:
        """Return text on one line, with control sequences made harmless."""
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
        """Yield a table of the columns that fit; names before the first numeric column may be truncated."""
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
