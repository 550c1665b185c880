"""A terminal for text output: its width, the marks it can show, whether it has color; and tables for it.

A table has no borders, two spaces between its columns, one header line, and no line wider than the screen.
Some columns are never truncated (ids, phones, numbers, flames, dates); others shrink down to a minimum width.
If that is not enough, columns are dropped in the order that they define. An example, 40 columns wide:

column   widest cell   least   goes        at minimum width: 12 + 14 + 24 + 4, and 6 for gaps: 60
Name              13      12               without Why: 34, which fits
Phone             14       -   second      in full: 13 + 14 + 4, and 4 for gaps: 35, which fits
Why               46      24   first
Id                 4       -

Then the widest column that may be truncated shrinks by one screen column at a time until the line fits. If no
more columns can be dropped, a row takes several lines, and so loses nothing.
"""

from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from flamescore.findings import wants_colours
from flamescore.text import clusters, for_cell, terminal_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NARROWEST: Final = 40
"""The minimum width of the layout; a narrower terminal wraps lines."""

UNKNOWN: Final = 100
"""The width if neither a terminal nor `COLUMNS` defines one."""

GAP: Final = 2
SQUEEZED: Final = 8
"""The width that a truncatable cell keeps if no more columns can be dropped."""

_INDENT: Final = " " * 4
"""The prefix of a row's continuation lines."""

_CODES: Final = {"bold": "1", "dim": "2", "red": "31", "blue": "34"}
_PLAIN_MARKS: Final = str.maketrans({"▲": "*", "·": ".", "…": "...", "×": "x", "→": "->", "█": "#"})


class Screen(Struct, frozen=True):
    """Where text is shown: `width` in columns; `plain` if marks beyond ASCII can't be shown."""

    width: int = UNKNOWN
    coloured: bool = False
    plain: bool = False
    encoding: str = "utf-8"

    def marks(self, text: str) -> str:
        """Return the program's marks as this screen shows them: `▲▲▲··`, or `***..` if it is plain."""
        return text.translate(_PLAIN_MARKS) if self.plain else text

    def flames(self, number: int | None) -> str:
        """Draw flames; None, without a score, draws nothing."""
        return "" if number is None else self.marks("▲" * number + "·" * (5 - number))

    def shown(self, text: str) -> str:
        """Return text from any source so that it is safe to show: on one line, without control characters."""
        safe = for_cell(text)
        return safe.encode(self.encoding, "replace").decode(self.encoding)

    def cut(self, text: str, room: int) -> str:
        """Return a text truncated with `…` to a number of columns; a shorter one is unchanged."""
        return text if terminal_columns(text) <= room else _shortened(text, room, self.marks("…"))

    def styled(self, text: str, style: str) -> str:
        """Return text in a style such as `bold red`, in color if the screen has it."""
        if not self.coloured or not style or not text:
            return text
        codes = ";".join(_CODES[each] for each in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m"


def screen_of(stream: TextIO, environ: Mapping[str, str]) -> Screen:
    """Return the screen of a stream: as wide as its terminal, else as `COLUMNS`, else `UNKNOWN`."""
    is_terminal = stream.isatty()
    wide = _terminal_width(stream) if is_terminal else None
    columns = environ.get("COLUMNS", "")
    if wide is None:
        wide = int(columns) if columns.isascii() and columns.isdigit() and int(columns) else UNKNOWN
    encoding = codecs.lookup(stream.encoding or "utf-8").name
    return Screen(
        width=max(wide, NARROWEST),
        coloured=wants_colours(environ, is_terminal=is_terminal),
        plain=encoding != "utf-8" or environ.get("TERM") == "dumb",
        encoding=encoding,
    )


def _terminal_width(stream: TextIO) -> int | None:
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


# --- tables


class Span(Struct, frozen=True):
    """A piece of a cell, in a style; a `whole` piece is kept whole if the cell is truncated."""

    text: str
    style: str = ""
    whole: bool = False


Cell: TypeAlias = "str | tuple[Span, ...]"


class Column(Struct, frozen=True):
    """A column of a table. `least` is the width it may be truncated to, None for never.

    `goes` is the order in which columns are dropped if not all fit: those with 1 first, then those with 2; 0
    is never dropped.
    """

    header: str
    cells: Sequence[Cell]
    right: bool = False
    least: int | None = None
    goes: int = 0
    style: str = ""
    """For cells that are not spans."""

    @property
    def is_empty(self) -> bool:
        """Return whether all cells are empty."""
        return not any(self.cells)


class _Measured(Struct, frozen=True):
    column: Column
    header: tuple[Span, ...]
    cells: list[tuple[Span, ...]]
    natural: int
    least: int

    def squeezed(self) -> _Measured:
        """Return it at its narrowest, for when even the minimum widths don't fit on a line."""
        if self.column.least is None:
            return self
        return replace(self, least=min(self.least, max(SQUEEZED, _width(self.header))))


def table(columns: Sequence[Column], screen: Screen) -> list[str]:
    """Lay out columns as lines, header first; all have the same number of cells."""
    measured = [_measured(each, screen) for each in columns]
    for goes in sorted({each.goes for each in columns if each.goes}):
        if _breadth([each.least for each in measured]) <= screen.width:
            break
        measured = [each for each in measured if each.column.goes != goes]
    if _breadth([each.least for each in measured]) > screen.width:
        squeezed = [each.squeezed() for each in measured]
        if _breadth([each.least for each in squeezed]) > screen.width:
            return _on_several_lines(measured, screen)
        measured = squeezed
    widths = _fitted(measured, screen.width)
    rows = zip(*([each.header, *each.cells] for each in measured), strict=True)
    return [_line(measured, row, widths, screen) for row in rows]


def _measured(column: Column, screen: Screen) -> _Measured:
    header = (Span(screen.shown(column.header), "dim"),)
    cells = [
        tuple(Span(screen.shown(span.text), span.style, span.whole) for span in _spans(cell, column.style))
        for cell in column.cells
    ]
    natural = max(map(_width, (header, *cells)))
    least = natural if column.least is None else min(natural, max(column.least, _width(header)))
    return _Measured(column, header, cells, natural, least)


def _spans(cell: Cell, style: str) -> tuple[Span, ...]:
    return (Span(cell.strip(), style),) if isinstance(cell, str) else cell


def _width(cell: Sequence[Span]) -> int:
    return sum(terminal_columns(span.text) for span in cell)


def _breadth(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _fitted(measured: Sequence[_Measured], room: int) -> list[int]:
    """Take the excess from the columns that may be truncated, the widest first, on ties the first."""
    widths = [each.natural for each in measured]
    while _breadth(widths) > room:
        loose = [at for at, each in enumerate(measured) if widths[at] > each.least]
        widths[max(loose, key=widths.__getitem__)] -= 1
    return widths


def _line(
    measured: Sequence[_Measured], row: Sequence[tuple[Span, ...]], widths: Sequence[int], screen: Screen
) -> str:
    """Return cells side by side, without trailing spaces."""
    line, blanks = "", 0
    for each, cell, width in zip(measured, row, widths, strict=True):
        spans = _cut(cell, width, screen.marks("…"))
        spare = width - _width(spans)
        before = spare if each.column.right else 0
        if any(span.text for span in spans):
            line += " " * (blanks + before)
            line += "".join(screen.styled(span.text, span.style) for span in spans)
            blanks = spare - before + GAP
        else:
            blanks += width + GAP
    return line.rstrip(" ")


def _cut(cell: tuple[Span, ...], room: int, ellipsis: str) -> tuple[Span, ...]:
    """Truncate a cell with `…`; whole spans are kept whole, unless nothing would be left of the others."""
    if _width(cell) <= room:
        return cell
    left = room - sum(terminal_columns(span.text) for span in cell if span.whole)
    if left <= len(ellipsis):
        cell, left = (Span("".join(span.text for span in cell), cell[0].style),), room
    found: list[Span] = []
    is_cut = False
    for span in cell:
        if span.whole:
            found.append(span)
        elif not is_cut:
            is_cut = terminal_columns(span.text) > left - len(ellipsis)
            text = _shortened(span.text, left, ellipsis) if is_cut else span.text
            found.append(Span(text, span.style))
            left -= terminal_columns(text)
    return tuple(found)


def _shortened(text: str, room: int, ellipsis: str) -> str:
    """Return the beginning of a text and `…`, in at most `room` columns; no character is split."""
    left, kept = room - len(ellipsis), ""
    for each in clusters(text):
        left -= terminal_columns(each)
        if left < 0:
            break
        kept += each
    return f"{kept.rstrip()}{ellipsis}"


def _on_several_lines(measured: Sequence[_Measured], screen: Screen) -> list[str]:
    """Lay out a row on several lines: as many columns on each as fit, further lines indented."""
    bands: list[list[_Measured]] = []
    for each in measured:
        room = screen.width - (len(_INDENT) if len(bands) > 1 else 0)
        if bands and _breadth([other.least for other in (*bands[-1], each)]) <= room:
            bands[-1].append(each)
        else:
            bands.append([each])
    lines: list[str] = []
    for row in zip(*([each.header, *each.cells] for each in measured), strict=True):
        cells = iter(row)
        for at, band in enumerate(bands):
            indent = _INDENT if at else ""
            own = [next(cells) for _ in band]
            lines += (f"{indent}{line}".rstrip() for line in _of_band(band, own, screen, len(indent)))
    return lines


def _of_band(
    band: Sequence[_Measured], row: Sequence[tuple[Span, ...]], screen: Screen, indent: int
) -> list[str]:
    """Return the lines for some columns of a row; a single one that is wider than the screen is wrapped."""
    room = screen.width - indent
    if band[0].least > room:
        return list(_broken("".join(span.text for span in row[0]), room))
    return [_line(band, row, [each.least for each in band], screen)]


def _broken(text: str, room: int) -> Iterator[str]:
    """Yield a text in pieces of at most `room` columns; nothing is lost."""
    line, width = "", 0
    for each in clusters(text):
        size = terminal_columns(each)
        if line and width + size > room:
            yield line
            line, width = "", 0
        line, width = line + each, width + size
    yield line
