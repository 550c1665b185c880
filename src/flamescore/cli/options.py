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
        help="The project file. By default $FLAMESCORE_CONFIG, else flamescore.yaml here or further up.",
        show_default=False,
    ),
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Verbose: TypeAlias = Annotated[bool, typer.Option("--verbose", "-v", help="Say how long it took, on stderr.")]
Log: TypeAlias = Annotated[
    LogFormat, typer.Option("--log-format", help="Messages on stderr as text, or as one JSON object a line.")
]
Out: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Write there instead of to the terminal.", show_default=False
    ),
]
As: TypeAlias = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="By default what the suffix of -o says; else a table on a terminal, CSV in a pipe.",
        show_default=False,
    ),
]
Spreadsheet: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--spreadsheet",
        help="CSV for a spreadsheet: with a BOM, and cells that would run as a formula led by '.",
    ),
]
Raw: TypeAlias = Annotated[
    bool,
    typer.Option("--raw", help="CSV for programs: every cell exact, also those that would run as a formula."),
]
RunName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="RUN",
        help="Another run than the latest: its id, its time, or its day as 2026-01-01.",
        show_default=False,
    ),
]
