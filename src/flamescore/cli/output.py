"""Write rows to stdout or a file, in the requested format."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from msgspec import to_builtins

from flamescore.cli import terminal
from flamescore.cli.boundary import writing_to
from flamescore.cli.options import Format
from flamescore.errors import Problem, UsageError
from flamescore.runs import replace_file
from flamescore.tables import flat, guard
from flamescore.text import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl

    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output
    from flamescore.screen import Screen

T = TypeVar("T")
TEXT: Final = {".txt": Format.TABLE}
SHOWN: Final = 50
"""The number of rows shown on a terminal without --limit."""

_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
"""The format of instants in CSV; they are all UTC, in whole seconds."""


def emit(
    frame: pl.DataFrame,
    output: Output,
    *,
    zone: ZoneInfo | None = None,
    table: Callable[[Screen], list[str]] | None = None,
) -> None:
    """Write rows in a format; `table` lays them out for a screen, by default with all columns.

    A table is as wide as the terminal, or else as `COLUMNS`; in a file it has no colors. `zone` is used for
    workbooks.
    """
    if format_of(output) is not Format.TABLE:
        deliver(_rendered(frame, output, zone), output.out)
        return
    on = terminal.screen(output.out)
    lines = _any_table(frame, on) if table is None else table(on)
    text = "".join(f"{line}\n" for line in lines)
    deliver(text.encode(on.encoding, "replace"), output.out)


def _any_table(frame: pl.DataFrame, on: Screen) -> list[str]:
    exact = [kind.is_numeric() or kind.is_temporal() for kind in frame.schema.values()]
    return terminal.any_table(frame.columns, exact, _cells(frame), on)


def place(out: str | None) -> Path | None:
    """Return the file that `-o` names; None for stdout."""
    return None if out in (None, "-") else Path(str(out))


def on_terminal(output: Output) -> bool:
    """Return whether rows go to a terminal, as a table."""
    return place(output.out) is None and sys.stdout.isatty() and format_of(output) is Format.TABLE


def format_of(output: Output) -> Format:
    """Return the requested format, else that of the suffix, else table on a terminal and CSV elsewhere."""
    path = place(output.out)
    if output.form is not None:
        return output.form
    if path is not None:
        return by_suffix(path, {f".{each}": each for each in Format if each != "table"} | TEXT)
    return Format.TABLE if sys.stdout.isatty() else Format.CSV


def by_suffix(path: Path, known: Mapping[str, T]) -> T:
    """Return the format for a file's suffix."""
    suffix = path.suffix.lower()
    if suffix not in known:
        hint = f"Use one of the suffixes {', '.join(known)}, or add --format."
        raise UsageError(Problem("U010", f"Can't tell the format from `{path}`.", hint=hint))
    return known[suffix]


def first_rows(frame: pl.DataFrame, output: Output, limit: int | None) -> pl.DataFrame:
    """Return the first rows, up to `--limit`; without it all rows, or on a terminal up to `SHOWN`."""
    most = limit if limit is not None else SHOWN if on_terminal(output) else frame.height
    return frame.head(min(most, frame.height))


def remark_on_others(
    shown: pl.DataFrame, found: pl.DataFrame, output: Output, limit: int | None, messages: Messages
) -> None:
    """Report on a terminal that there are more rows than are shown."""
    if on_terminal(output) and shown.height < found.height:
        hint = "" if limit is not None else "; --limit shows more"
        messages.remark(f"{shown.height:,} of {found.height:,} shown{hint}")


def remark_on_missing_charts(messages: Messages) -> None:
    """Report that a page has only tables if charts can't be drawn."""
    from flamescore.pages import can_draw  # noqa: PLC0415 - only needed for pages

    if not can_draw():
        messages.remark("The page has tables and no charts; these need: pip install 'flamescore[charts]'")


def deliver(data: bytes, out: str | None) -> None:
    """Write to a file, atomically, or to stdout."""
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
            replace_file(path.resolve(), data)


def _rendered(frame: pl.DataFrame, output: Output, zone: ZoneInfo | None) -> bytes:
    """Return rows as the bytes of a file."""
    match format_of(output):
        case Format.CSV:
            return _csv(frame, output)
        case Format.JSON:
            return (json_text(plain(frame.to_dicts()), indent=2) + "\n").encode()
        case Format.NDJSON:
            return "".join(json_text(plain(row)) + "\n" for row in frame.iter_rows(named=True)).encode()
        case Format.PARQUET:
            buffer = BytesIO()
            frame.write_parquet(buffer)
            return buffer.getvalue()
        case form:
            return _for_people(frame, form, zone)


def _for_people(frame: pl.DataFrame, form: Format, zone: ZoneInfo | None) -> bytes:
    from flamescore.report import escaped, workbook  # noqa: PLC0415 - the report takes 50 ms

    if form is Format.XLSX:
        return workbook(frame, zone=zone or ZoneInfo("UTC"))
    names = [escaped(name) for name in frame.columns]
    rows = [[escaped(cell) for cell in row] for row in _cells(frame)]
    lines = [names, ["---"] * len(names), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).encode()


def as_mapping(value: object) -> dict[str, Any]:
    """Return a value, and all nested values, as mappings; instants, dates and decimals are left unchanged."""
    mapping: dict[str, Any] = to_builtins(value, builtin_types=(datetime, date, Decimal))
    return mapping


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON is of any shape
    """Convert values to JSON types: instants to ISO 8601 with `Z`, whole floats to integers."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _csv(frame: pl.DataFrame, output: Output) -> bytes:
    """Return CSV with guarded cells, or exact ones with `raw`; `spreadsheet` adds a BOM and always guards."""
    cells = frame.pipe(flat)
    cells = cells if output.raw and not output.spreadsheet else cells.pipe(guard)
    text = cells.write_csv(
        float_scientific=False,
        line_terminator="\n",
        include_bom=output.spreadsheet,
        datetime_format=_INSTANT,
    )
    return text.encode()


def _cells(frame: pl.DataFrame) -> Iterator[list[str]]:
    for row in frame.pipe(flat).iter_rows():
        yield ["" if cell is None else _formatted_cell(plain(cell)) for cell in row]


def _formatted_cell(cell: Any) -> str:  # noqa: ANN401 - a cell is of any type
    """Return a cell for people to read: numbers have thousands separators."""
    return f"{cell:,}" if isinstance(cell, int | float) and not isinstance(cell, bool) else f"{cell}"
