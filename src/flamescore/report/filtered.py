"""Rich output for a terminal, without control characters that the terminal would execute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from rich.segment import Segment

from flamescore.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType


class Filtered(Struct, frozen=True):
    """Output to show, with control characters replaced, except for its own colors and line ends.

    Texts are already escaped before layout, so that columns stay aligned; this filter is a safety net.
    """

    shown: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.shown, options):
            if segment.control:
                yield segment
            else:
                text = "\n".join(map(printable, segment.text.split("\n")))
                yield Segment(text, segment.style)
