"""Tables as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool]) -> Iterator[str]:
    """Yield the lines of a table whose cells are already Markdown; `right` marks the columns of numbers."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---:' if each else '---' for each in right)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
