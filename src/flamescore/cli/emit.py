"""Rows to stdout or into a file, in the format that was asked for."""

from __future__ import annotations

import os
import sys
import tempfile
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flamescore.cli.boundary import remark, writing_to
from flamescore.cli.options import Format
from flamescore.errors import Problem, UsageError
from flamescore.stopping import unbroken
from flamescore.text import for_cell, json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    import polars as pl
    from rich.console import RenderableType

    from flamescore.cli.options import LogFormat

T = TypeVar("T")
TEXT: Final = {".txt": Format.TABLE}
SHOWN: Final = 100
"""Rows that a terminal shows where no --limit is given."""

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
"""How CSV shows an instant; they are all UTC, in whole seconds."""


def emit(
    frame: pl.DataFrame,
    out: str | None,
    wanted: Format | None,
    *,
    spreadsheet: bool = False,
    raw: bool = False,
    zone: ZoneInfo | None = None,
) -> None:
    """Write rows in a format; a table on a terminal is as wide as that is. `zone` is for workbooks."""
    form = format_of(out, wanted)
    if place(out) is None and form is Format.TABLE and sys.stdout.isatty():
        show(_table(frame))
        return
    deliver(rendered(frame, form, spreadsheet=spreadsheet, raw=raw, zone=zone), out)


def place(out: str | None) -> Path | None:
    """Return the file that `-o` names, None for stdout."""
    return None if out in (None, "-") else Path(str(out))


def format_of(out: str | None, wanted: Format | None) -> Format:
    """Return the format asked for, else what the file's suffix says, else table or CSV by the terminal."""
    path = place(out)
    if wanted is not None:
        return wanted
    if path is not None:
        return by_suffix(path, {f".{each}": each for each in Format if each != "table"} | TEXT)
    return Format.TABLE if sys.stdout.isatty() else Format.CSV


def by_suffix(path: Path, known: Mapping[str, T]) -> T:
    """Return the format that a file's suffix stands for."""
    suffix = path.suffix.lower()
    if suffix not in known:
        hint = f"Use one of the suffixes {', '.join(known)}, or add --format."
        raise UsageError(Problem("U010", f"Can't tell the format from `{path}`.", hint=hint))
    return known[suffix]


def first_rows(frame: pl.DataFrame, limit: int | None, *, on_terminal: bool) -> pl.DataFrame:
    """Return the rows to write: as many as `--limit` says, else all; on a terminal no more than `SHOWN`."""
    most = limit if limit is not None else SHOWN if on_terminal else frame.height
    return frame.head(min(most, frame.height))


def remark_on_others(shown: int, found: int, limit: int | None, log: LogFormat) -> None:
    """Say on a terminal that there are more rows than it shows."""
    if shown < found:
        hint = "" if limit is not None else "; --limit shows more"
        remark(f"{shown:,} of {found:,} shown{hint}", log, level="info")


def deliver(data: bytes, out: str | None) -> None:
    """Write to a file, whole or not at all, or to stdout."""
    path = place(out)
    if path is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with writing_to(str(path)):
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a pipe or a device is written to, not replaced
        else:
            _replace(path.resolve(), data)


def show(renderable: RenderableType) -> None:
    """Print on the terminal, as wide as that is."""
    from rich.console import Console  # noqa: PLC0415 - rich takes time to import

    from flamescore.report import Filtered  # noqa: PLC0415 - the same

    Console(highlight=False).print(Filtered(renderable))


def as_text(renderable: RenderableType, *, width: int = 200) -> str:
    """Return what a terminal of a width would show, without colours and blank ends."""
    from rich.console import Console  # noqa: PLC0415 - rich takes time to import

    from flamescore.report import Filtered  # noqa: PLC0415 - the same

    page = StringIO()
    Console(file=page, width=width, color_system=None, force_terminal=False, highlight=False).print(
        Filtered(renderable)
    )
    return "".join(f"{line.rstrip()}\n" for line in page.getvalue().splitlines())


def rendered(
    frame: pl.DataFrame,
    form: Format,
    *,
    spreadsheet: bool = False,
    raw: bool = False,
    zone: ZoneInfo | None = None,
) -> bytes:
    """Return rows as the bytes of a file."""
    match form:
        case Format.CSV:
            return _csv(frame, spreadsheet=spreadsheet, raw=raw)
        case Format.JSON | Format.NDJSON:
            return _json(frame, lines=form is Format.NDJSON)
        case Format.PARQUET:
            return _parquet(frame)
        case Format.XLSX:
            return _workbook(frame, zone)
        case Format.MD:
            return _markdown(frame).encode()
        case Format.TABLE:
            return as_text(_table(frame)).encode()


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON is of any shape
    """Bring values to what JSON knows: instants as ISO 8601 with `Z`, numbers as they are."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _replace(path: Path, data: bytes) -> None:
    """Write beside the place and rename, so that nobody sees half a file."""
    beside: str | None = None
    try:
        with unbroken():
            handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(beside).replace(path)
    except BaseException:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)
        raise


def _csv(frame: pl.DataFrame, *, spreadsheet: bool, raw: bool) -> bytes:
    """Return CSV for people, cells guarded; `raw` is exact, `spreadsheet` has a BOM and is guarded anyway."""
    from flamescore.tables import flat, guard  # noqa: PLC0415

    cells = frame.pipe(flat)
    cells = cells if raw and not spreadsheet else cells.pipe(guard)
    text = cells.write_csv(
        float_scientific=False, line_terminator="\n", include_bom=spreadsheet, datetime_format=_INSTANT
    )
    return text.encode()


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _json(frame: pl.DataFrame, *, lines: bool) -> bytes:
    """Return one array, or one object a line."""
    if lines:
        rows = (json_text(plain(row)) + "\n" for row in frame.iter_rows(named=True))
        return "".join(rows).encode()
    return (json_text(plain(frame.to_dicts()), indent=2) + "\n").encode()


def _workbook(frame: pl.DataFrame, zone: ZoneInfo | None) -> bytes:
    from flamescore.exports import UTC_ZONE  # noqa: PLC0415 - Polars comes with it
    from flamescore.report import workbook  # noqa: PLC0415

    return workbook(frame, zone=zone or UTC_ZONE)


def _markdown(frame: pl.DataFrame) -> str:
    from flamescore.report import escaped  # noqa: PLC0415 - Polars comes with it

    names = [escaped(name) for name in frame.columns]
    rows = [[escaped(cell) for cell in row] for row in _cells(frame)]
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _table(frame: pl.DataFrame) -> RenderableType:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, kind in frame.schema.items():
        table.add_column(Text(for_cell(name)), justify="right" if kind.is_numeric() else "left")
    for row in _cells(frame):
        table.add_row(*(Text(for_cell(cell)) for cell in row))
    return table


def _cells(frame: pl.DataFrame) -> Iterator[list[str]]:
    from flamescore.tables import flat  # noqa: PLC0415 - Polars comes with it

    for row in frame.pipe(flat).iter_rows():
        yield ["" if cell is None else _said(plain(cell)) for cell in row]


def _said(cell: Any) -> str:  # noqa: ANN401 - a cell is of any type
    """Say a cell to a person: numbers with a comma between thousands."""
    return f"{cell:,}" if isinstance(cell, int | float) and not isinstance(cell, bool) else f"{cell}"
