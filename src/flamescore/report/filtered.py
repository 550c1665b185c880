"""What rich shows on a terminal, without what the terminal would obey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from rich.segment import Segment

from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType


class Filtered(Struct, frozen=True):
    """Something to show, without what a terminal would obey but for its own colours and line ends.

    Texts are escaped before they are laid out, so that columns stay straight; here nothing is forgotten.
    """

    shown: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.shown, options):
            if segment.control:
                yield segment
            else:
                text = "\n".join(map(printable, segment.text.split("\n")))
                yield Segment(text, segment.style)
