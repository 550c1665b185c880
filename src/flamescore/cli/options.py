"""Options that several commands share, and what they come to."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

import typer


class LogFormat(StrEnum):
    """How messages on stderr are written."""

    TEXT = "text"
    JSON = "json"


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    XLSX = "xlsx"
    MD = "md"


Config: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Project file. Default: $FLAMESCORE_CONFIG, else flamescore.yaml in this folder or a parent.",
        show_default=False,
    ),
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Show nothing but errors.")]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show how long it took, on stderr.")
]
Log: TypeAlias = Annotated[
    LogFormat, typer.Option("--log-format", help="Write messages as text, or as one JSON object per line.")
]
Out: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Write to this file instead of stdout.", show_default=False
    ),
]
As: TypeAlias = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="Default: by the suffix of -o; else a table on a terminal, CSV in a pipe.",
        show_default=False,
    ),
]
Spreadsheet: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--spreadsheet",
        help="CSV for a spreadsheet: with a BOM, and a ' before cells that would run as formulas.",
    ),
]
Raw: TypeAlias = Annotated[
    bool,
    typer.Option("--raw", help="CSV for programs: every cell exact, even those that would run as formulas."),
]
RunName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="RUN",
        help="Use this run instead of the latest: its id, its time, or its day, such as 2026-01-01.",
        show_default=False,
    ),
]
